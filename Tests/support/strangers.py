"""What somebody without an account can throw at a server, from one address, with half a core.

A program: `python -m support.strangers ATTACK PORT SOURCE SECONDS`. It says "begun" once the attack is under way and
ends by itself. It only ever talks to this machine.
"""

import json
import resource
import select
import socket
import sys
import time

HOST = "127.0.0.1"
# Of one core.
SHARE = 0.5
# As many connections as the server takes from everybody together.
CONNECTIONS = 4096

# In this order Swift, or anybody who normalises text, has to sort them.
MARKS = "\u0300" * 8000 + "\u0316" * 8000


def request(method: str, path: str, body: bytes = b"", length: int | None = None, **headers: str) -> bytes:
    own = {"Host": "localhost", "Content-Length": str(len(body) if length is None else length)}
    named = own | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value is not None)
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def own_page(port: int, **headers: str) -> dict[str, str]:
    """The headers that pass the check against other sites."""
    return {"Origin": f"http://localhost:{port}", "Sec_Fetch_Site": "same-origin"} | headers


class Stranger:
    def __init__(self, port: int, source: str, seconds: float):
        self.port, self.source = port, source
        self.end = time.monotonic() + seconds
        self.began = time.monotonic()
        self.held: list[socket.socket] = []

    def goes_on(self) -> bool:
        """Keeps to the share of a core by sleeping what is over, and stops when the time is up."""
        over = time.process_time() / SHARE - (time.monotonic() - self.began)
        if over > 0:
            time.sleep(min(over, 0.2))
        return time.monotonic() < self.end

    def connect(self) -> socket.socket | None:
        line = socket.socket()
        line.settimeout(2)
        try:
            line.bind((self.source, 0))
            line.connect((HOST, self.port))
        except OSError:
            line.close()
            return None
        return line

    def hold(self, data: bytes, most: int) -> None:
        """Keeps so many connections open, each with `data` sent on it; opens anew what is closed."""
        while self.goes_on():
            if len(self.held) < most:
                line = self.connect()
                if line is None:
                    continue
                try:
                    line.setblocking(False)
                    line.send(data)
                except OSError:
                    line.close()
                    continue
                self.held.append(line)
            if len(self.held) % 64 == 0 or len(self.held) == most:
                self.drop_closed()

    def drop_closed(self) -> None:
        if not self.held:
            return
        poll = select.poll()
        by_descriptor = {line.fileno(): line for line in self.held}
        for descriptor in by_descriptor:
            poll.register(descriptor, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        for descriptor, _ in poll.poll(0):
            line = by_descriptor[descriptor]
            self.held.remove(line)
            line.close()

    def ask(self, data: bytes) -> None:
        """Sends it over and over, one at a time, and reads what comes."""
        line = None
        while self.goes_on():
            line = line or self.connect()
            if line is None:
                continue
            try:
                line.sendall(data)
                if not line.recv(65536):
                    raise OSError
            except OSError:
                line.close()
                line = None


def combining_marks(who: Stranger) -> None:
    body = json.dumps({MARKS: 1}, ensure_ascii=False).encode()
    who.ask(request("PUT", "/api/users/me", body, **own_page(who.port, Content_Type="application/json")))


def combining_marks_in_headers(who: Stranger) -> None:
    marks = MARKS[4000:12000].encode().decode("latin-1")[:14000]
    data = f"GET /login HTTP/1.1\r\nHost: localhost\r\nCookie: {marks}=1\r\nAccept-Language: {marks}\r\n\r\n"
    who.ask(data.encode("latin-1"))


def slow_bodies(who: Stranger) -> None:
    who.hold(request("POST", "/api/oidc/token", b"abc", 60_000, Content_Type="application/x-www-form-urlencoded"), 1100)


def slow_files(who: Stranger) -> None:
    headers = own_page(who.port, Content_Type="multipart/form-data; boundary=x")
    who.hold(request("PUT", "/api/users/me/profile-picture", b"--x", 2_000_000, **headers), 1100)


def half_heads(who: Stranger) -> None:
    who.hold(b"GET /login HTTP/1.1\r\nHost", CONNECTIONS)


def silent_readers(who: Stranger) -> None:
    who.hold(request("GET", "/static/app.css") * 200, 40)


def uploads(who: Stranger) -> None:
    headers = own_page(who.port, Content_Type="multipart/form-data; boundary=x")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    data = request("PUT", "/api/users/me/profile-picture", head + bytes(1 << 20), 2 << 20, **headers)
    who.hold(data, 700)


def unfinished_authorizations(who: Stranger) -> None:
    junk = "&".join(f"junk{index}={'x' * 900}" for index in range(60))
    form = f"client_id=unknown&redirect_uri=https%3A%2F%2Fexample.com%2Fcb&response_type=code&scope=openid&{junk}"
    who.ask(request("POST", "/authorize", form.encode(), Content_Type="application/x-www-form-urlencoded"))


def bad_assertions(who: Stranger) -> None:
    headers = own_page(who.port, Content_Type="application/json")
    who.ask(request("POST", "/api/webauthn/login/finish", b"{}", **headers))


ATTACKS = {
    each.__name__: each
    for each in (
        combining_marks, combining_marks_in_headers, slow_bodies, slow_files, half_heads, silent_readers, uploads,
        unfinished_authorizations, bad_assertions)
}


def main(attack: str, port: str, source: str, seconds: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    who = Stranger(int(port), source, float(seconds))
    print("begun", flush=True)
    ATTACKS[attack](who)


if __name__ == "__main__":
    main(*sys.argv[1:])

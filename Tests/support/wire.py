"""A peer of the services' own transport, written from its description: preface in clear, TLS with a pre-shared key, frames.

Owns: sockets, `openssl s_client`, a little MessagePack.
Must not know: the product's code. What it sends wrong is wrong on purpose.
"""

import hashlib
import hmac
import socket
import struct
import subprocess
import threading

MAGIC = b"LATCHKEY"
OFFER = MAGIC + bytes([1, 1])
HELLO, REQUEST, REPLY, FAILURE, GO_AWAY, PING, PONG = range(1, 8)
DEADLINE = 10


def derived(key: bytes, *infos: str) -> bytes:
    """HKDF-SHA256 with the salt `latchkey`, 32 bytes, once per info (RFC 5869)."""
    for info in infos:
        pseudorandom = hmac.digest(b"latchkey", key, hashlib.sha256)
        key = hmac.digest(pseudorandom, info.encode() + b"\x01", hashlib.sha256)
    return key


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)


def until_closed(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes; fails when it does not."""
    answer = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return answer
        except TimeoutError:
            raise AssertionError(f"the connection was not closed within {DEADLINE} s; so far {answer!r}") from None
        if not more:
            return answer
        answer += more


def frame(kind: int, body: bytes = b"", correlation: int = 0) -> bytes:
    return struct.pack(">IBI", len(body) + 5, kind, correlation) + body


# MessagePack, as much as is needed

def text(value: str) -> bytes:
    data = value.encode()
    return (bytes([0xA0 | len(data)]) if len(data) < 32 else b"\xd9" + bytes([len(data)])) + data


def binary(data: bytes) -> bytes:
    return (b"\xc4" + bytes([len(data)]) if len(data) < 256 else b"\xc5" + struct.pack(">H", len(data))) + data


def hello(service: str) -> bytes:
    """What was said in clear, repeated inside TLS."""
    members = [("chosen", b"\x01"), ("highest", b"\x01"), ("lowest", b"\x01"), ("service", text(service))]
    return frame(HELLO, bytes([0x80 | len(members)]) + b"".join(text(key) + value for key, value in members))


def exchange_token(form: dict[str, str], authorization: str) -> bytes:
    """The payload of `oidc.exchangeToken/2`."""
    fields = b"".join(b"\x82" + text("name") + text(name) + text("value") + text(value) for name, value in form.items())
    return (b"\x81" + text("request") + b"\x83" + text("authorization") + b"\x91" + text(authorization) +
            text("form") + bytes([0x90 | len(form)]) + fields + text("hasQuery") + b"\xc2")


def metadata() -> bytes:
    """The payload of `oidc.metadata/2`."""
    names = ("authorization", "endSession", "introspection", "keys", "revocation", "token", "userInfo")
    return b"\x81" + text("paths") + bytes([0x80 | len(names)]) + b"".join(text(name) + text("/" + name) for name in names)


def request(method: str, payload: bytes = b"\x80", correlation: int = 7, identifier: bytes = bytes(range(16))) -> bytes:
    caller = b"\x96" + b"\xc0" * 3 + text("127.0.0.1") + text("tests") + b"\x90"
    body = b"\x96" + binary(identifier) + text(method) + b"\xcd" + struct.pack(">H", 5000) + b"\xc0"
    return frame(REQUEST, body + caller + binary(payload), correlation)


class SecurePeer:
    """A connection past its preface, inside TLS-PSK as `openssl s_client` speaks it."""

    def __init__(self, port: int, key: bytes, identity: str = "gateway"):
        self._upstream = connect(port)
        self._upstream.sendall(OFFER)
        answer = self._upstream.recv(10, socket.MSG_WAITALL)
        assert answer == MAGIC + bytes([1, 0]), answer
        self._upstream.settimeout(None)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._program = subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.getsockname()[1]}", "-psk", key.hex(),
                 "-psk_identity", identity, "-tls1_2", "-cipher", "ECDHE-PSK-CHACHA20-POLY1305", "-quiet"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self._downstream, _ = listener.accept()
        for source, target in ((self._upstream, self._downstream), (self._downstream, self._upstream)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()

    def __enter__(self) -> "SecurePeer":
        return self

    def __exit__(self, *_) -> None:
        self._program.kill()
        self._program.communicate()
        self._upstream.close()
        self._downstream.close()

    def send(self, data: bytes) -> None:
        self._program.stdin.write(data)
        self._program.stdin.flush()

    def receive(self) -> tuple[int, int, bytes]:
        """(kind, correlation, body) of the next frame."""
        header = self._program.stdout.read(9)
        assert len(header) == 9, f"closed: {self.complaint()}"
        length, kind, correlation = struct.unpack(">IBI", header)
        return kind, correlation, self._program.stdout.read(length - 5)

    def rest(self) -> bytes:
        """Everything that comes until the end; fails when the other side does not end it."""
        try:
            output, errors = self._program.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the connection was not closed within {DEADLINE} s") from None
        self.errors = errors.decode(errors="replace")
        return output

    def complaint(self) -> str:
        return self._program.stderr.read().decode(errors="replace")


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass

"""Load whose requests depend on the answers before them, as a passkey's do: one thread, keep-alive connections. Where ready
requests will do, `generator` costs less.

A script is a generator: it yields a request's bytes and is sent the `Answer`. One script runs per connection.
"""

import select
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes
    seconds: float

    def header(self, name: bytes) -> bytes | None:
        """The first header of that name, in lower case."""
        found = self.head.lower().find(b"\r\n" + name + b":")
        if found < 0:
            return None
        start = found + len(name) + 3
        end = self.head.find(b"\r\n", start)
        return self.head[start:end if end >= 0 else None].strip()

    def cookies(self) -> dict[bytes, bytes]:
        found = {}
        for line in self.head.split(b"\r\n")[1:]:
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].partition(b";")[0].strip().partition(b"=")
                found[name] = value
        return found


Script = Generator[bytes, Answer, None]


@dataclass
class Recorder:
    """What happened, by name: the seconds of each success, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def note(self, name: str, seconds: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)

    def fail(self, name: str, answer: Answer) -> None:
        if len(self.failures) < 20:
            self.failures.append(f"{name}: {answer.status} {answer.body[:300].decode(errors='replace')}")


def request(method: str, path: str, origin: str, body: bytes = b"", **headers: str) -> bytes:
    """A request's bytes; keyword headers are written with dashes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {origin.split('://')[1]}"]
    if method != "GET":
        lines += [f"Origin: {origin}", f"Content-Length: {len(body)}"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection:
    __slots__ = ("socket", "script", "buffer", "sent", "needs")

    def __init__(self, port: int, script: Script):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.script = script
        self.buffer = b""
        self.sent = 0.0
        # The length of the whole answer, once its head has been read.
        self.needs = 0


def run(port: int, scripts: list[Script]) -> None:
    """Runs every script on a connection of its own, until all have ended."""
    poll = select.epoll()
    open_connections: dict[int, _Connection] = {}
    for script in scripts:
        connection = _Connection(port, script)
        first = next(script, None)
        if first is None:
            connection.socket.close()
            continue
        open_connections[connection.socket.fileno()] = connection
        poll.register(connection.socket.fileno(), select.EPOLLIN)
        _send(connection, first)
    while open_connections:
        for descriptor, _ in poll.poll(30) or _stuck(open_connections):
            connection = open_connections[descriptor]
            answer = _receive(connection)
            if answer is None:
                continue
            try:
                _send(connection, connection.script.send(answer))
            except StopIteration:
                poll.unregister(descriptor)
                connection.socket.close()
                del open_connections[descriptor]
    poll.close()


def _stuck(connections: dict) -> list:
    raise TimeoutError(f"{len(connections)} connections had no answer for 30 s")


def _send(connection: _Connection, data: bytes) -> None:
    connection.sent = time.perf_counter()
    connection.socket.sendall(data)


def _receive(connection: _Connection) -> Answer | None:
    data = connection.socket.recv(65536)
    if not data:
        raise ConnectionError(f"closed by the server, after {connection.buffer[:200]!r}")
    connection.buffer += data
    if not connection.needs:
        end = connection.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        connection.needs = end + 4 + _length(connection.buffer[:end])
    if len(connection.buffer) < connection.needs:
        return None
    whole, connection.buffer, connection.needs = connection.buffer, b"", 0
    head, _, body = whole.partition(b"\r\n\r\n")
    return Answer(int(head[9:12]), head, body, time.perf_counter() - connection.sent)


def _length(head: bytes) -> int:
    lower = head.lower()
    found = lower.find(b"\r\ncontent-length:")
    if found < 0:
        # 204 and 304 have none; a chunked answer is nothing that this product sends here.
        if b"\r\ntransfer-encoding:" in lower:
            raise ValueError("a chunked answer, which this generator does not read")
        return 0
    end = lower.find(b"\r\n", found + 2)
    return int(lower[found + 17:end if end >= 0 else None])


def in_processes(workers: int, job: Callable[[int], object]) -> list:
    """Runs a job in that many forked processes and returns what each returned."""
    import multiprocessing
    context = multiprocessing.get_context("fork")
    results = context.Queue()

    def work(number: int) -> None:
        try:
            results.put((number, job(number), None))
        except BaseException as error:  # noqa: BLE001 - told to the parent, which raises it
            results.put((number, None, f"{type(error).__name__}: {error}"))

    processes = [context.Process(target=work, args=(number,)) for number in range(workers)]
    for each in processes:
        each.start()
    collected = sorted((results.get() for _ in processes), key=lambda each: each[0])
    for each in processes:
        each.join()
    problems = [problem for _, _, problem in collected if problem]
    if problems:
        raise RuntimeError("; ".join(problems))
    return [result for _, result, _ in collected]

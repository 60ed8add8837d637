"""A TCP proxy between the gateway and a service, which takes single messages off the wire.

Owns: sockets, and as much of TLS's outer form as tells a message from a ping.
Must not know: what messages say; they are encrypted.
"""

import socket
import threading
from dataclasses import dataclass, field

# RFC 5246 §6.2.1: type, version, length. Type 23 is application data.
_HEADER, _APPLICATION_DATA = 5, 23
# A ping or pong is a frame of 9 bytes; the cipher adds 16.
_PING = 9 + 16


@dataclass(frozen=True)
class Taken:
    direction: str
    proxy: str
    length: int


@dataclass
class Switchboard:
    """What all proxies of a fleet do with the next messages. A connection whose message was taken is cut at once."""

    _taken: list[Taken] = field(default_factory=list)
    # How many requests and answers went through or were taken, per proxy.
    requests: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    _countdown: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, answer: int = 0, request: int = 0) -> None:
        """Takes the so-manieth answer from now on, and the so-manieth request; 0 takes none."""
        with self._lock:
            self._taken = []
            self._countdown = {"answer": answer, "request": request}

    def disarm(self) -> list[Taken]:
        """Takes nothing more; says what was taken since `take`."""
        with self._lock:
            self._countdown = {}
            return self._taken

    def passes(self, proxy: str, direction: str, length: int) -> bool:
        with self._lock:
            counts = self.requests if direction == "request" else self.answers
            counts[proxy] = counts.get(proxy, 0) + 1
            self._countdown[direction] = self._countdown.get(direction, 0) - 1
            if self._countdown[direction] != 0:
                return True
            self._taken.append(Taken(direction, proxy, length))
            return False


class Proxy:
    """Listens on a port of its own and leads to one service's port."""

    def __init__(self, name: str, target: int, board: Switchboard):
        self.name, self.target, self.board = name, target, board
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            for each in (near, far):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target, direction in ((near, far, "request"), (far, near, "answer")):
                threading.Thread(target=self._pump, args=(source, target, direction), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        records = _Records()
        greeted = False
        try:
            while data := source.recv(1 << 16):
                for length in records.messages(data):
                    # The first one is the greeting.
                    if greeted and not self.board.passes(self.name, direction, length):
                        return
                    greeted = True
                target.sendall(data)
        except OSError:
            pass
        finally:
            for each in (source, target):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class _Records:
    """Follows a stream through its records."""

    def __init__(self):
        self._rest = b""
        # The preface in clear: 10 bytes either way ("LATCHKEY", two bytes).
        self._preface = 10

    def messages(self, data: bytes) -> list[int]:
        """The lengths of the messages that begin in these bytes."""
        skipped = min(self._preface, len(data))
        self._preface -= skipped
        self._rest += data[skipped:]
        found = []
        while len(self._rest) >= _HEADER:
            length = int.from_bytes(self._rest[3:5], "big")
            if self._rest[0] == _APPLICATION_DATA and length > _PING and len(self._rest) >= _HEADER + length:
                found.append(length)
            if len(self._rest) < _HEADER + length:
                break
            self._rest = self._rest[_HEADER + length:]
        return found

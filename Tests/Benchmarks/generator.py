"""The load generator `load.c`: built when first used, run with a file of ready requests."""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import requests_file
from support import processes
from support.server import SERVICES, Latchkey

SOURCE = Path(__file__).resolve().parent / "load.c"


@dataclass
class Measured:
    """One measurement. Times in milliseconds."""

    count: int
    wall: float
    p50: float
    p99: float
    failures: list[str] = field(default_factory=list)
    # Milliseconds of processor time per operation, by process; "generator" is the load itself.
    cost: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.count / self.wall if self.wall else 0.0


class Meter:
    """Processor seconds that each process of the server has used so far, as /proc counts them."""

    def __init__(self, server: Latchkey):
        self._pids = {name: [server.service(name).pid] for name in SERVICES} | {"latchkey": [server.launcher.pid]}
        self._root = server.launcher.pid

    def read(self) -> dict[str, float]:
        # Sessions of the database come and go, so they are found anew.
        database = [each.pid for each in processes.descendants(self._root) if each.name == "postgres"]
        return {name: sum(map(processes.processor_seconds, pids))
                for name, pids in (self._pids | {"postgres": database}).items()}


class Generator:
    def __init__(self, connections: int):
        self.connections = connections
        self._folder = tempfile.TemporaryDirectory(prefix="lk-load-")
        self.folder = Path(self._folder.name)
        self._program = self.folder / "load"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", self._program, SOURCE], check=True)

    def run(self, port: int, requests: Iterable[bytes], seconds: float, *, status: int = 200, once: bool = False,
            rate: float = 0, answers: Path | None = None, server: Latchkey | None = None) -> Measured:
        """Sends requests over and over, or each of them once.

        - rate: how many are due per second, whatever the server does; 0 for as many as it answers.
        - answers: where the answers' bodies go.
        - server: whose processor time is counted.
        """
        file = requests_file.write(self.folder / "requests", requests)
        meter = Meter(server) if server else None
        before = meter.read() if meter else {}
        command = [self._program, port, self.connections, seconds, status, "once" if once else "loop", rate, file]
        done = subprocess.run([str(each) for each in command + ([answers] if answers else [])], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        found = json.loads(done.stdout)
        count = max(found["count"], 1)
        cost = {name: 1000 * (value - before[name]) / count for name, value in meter.read().items()} if meter else {}
        cost["generator"] = 1000 * found["cpu"] / count
        failures = [f"{found['failed']} requests: {found['failure']}"] if found["failed"] else []
        return Measured(found["count"], found["wall"], found["p50"], found["p99"], failures, cost)

"""Several processes of each service behind one gateway, as an operator with many machines would run them.

Owns: the programs that it starts (with the environment that `latchkey serve` gives its own), their ports, the proxies
between them and the gateway, and everybody's end.
Must not know: what the tests do with them.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import requests

from . import wire
from .client import Person
from .proxy import Proxy, Switchboard
from .server import Latchkey, binary, free_port, temporary_folder
from .waiting import wait_for

# From exec to the ready file: on a machine that is busy with sign-ins.
START_SECONDS = 20
# A drain takes 4 s at most (ServiceMain.drainLimit).
DRAIN_SECONDS = 10


def service_port() -> int:
    """A free port below those that the system gives to outgoing connections: none of these can sit on it while its
    service restarts."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Instance:
    """One process of a program, started and ended as often as a test likes, always at the same address."""

    def __init__(self, program: str, number: int, environment: dict[str, str], folder: Path):
        self.program, self.name = program, f"{program}-{number}"
        self.port = service_port()
        self.ready_file = folder / f"{self.name}.address"
        self.log_path = folder / f"{self.name}.log"
        self.environment = environment | {"LISTEN": f"127.0.0.1:{self.port}", "READY_FILE": str(self.ready_file)}
        self.process: subprocess.Popen | None = None

    def launch(self) -> "Instance":
        self.ready_file.unlink(missing_ok=True)
        with open(self.log_path, "ab") as log:
            # The pipe is held by this test: should the test be killed, its end tells the process to leave.
            self.process = subprocess.Popen([binary().with_name(self.program)], env=self.environment, cwd="/",
                                            stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
        return self

    def is_ready(self) -> bool:
        assert self.process and self.process.poll() is None, f"{self.name} ended\n{self.log()[-3000:]}"
        return self.ready_file.exists()

    def start(self) -> "Instance":
        self.launch()
        wait_for(self.is_ready, f"{self.name} is ready", START_SECONDS)
        return self

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def drain(self) -> int:
        """SIGTERM; returns the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        self.process.send_signal(number)
        status = self.process.wait(DRAIN_SECONDS)
        self.process.stdin.close()
        return status

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


class Fleet:
    """`with Fleet(oidc=2) as fleet:` has an installation at `fleet.url` that nobody has set up, and `fleet.admin`, who
    may."""

    def __init__(self, auth: int = 2, oidc: int = 2, admin: int = 2, spare_oidc: int = 0):
        """Spare processes are not started, though the gateway knows where they would be."""
        self.counts = {"auth": auth, "oidc": oidc, "admin": admin}
        self.spare_oidc = spare_oidc
        self.folder = temporary_folder()
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        # It brings Postgres, migrations and keys; its own services stand by without a call.
        self.base = Latchkey(APP_URL=self.url)
        self.switchboard = Switchboard()
        self.proxies: dict[str, Proxy] = {}
        self.services: dict[str, list[Instance]] = {}
        self.spares: list[Instance] = []
        self.gateway: Instance | None = None
        self.is_proxied: bool | None = None
        self.admin: Person | None = None

    def __enter__(self) -> "Fleet":
        try:
            self.base.start()
            for program, count in self.counts.items():
                environment = self._environment(program)
                self.services[program] = [Instance(program, number + 1, environment, self.folder).launch()
                                          for number in range(count)]
            self.spares = [Instance("oidc", self.counts["oidc"] + number + 1, self._environment("oidc"), self.folder)
                           for number in range(self.spare_oidc)]
            for each in self.instances():
                wait_for(each.is_ready, f"{each.name} is ready", START_SECONDS)
                self.proxies[each.name] = Proxy(each.name, each.port, self.switchboard)
            self.gateway = Instance("gateway", 1, self._environment("gateway"), self.folder)
            self.admin = Person(self.url)
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_) -> None:
        for each in [self.gateway, *self.instances(), *self.spares]:
            if each:
                each.end()
        for each in self.proxies.values():
            each.close()
        self.base.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _environment(self, program: str) -> dict[str, str]:
        """What `latchkey serve` gave its own process of this program."""
        text = Path(f"/proc/{self.base.service(program).pid}/environ").read_text()
        return dict(each.split("=", 1) for each in text.split("\0") if each)

    def reach(self, proxied: bool) -> "Fleet":
        """Starts the gateway, again if need be, so that every byte between it and the services passes the switchboard,
        or none does."""
        if self.is_proxied != proxied:
            if self.is_proxied is not None:
                self.gateway.drain()
            ports = {program: [self.proxies[each.name].port if proxied else each.port for each in instances]
                     for program, instances in self.services.items()}
            ports["oidc"] += [each.port for each in self.spares]
            addresses = {f"{program.upper()}_ADDRESS": ",".join(f"127.0.0.1:{port}" for port in found)
                         for program, found in ports.items()}
            self.gateway.environment |= addresses | {"HOST": "127.0.0.1", "PORT": str(self.port)}
            self.gateway.start()
            self.is_proxied = proxied
        return self

    def instances(self) -> list[Instance]:
        return [each for several in self.services.values() for each in several]

    def is_healthy(self) -> bool:
        return requests.get(self.url + "/healthz", timeout=10).status_code == 204

    def psql(self, text: str) -> str:
        return self.base.psql(text)

    def key(self, program: str) -> bytes:
        """The key that the gateway uses for its connections to the service."""
        return wire.derived(self.base.encryption_key(), f"service/{program}", "transport/gateway")

    def logs(self) -> str:
        return "\n".join(each.log() for each in [self.gateway, *self.instances(), *self.spares] if each)

"""A `latchkey serve` of a test's own: temporary data, a free port, its log collected, everything gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import requests

from . import processes
from .processes import Process
from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
# Where the product's tables are (DB_SCHEMA).
PSQL_ENVIRONMENT = os.environ | {"PGOPTIONS": "-c search_path=latchkey"}
SERVICES = ("auth", "oidc", "admin", "gateway")

# From nothing to ready: initdb, migrations, four services, an RSA key; on a machine that is busy with other tests.
START_SECONDS = 60
# What draining may take at most, with a margin over the launcher's own deadline.
STOP_SECONDS = 30


def binary() -> Path:
    return Path(os.environ.get("LATCHKEY_BIN", ROOT / ".build" / "release")) / "latchkey"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def temporary_folder(prefix: str = "lk-") -> Path:
    """A folder that the database server's own user can reach, and whose path is short enough for its socket."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o755)
    return folder


class Latchkey:
    """One installation: data that may be started, stopped and started again."""

    def __init__(self, data: Path | None = None, port: int | None = None, **environment: str):
        self.folder = temporary_folder()
        self.data = data or self.folder / "data"
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {"DISABLE_RATE_LIMITING": "true"} | environment
        self.log_path = self.folder / "log"
        self.launcher: subprocess.Popen | None = None
        self.seconds_to_ready = 0.0
        self._sessions: set[int] = set()

    # Environment and commands

    def variables(self, **more: str) -> dict[str, str]:
        """What a command of this installation gets: nothing of the tester's own configuration."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port), "HOST": "127.0.0.1", "APP_URL": self.url}
        return kept | own | self.environment | more

    def run(self, *arguments: str, timeout: float = 60, **more: str) -> subprocess.CompletedProcess:
        """Runs a subcommand of `latchkey` to its end."""
        return subprocess.run(
            [binary(), *arguments], env=self.variables(**more), cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=timeout)

    # Starting and stopping

    def start(self, ready: bool = True) -> "Latchkey":
        began = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.launcher = subprocess.Popen(
                [binary(), "serve"], env=self.variables(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)
        self._sessions.add(self.launcher.pid)
        if ready:
            try:
                wait_for(self.is_ready, "latchkey is ready", START_SECONDS)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.log()[-6000:]}") from None
            self.seconds_to_ready = time.monotonic() - began
        return self

    def is_ready(self) -> bool:
        """Every service answers through the gateway."""
        if self.launcher and self.launcher.poll() is not None:
            raise AssertionError(f"latchkey serve ended with {self.launcher.returncode}\n{self.log()[-6000:]}")
        return all(self._answers(path, status) for path, status in (
            ("/healthz", 204),
            ("/.well-known/openid-configuration", 200),
            ("/api/webauthn/login/start", 200),
            # 401: `admin` was asked who this is, and nobody is signed in.
            ("/api/oidc/clients", 401),
        ))

    def _answers(self, path: str, status: int) -> bool:
        try:
            return requests.get(self.url + path, timeout=5).status_code == status
        except requests.RequestException:
            return False

    def stop(self) -> int:
        """SIGTERM, then waits. Returns the exit status; fails when anything is left running."""
        if not self.launcher:
            return 0
        self.launcher.send_signal(signal.SIGTERM)
        try:
            status = self.launcher.wait(STOP_SECONDS)
            wait_for(lambda: not self.remaining(), "every process has ended", 10)
            return status
        finally:
            self.end_everything()

    def kill(self) -> None:
        """SIGKILL to the launcher alone: what becomes of the rest is the product's affair."""
        self.launcher.kill()
        self.launcher.wait()

    def end_everything(self) -> None:
        """Whatever happened: nothing of this installation runs on."""
        for each in self.remaining():
            try:
                os.kill(each.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.launcher:
            self.launcher.wait()
            self.launcher = None

    def remove(self) -> None:
        self.end_everything()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Latchkey":
        return self.start()

    def __exit__(self, kind, *_) -> None:
        try:
            if kind is None:
                self.stop()
        finally:
            self.remove()

    # Looking inside

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def remaining(self) -> list[Process]:
        """Every process of this installation: of the sessions we started, or at home in its data."""
        homes = (str(self.folder), str(self.data))
        return [each for each in processes.everyone()
                if each.session in self._sessions or (processes.working_folder(each.pid) or "").startswith(homes)]

    def service(self, name: str) -> Process | None:
        """The process of a service, as a child of the running launcher."""
        found = self.services(name)
        return found[0] if found else None

    def services(self, name: str) -> list[Process]:
        """All of them, where it has several."""
        return [each for each in processes.descendants(self.launcher.pid) if each.name == name]

    def postmaster(self) -> Process | None:
        """The database server's first process, as a descendant of the running launcher."""
        family = processes.descendants(self.launcher.pid)
        servers = {each.pid: each for each in family if each.name == "postgres"}
        first = [each for each in servers.values() if each.parent not in servers]
        return first[0] if first else None

    def psql(self, text: str, timeout: float = 30) -> str:
        """Runs SQL in the embedded server as the tables' owner, and returns what `psql -At` prints."""
        address = (self.data / "database-url").read_text().strip()
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", address, "-c", text], capture_output=True,
                              text=True, timeout=timeout, cwd="/", env=PSQL_ENVIRONMENT)
        assert done.returncode == 0, f"psql: {done.stderr}"
        return done.stdout.strip()

    def psql_session(self) -> "Session":
        """A connection that stays open between statements, as a transaction needs."""
        return Session((self.data / "database-url").read_text().strip())

    def encryption_key(self) -> bytes:
        """The generated key, as the product reads it."""
        return (self.data / "encryption-key").read_text().strip().encode()


class Session:
    """`psql` with a connection of its own: what it locks, it holds."""

    def __init__(self, address: str):
        self._process = subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", address], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
                                         env=PSQL_ENVIRONMENT)

    def run(self, text: str) -> None:
        """Returns when it is done."""
        self._process.stdin.write(text + "\n\\echo done\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line == "done\n":
                return
        raise AssertionError(f"psql: {self._process.stderr.read()}")

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.communicate()

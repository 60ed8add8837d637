"""What a stranger may cost: while one address does its worst with the default limits, another signs in as if nothing were.

Real processes, in a network of the test's own, since what comes from this machine itself is bound by no share.
"""

import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from support import network
from support.client import Person
from support.server import Latchkey
from support.strangers import ATTACKS, Stranger
from support.waiting import wait_for

pytestmark = pytest.mark.alone

STRANGER, HONEST = network.ADDRESSES[:2]
TESTS = Path(__file__).resolve().parents[1]

# How long each attack goes on, and how long its calm counterpart.
SECONDS = 4.0
# Between two sign-ins of four requests each: the honest address stays within its own 100 requests a second.
PAUSE = 0.05
# The gateway's memory at its highest, whatever came.
MOST_MEMORY = 200 << 20
# Beside an attack nobody waits longer than three times as long; what is quicker than this is no wait.
SLOWER = 3.0
UNNOTICED = 0.05
# These open connections as fast as they are refused, and whoever connects meanwhile stands in the kernel's queue behind
# them: 10 to 40 ms at p99 where nothing else runs, 170 ms beside a build.
CONNECTING = {"slow_bodies", "slow_files", "half_heads", "uploads"}
QUEUED = 0.5


class From(HTTPAdapter):
    """Connects from one address."""

    def __init__(self, address: str):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


def browser(admin: Person) -> Person:
    person = admin.another_browser()
    person.http.mount("http://", From(HONEST))
    return person


def sign_in_for(admin: Person, seconds: float) -> list[float]:
    """Signs in anew, over and over. Returns how long each request took; every one has to be answered well."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        person = browser(admin)

        def note(response: requests.Response, **_) -> None:
            took.append(response.elapsed.total_seconds())

        person.http.hooks["response"].append(note)
        assert person.page("/login").status_code == 200
        person.sign_in()
        assert person.ok("GET", "/api/users/me")["username"] == "ada"
        person.http.close()
        time.sleep(PAUSE)
    return took


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def highest_memory(server: Latchkey) -> int:
    status = Path(f"/proc/{server.service('gateway').pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10


def attack_beside(server: Latchkey, admin: Person, attack: str) -> None:
    calm = sign_in_for(admin, SECONDS / 2)
    stranger = subprocess.Popen(
        [sys.executable, "-m", "support.strangers", attack, str(server.port), STRANGER, str(SECONDS + 1)], cwd=TESTS,
        stdout=subprocess.PIPE, text=True)
    try:
        assert stranger.stdout.readline() == "begun\n"
        beside = sign_in_for(admin, SECONDS)
        health = requests.get(server.url + "/healthz", timeout=5)
        assert health.status_code == 204, health.text
        assert stranger.wait(SECONDS + 30) == 0
    finally:
        stranger.kill()
        stranger.communicate()
    calm += sign_in_for(admin, SECONDS / 2)
    most = QUEUED if attack in CONNECTING else max(SLOWER * p99(calm), UNNOTICED)
    assert p99(beside) <= most, (
        f"{attack}: {len(calm)} requests took {p99(calm) * 1000:.1f} ms at p99, {len(beside)} beside it "
        f"{p99(beside) * 1000:.1f} ms")
    memory = highest_memory(server)
    assert memory < MOST_MEMORY, f"{attack}: the gateway held {memory >> 20} MiB"


@pytest.mark.skipif(not network.can_be_made(), reason="a network of one's own takes root")
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_stranger_at_one_address_keeps_nobody_out_and_nobody_waiting(attack):
    def work() -> None:
        with Latchkey(DISABLE_RATE_LIMITING="false") as server:
            admin = Person(server.url)
            admin.set_up()
            attack_beside(server, admin, attack)

    network.inside(work)


@pytest.mark.skipif(not network.can_be_made(), reason="a network of one's own takes root")
def test_whoever_has_all_their_connections_is_told_so_and_gets_more_once_they_close():
    def work() -> None:
        with Latchkey(DISABLE_RATE_LIMITING="false") as server:
            stranger = Stranger(server.port, STRANGER, 60)
            lines = [stranger.connect() for _ in range(300)]
            answered = wait_for(lambda: ended if len(ended := select.select(lines, [], [], 0)[0]) >= 44 else [], "44 ended")
            told = [line.recv(4096) for line in answered]
            assert len(told) == 44 and [each[:12] for each in told if each] == [b"HTTP/1.1 429"], "one of a flood is told"
            for line in lines:
                line.close()
            session = requests.Session()
            session.mount("http://", From(STRANGER))
            wait_for(lambda: session.get(server.url + "/healthz", timeout=5).status_code == 204, "there is room again")

    network.inside(work)

"""Processes are killed while people sign in: what comes back, how soon, and what they were promised is still true."""

import os
import signal
import time

import pytest
import requests
from support.client import Person, Request
from support.server import SERVICES, Latchkey
from support.traffic import Traffic
from support.waiting import wait_for

pytestmark = pytest.mark.alone

# "Within seconds": back-off, start and readiness of one service on a machine that is busy with sign-ins.
BACK_WITHIN = 10


@pytest.fixture(scope="module")
def installation():
    """A server, its administrator, and a client that the administrator has consented to."""
    with Latchkey() as server:
        admin = Person(server.url)
        admin.set_up()
        client = admin.create_client("Survivor")
        admin.tokens_for(Request(client))
        yield server, admin, client


def back_again(server: Latchkey, name: str, old: int) -> float:
    """Waits until another process of this name works; returns the seconds it took."""
    began = time.monotonic()

    def look() -> bool:
        now = server.service(name)
        return now is not None and now.pid != old and server.is_ready()

    wait_for(look, f"{name} is back", BACK_WITHIN)
    return time.monotonic() - began


@pytest.mark.parametrize("name", SERVICES)
def test_a_killed_service_is_back_within_seconds_and_nothing_promised_is_lost(installation, name):
    server, admin, client = installation
    with Traffic(admin, client, administers=True) as traffic:
        traffic.wait_for_rounds(10)
        victim = server.service(name)
        others = {each: server.service(each).pid for each in SERVICES if each != name}
        os.kill(victim.pid, signal.SIGKILL)
        seconds = back_again(server, name, victim.pid)
        traffic.wait_for_rounds(20)
    print(f"{name}: back after {seconds:.2f} s; {traffic.ledger.rounds} rounds, failures: {traffic.ledger.failures}")
    traffic.assert_promises_kept()
    assert {each: server.service(each).pid for each in others} == others, "another service was restarted with it"
    # While the gateway is down nobody answers; while a service is, the gateway says so in words.
    allowed = ("ConnectionError", "ChunkedEncodingError") if name == "gateway" else ("503", "504")
    odd = [each for each in traffic.ledger.failures if not any(word in each for word in allowed)]
    assert odd == []


def test_nobody_who_signs_in_notices_that_admin_is_down(installation):
    server, admin, client = installation
    with Traffic(admin, client, people=6) as traffic:
        for _ in range(3):
            victim = server.service("admin")
            os.kill(victim.pid, signal.SIGKILL)
            traffic.wait_for_rounds(10)
            back_again(server, "admin", victim.pid)
    assert traffic.ledger.failures == []
    traffic.assert_promises_kept()


def test_while_admin_is_stopped_the_pages_of_signing_in_work(installation):
    """A process that is there but answers nothing is worse than none: SIGSTOP."""
    server, admin, client = installation
    victim = server.service("admin")
    os.kill(victim.pid, signal.SIGSTOP)
    try:
        person = admin.another_browser()
        assert person.page("/login").status_code == 200
        interaction = person.interaction_of(person.authorize(Request(client)))
        assert person.page(f"/interaction?interaction={interaction}").status_code == 200
        assert "code=" in person.finish_interaction(interaction)
    finally:
        os.kill(victim.pid, signal.SIGCONT)
    wait_for(server.is_ready, "admin answers again", BACK_WITHIN)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_the_services_recover_by_themselves_when_postgres_restarts(installation, how):
    server, admin, client = installation
    services = {each: server.service(each).pid for each in SERVICES}
    with Traffic(admin, client, administers=True) as traffic:
        traffic.wait_for_rounds(10)
        victim = server.postmaster()
        os.kill(victim.pid, how)
        wait_for(lambda: server.postmaster() and server.postmaster().pid != victim.pid, "a new postmaster runs", 20)
        wait_for(server.is_ready, "every service answers", 20)
        traffic.wait_for_rounds(20)
    print(f"{traffic.ledger.rounds} rounds, failures: {traffic.ledger.failures}")
    traffic.assert_promises_kept()
    assert {each: server.service(each).pid for each in SERVICES} == services, "a service was restarted for it"
    assert [each for each in traffic.ledger.failures if "503" not in each and "504" not in each] == []


@pytest.mark.parametrize("at_once", [False, True], ids=["later", "at once"])
def test_a_killed_launcher_leaves_no_orphan_and_the_next_start_has_everything(installation, at_once):
    server, admin, client = installation
    with Traffic(admin, client, administers=True) as traffic:
        traffic.wait_for_rounds(10)
        server.kill()
    if not at_once:
        wait_for(lambda: not server.remaining(), "no process is left", 20)
    server.start()
    assert server.seconds_to_ready < 20
    traffic.assert_promises_kept()
    person = admin.another_browser()
    person.sign_in()
    names = sorted(each.name for each in server.remaining())
    assert [names.count(each) for each in SERVICES] == [1] * 4, names


def test_every_frozen_service_is_told_from_a_dead_one_and_comes_back_to_work(installation):
    """A frozen oidc answers nobody; when it thaws, what waited or was refused does not haunt anybody."""
    server, admin, client = installation
    victim = server.service("oidc")
    os.kill(victim.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = requests.get(server.url + "/.well-known/jwks.json", timeout=60)
        assert answer.status_code in (200, 503, 504) and time.monotonic() - began < 30
        assert admin.another_browser().sign_in()["username"] == "ada"
    finally:
        os.kill(victim.pid, signal.SIGCONT)
    wait_for(server.is_ready, "oidc answers again", BACK_WITHIN)
    admin.tokens_for(Request(client))


def test_no_service_has_crashed_by_itself(installation):
    server, _, _ = installation
    assert "Fatal error" not in server.log()

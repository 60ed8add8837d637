"""Several processes of a service: whichever answers, whoever dies or leaves, people who sign in notice nothing.

What a service did and could not say any more is the heart of it: the gateway asks another process with the same request
id, and that one must repeat the outcome instead of doing it again.
"""

import base64
import json
import os
import random
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support import wire
from support.client import Client, Request, exchange, refresh, userinfo
from support.fleet import Fleet
from support.traffic import Traffic
from support.waiting import wait_for

pytestmark = pytest.mark.alone

# Bounds for a machine that is busy with other things. A stopped process is found out after a second.
SLOWEST = 8.0
P99 = 3.0
BACK_WITHIN = 10.0

# Where signing in leaves something. What a repeated message wrote twice would show here.
TABLES = ("sessions", "proofs", "spent_challenges", "interactions", "grants", "refresh_tokens", "consents",
          "audit_log", "outbox", "users", "passkeys")


@pytest.fixture(scope="module")
def installation():
    """Two of each, and an address of a third oidc process where nobody is yet."""
    with Fleet(auth=2, oidc=2, admin=2, spare_oidc=1) as fleet:
        fleet.reach(proxied=True)
        # Beginning is the first answer; what is lost is the answer that says that the first administrator exists.
        fleet.switchboard.take(answer=2)
        fleet.admin.set_up()
        fleet.lost_at_set_up = fleet.switchboard.disarm()
        yield fleet


@pytest.fixture
def proxied(installation) -> Fleet:
    """Every message between gateway and services is within the test's reach."""
    return installation.reach(proxied=True)


@pytest.fixture
def fleet(installation) -> Fleet:
    """The gateway reaches the services as it does in earnest."""
    return installation.reach(proxied=False)


@pytest.fixture(scope="module")
def app(installation) -> Client:
    """A client to which the administrator has agreed."""
    client = installation.admin.create_client("App")
    installation.admin.tokens_for(Request(client))
    return client


# --- Answers that get lost


def rows(fleet: Fleet) -> dict[str, int]:
    # Refusals are recorded up to so many a minute.
    counted = {"audit_log": "audit_log WHERE event <> 'TOKEN_REFUSED'"}
    counts = fleet.psql(";".join(f"SELECT count(*) FROM {counted.get(each, each)}" for each in TABLES))
    return dict(zip(TABLES, map(int, counts.split())))


def journey(fleet: Fleet, client: Client) -> None:
    """Everything that somebody who signs in at an app does, from the passkey to signing out."""
    person = fleet.admin.another_browser()
    person.sign_in()
    first = Request(client)
    tokens = person.tokens_for(first)
    assert userinfo(fleet.url, tokens["access_token"]).status_code == 200
    renewed = refresh(fleet.url, client, tokens["refresh_token"])
    assert renewed.status_code == 200 and renewed.json()["refresh_token"] != tokens["refresh_token"], renewed.text
    tokens = renewed.json()
    # With session and consent in place, and again with a fresh passkey.
    again = person.tokens_for(Request(client))
    proven = person.tokens_for(Request(client, more={"prompt": "login"}))
    for each in (tokens, again, proven):
        assert userinfo(fleet.url, each["access_token"]).status_code == 200
    person.ok("DELETE", f"/api/oidc/users/me/authorized-clients/{client.id}", status=204)
    for each in (tokens, again, proven):
        assert userinfo(fleet.url, each["access_token"]).status_code == 401, "taken back, yet alive"
    person.sign_out()
    assert not person.is_signed_in()


def test_the_first_administrator_exists_once_although_the_answer_was_lost(proxied):
    assert proxied.lost_at_set_up
    assert proxied.psql("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM passkeys)") == "1|1"
    assert proxied.admin.is_signed_in()


@pytest.mark.timeout(300)
def test_every_message_of_signing_in_may_be_lost(proxied):
    """In every round one message loses its answer, after the service's commit, and one is lost itself, before it."""
    board, app = proxied.switchboard, proxied.admin.create_client("Lossy")
    journey(proxied, app)
    before, counted = rows(proxied), sum(board.answers.values())
    journey(proxied, app)
    undisturbed = {each: count - before[each] for each, count in rows(proxied).items()}
    messages = sum(board.answers.values()) - counted
    assert messages > 15, "the journey has become shorter than it was"
    lost: set[tuple[str, str]] = set()
    for answer in range(1, messages + 1):
        request = (answer + messages // 2 - 1) % messages + 1
        before = rows(proxied)
        # An answer that was lost makes one request more.
        board.take(answer=answer, request=request + 1 if request > answer else request)
        journey(proxied, app)
        taken = board.disarm()
        assert len(taken) == 2, f"answer {answer} and request {request} of {messages}: only {taken} was lost"
        lost |= {(each.direction, each.proxy.split("-")[0]) for each in taken}
        done = {each: count - before[each] for each, count in rows(proxied).items()}
        assert done == undisturbed, f"of {messages} messages: {taken}"
    assert lost == {(direction, service) for direction in ("answer", "request") for service in ("auth", "oidc")}


# --- One code, two processes


@pytest.fixture
def both(proxied):
    """A connection of our own to each oidc process, past the greeting."""
    peers = [wire.SecurePeer(each.port, proxied.key("oidc")) for each in proxied.services["oidc"]]
    for each in peers:
        each.send(wire.hello("oidc"))
        assert each.receive()[0] == wire.HELLO
    yield peers
    for each in peers:
        each.__exit__()


def form_for(request: Request, code: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": request.client.redirect_uri,
            "code_verifier": request.verifier}


def ask(peer: wire.SecurePeer, client: Client, form: dict[str, str], identifier: bytes) -> bytes:
    """Sends a token request to one process. Returns the body of its answer."""
    payload = wire.exchange_token(form, client.basic["Authorization"])
    # A number that no earlier request on this connection had: that one may just be ending.
    correlation = random.randrange(8, 1 << 31)
    peer.send(wire.request("oidc.exchangeToken/2", payload, correlation, identifier))
    kind, _, body = peer.receive()
    assert kind == wire.REPLY, body
    return body


def at_both(peers: list[wire.SecurePeer], client: Client, form: dict[str, str], identifiers: list[bytes]) -> list[bytes]:
    """Sends it to both at the same moment."""
    start = threading.Barrier(2)

    def one(peer: wire.SecurePeer, identifier: bytes) -> bytes:
        start.wait(10)
        return ask(peer, client, form, identifier)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, peers, identifiers))


def parts_in(answer: bytes, part: int) -> list[dict]:
    """The headers (0) or the claims (1) of the tokens in an answer; signatures may differ."""
    found = [each.split(b".")[part] for each in re.findall(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+", answer)]
    return [json.loads(base64.urlsafe_b64decode(each + b"=" * (-len(each) % 4))) for each in found]


def refresh_token_in(answer: bytes) -> bytes:
    [found] = re.findall(rb"lkr_[\w-]+", answer)
    return found


def test_one_code_at_two_processes_at_once_is_redeemed_once(proxied, app, both):
    winners = set()
    for _ in range(10):
        request = Request(app)
        code = proxied.admin.code_for(request)
        answers = at_both(both, app, form_for(request, code), [os.urandom(16), os.urandom(16)])
        issued = [b"access_token" in each for each in answers]
        assert sum(issued) == 1, answers
        assert b"invalid_grant" in answers[issued.index(False)]
        winners.add(issued.index(True))
    print(f"won by {winners}")


def test_the_same_request_at_two_processes_at_once_has_one_outcome(proxied, app, both):
    for _ in range(10):
        request = Request(app)
        code = proxied.admin.code_for(request)
        identifiers = [os.urandom(16)] * 2
        # And once more, when all is done.
        answers = [each for _ in range(2) for each in at_both(both, app, form_for(request, code), identifiers)]
        tokens = [parts_in(each, 1) for each in answers]
        assert all(len(each) == 2 for each in tokens)
        assert len({tuple(each["jti"] for each in several) for several in tokens}) == 1
        assert len({refresh_token_in(each) for each in answers}) == 1


@pytest.mark.parametrize("same_request", [True, False])
def test_one_refresh_token_at_two_processes_at_once_has_one_successor(proxied, app, both, same_request):
    """A client whose answer was lost may ask again, and that is another request."""
    token = proxied.admin.tokens_for(Request(app))["refresh_token"]
    for _ in range(10):
        form = {"grant_type": "refresh_token", "refresh_token": token}
        identifiers = [os.urandom(16)] * 2 if same_request else [os.urandom(16), os.urandom(16)]
        successors = {refresh_token_in(each) for each in at_both(both, app, form, identifiers)}
        assert len(successors) == 1
        token = successors.pop().decode()


def test_both_processes_sign_with_a_new_key_within_seconds_of_its_rotation(proxied, app, both):
    def kids() -> set[str]:
        """With what each process signs ID tokens."""
        found = []
        for peer in both:
            request = Request(app)
            form = form_for(request, proxied.admin.code_for(request))
            headers = parts_in(ask(peer, app, form, os.urandom(16)), 0)
            found.append(next(each["kid"] for each in headers if each["alg"] == "RS256"))
        return set(found)

    [old] = kids()
    proxied.base.psql("UPDATE signing_keys SET created_at = created_at - interval '5 minutes' WHERE state = 'next'")
    done = proxied.base.run("key-rotate", "--alg", "RS256", "--yes")
    assert done.returncode == 0, done.stderr
    wait_for(lambda: old not in kids(), "both sign with the new key")
    [new] = kids()
    published = {each["kid"] for each in requests.get(proxied.url + "/.well-known/jwks.json", timeout=10).json()["keys"]}
    assert {old, new} <= published


def test_a_process_that_leaves_finishes_what_it_has_and_nobody_waits_for_it(proxied, app):
    request = Request(app)
    code = proxied.admin.code_for(request)
    board, services = proxied.switchboard, {each.name: each for each in proxied.services["oidc"]}
    authorization = "(SELECT id FROM grants ORDER BY issued_at DESC LIMIT 1)"
    with proxied.base.psql_session() as session, ThreadPoolExecutor(1) as pool:
        session.run(f"BEGIN; SELECT 1 FROM grants WHERE id = {authorization} FOR UPDATE;")
        before = dict(board.requests)
        answer = pool.submit(exchange, proxied.url, request, code)
        name = wait_for(lambda: next((each for each in services
                                      if board.requests.get(each, 0) > before.get(each, 0)), None), "it is sent")
        answers = board.answers.get(name, 0)
        services[name].signal(signal.SIGTERM)
        # It no longer listens, and the other one answers at once.
        wait_for(lambda: "Leaving" in services[name].log(), f"{name} leaves")
        proxied.admin.code_for(Request(app))
        assert services[name].process.poll() is None and not answer.done()
        session.run("ROLLBACK;")
        assert answer.result(20).status_code == 200
    wait_for(lambda: board.answers[name] == answers + 2, "its farewell came, and then its answer")
    assert services[name].process.wait(10) == 0
    services[name].start()


# --- Processes that die, stop and leave


def settle(fleet: Fleet, traffic: Traffic, what: str) -> None:
    """Nothing failed, nothing promised was lost, and it went as fast as bounds allow."""
    ledger = traffic.ledger
    print(f"{what}: {ledger.rounds} rounds, {len(ledger.seconds)} requests, p50 {traffic.slowest(0.5) * 1000:.0f} ms, "
          f"p99 {traffic.slowest(0.99) * 1000:.0f} ms, slowest {traffic.slowest() * 1000:.0f} ms")
    assert ledger.failures == []
    traffic.assert_promises_kept()
    assert traffic.slowest(0.99) < P99 and traffic.slowest() < SLOWEST


def test_a_code_issued_by_one_process_is_redeemed_at_the_other(fleet, app):
    issuer, redeemer = fleet.services["oidc"][:2]
    redeemer.drain()
    asked = [Request(app) for _ in range(3)]
    codes = [fleet.admin.code_for(each) for each in asked]
    redeemer.start()
    issuer.drain()
    for request, code in zip(asked, codes):
        answer = exchange(fleet.url, request, code)
        assert answer.status_code == 200, answer.text
        assert userinfo(fleet.url, answer.json()["access_token"]).status_code == 200
    issuer.start()


def test_signing_in_is_healthy_as_long_as_one_process_of_each_is_there(fleet):
    assert fleet.is_healthy()
    for service in ("auth", "oidc"):
        first, second = fleet.services[service][:2]
        first.kill()
        assert all(fleet.is_healthy() for _ in range(5))
        second.kill()
        wait_for(lambda: not fleet.is_healthy(), f"the gateway says that no {service} is there")
        first.start()
        wait_for(fleet.is_healthy, "it says that one is there again")
        second.start()


@pytest.mark.parametrize("which", ["one of two", "one of three, and of auth"])
def test_processes_are_killed_at_any_moment_and_no_sign_in_fails(fleet, app, which):
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    groups = [fleet.services["oidc"]]
    if which != "one of two":
        groups = [fleet.services["oidc"] + [each.start() for each in fleet.spares], fleet.services["auth"]]
    back: list[float] = []
    with Traffic(fleet.admin, app, people=4) as traffic:
        for number in range(6):
            traffic.wait_for_rounds(chance.randrange(1, 5))
            victim = chance.choice(groups[number % len(groups)])
            began = time.monotonic()
            victim.kill()
            victim.start()
            back.append(time.monotonic() - began)
        traffic.wait_for_rounds(4)
    for each in fleet.spares:
        each.end()
    settle(fleet, traffic, f"killed {which}, back after {max(back):.1f} s at most, seed {seed}")
    assert max(back) < BACK_WITHIN


def test_all_are_drained_and_replaced_in_turn_under_load_without_a_failed_request(fleet, app):
    with Traffic(fleet.admin, app, people=4, administers=True) as traffic:
        for each in fleet.instances():
            assert each.drain() == 0, each.log()[-2000:]
            each.start()
            traffic.wait_for_rounds(1)
    settle(fleet, traffic, "rolling restart")


@pytest.mark.parametrize("service", ["oidc", "auth"])
def test_a_stopped_process_costs_a_second_once(fleet, app, service):
    """SIGSTOP: it is there, its connections are open, and it says nothing."""
    stopped, other = fleet.services[service]
    stopped.signal(signal.SIGSTOP)
    try:
        with Traffic(fleet.admin, app, people=4) as traffic:
            traffic.wait_for_rounds(8)
            assert all(fleet.is_healthy() for _ in range(3))
            passed_over = len(traffic.ledger.seconds)
            traffic.wait_for_rounds(8)
    finally:
        stopped.signal(signal.SIGCONT)
    settle(fleet, traffic, f"{service} stopped")
    later = sorted(traffic.ledger.seconds[passed_over:])
    assert later[-1] < P99, "what came later should not have been sent there at all"
    # It is trusted again: alone, it does all the work.
    other.drain()
    fleet.admin.another_browser().sign_in()
    fleet.admin.tokens_for(Request(app))
    other.start()


def test_what_a_stopped_process_finds_when_it_goes_on_is_not_begun(proxied, app, both):
    """Whoever asked has been told something else by then. It may be an hour later."""
    request = Request(app)
    code = proxied.admin.code_for(request)
    form = form_for(request, code)
    stopped, peer = proxied.services["oidc"][0], both[0]
    stopped.signal(signal.SIGSTOP)
    began = time.monotonic()
    peer.send(wire.request("oidc.exchangeToken/2", wire.exchange_token(form, app.basic["Authorization"])))
    # TransportLimits.standstill, and a pulse.
    wait_for(lambda: time.monotonic() > began + 1.3, "it has stood still for long enough")
    stopped.signal(signal.SIGCONT)
    kind, _, body = peer.receive()
    assert kind == wire.FAILURE and b"unavailable" in body and b"was not begun" in body, body
    assert exchange(proxied.url, request, code).status_code == 200


def test_no_process_has_crashed_by_itself(installation):
    assert "Fatal error" not in installation.logs()

"""Many requests from one address are slowed down, in words; the tests elsewhere turn this off."""

import pytest
import requests
from support.client import Person
from support.server import Latchkey


@pytest.fixture(scope="module")
def guarded():
    with Latchkey(DISABLE_RATE_LIMITING="false") as server:
        yield server


def first_refusal(ask, limit: int = 3000) -> requests.Response:
    """Asks until it is one too many."""
    for _ in range(limit):
        answer = ask()
        if answer.status_code == 429:
            return answer
        assert answer.status_code < 500, answer.text
    raise AssertionError(f"{limit} requests in a row were all answered")


def test_guessing_login_codes_is_stopped_and_told_when_to_come_back(guarded):
    person = Person(guarded.url)
    answer = first_refusal(lambda: person.call("POST", "/api/one-time-access-token/AAAAAAAAAAAA", {}), 200)
    assert answer.json()["code"] == "rate_limited" and int(answer.headers["Retry-After"]) > 0


def test_a_forged_forwarded_address_does_not_help(guarded):
    """Nobody's header is believed unless TRUST_PROXY says whose."""
    person = Person(guarded.url)
    numbers = iter(range(1, 10_000))
    answer = first_refusal(lambda: person.call(
        "POST", "/api/one-time-access-token/AAAAAAAAAAAA", {},
        headers={"X-Forwarded-For": f"203.0.113.{next(numbers) % 250}"}), 200)
    assert answer.json()["code"] == "rate_limited"


def test_health_is_never_refused(guarded):
    with requests.Session() as session:
        assert {session.get(guarded.url + "/healthz").status_code for _ in range(300)} == {204}

"""Set-up: once, by one, together with a passkey, and never again."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.client import Person

PROFILE = {"username": "ada", "email": "ada@example.org", "firstName": "Ada", "lastName": "Lovelace"}


def test_before_it_is_done_set_up_is_open_and_signing_in_finds_nobody(bare_server):
    assert requests.get(bare_server.url + "/api/signup/setup").status_code == 204
    assert requests.get(bare_server.url + "/setup").status_code == 200
    front = requests.get(bare_server.url + "/", allow_redirects=False)
    assert front.status_code in (302, 303) and front.headers["Location"].endswith("/setup")


@pytest.mark.parametrize("changes, field", [
    ({"username": ""}, "username"), ({"username": "-ada"}, "username"), ({"username": "a" * 51}, "username"),
    ({"email": "no address"}, "email"), ({"firstName": "x" * 51}, "firstName")])
def test_a_profile_that_is_not_accepted_is_named(bare_server, changes, field):
    answer = Person(bare_server.url).call("POST", "/api/signup/setup/start", PROFILE | changes)
    assert answer.status_code in (400, 422), answer.text
    assert field in [each["field"] for each in answer.json()["details"]["fields"]]


def test_beginning_set_up_writes_nothing(bare_server):
    Person(bare_server.url).ok("POST", "/api/signup/setup/start", PROFILE)
    assert bare_server.psql("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM passkeys)") == "0"


def test_who_comes_through_a_proxy_shows_the_code_from_the_log(bare_server, chromium):
    far = Person(bare_server.url)
    far.http.headers["X-Forwarded-For"] = "203.0.113.9"
    for code, problem in ((None, "required"), ("AAAA-AAAA-AAAA", "invalid")):
        answer = far.call("POST", "/api/signup/setup/start", PROFILE | {"code": code})
        assert answer.status_code == 400, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["details"]["fields"]] == [("code", problem)]
    code = re.search(r"/setup#([0-9A-Z-]{14}) to create", bare_server.log())[1]
    far.ok("POST", "/api/signup/setup/start", PROFILE | {"code": code})
    with chromium.window() as window:
        window.page.set_extra_http_headers({"X-Forwarded-For": "203.0.113.9"})
        window.page.goto(f"{bare_server.url}/setup#{code}", wait_until="networkidle")
        assert window.page.input_value("#code") == code and "#" not in window.page.url
    assert Person(bare_server.url).call("POST", "/api/signup/setup/start", PROFILE).status_code == 200, "at the machine"


def test_exactly_one_of_many_racing_set_ups_wins(bare_server):
    """Everybody holds a good credential before anybody sends it; the winner gets user, passkey and session together."""
    racers = []
    for number in range(12):
        person = Person(bare_server.url)
        profile = PROFILE | {"username": f"ada{number}", "email": f"ada{number}@example.org"}
        credential = person.authenticator.create(person.ok("POST", "/api/signup/setup/start", profile))
        racers.append((person, profile | {"credential": credential}))
    with ThreadPoolExecutor(len(racers)) as pool:
        answers = list(pool.map(lambda racer: racer[0].call("POST", "/api/signup/setup", racer[1]), racers))
    statuses = [each.status_code for each in answers]
    assert statuses.count(201) == 1, statuses
    assert set(statuses) <= {201, 404, 409}, statuses
    assert bare_server.psql("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM passkeys), "
                            "(SELECT count(*) FROM sessions)") == "1|1|1"
    winner = racers[statuses.index(201)][0]
    me = winner.ok("GET", "/api/users/me")
    assert me["emailVerified"] is False, "nobody has said whose address it is"
    assert me["isAdmin"] and me["id"] == answers[statuses.index(201)].json()["id"]
    again = winner.another_browser()
    assert again.sign_in()["id"] == me["id"]


def test_after_it_is_done_every_way_in_is_closed(bare_server):
    person = Person(bare_server.url)
    assert requests.get(bare_server.url + "/api/signup/setup").status_code == 404
    assert requests.get(bare_server.url + "/setup", headers={"Accept": "text/html"}).status_code == 404
    begin = person.call("POST", "/api/signup/setup/start", PROFILE)
    assert begin.status_code == 404 and begin.json()["code"] == "setup_not_available"
    # Nobody can have begun by now, so what is finished here was made up.
    finish = person.call("POST", "/api/signup/setup", PROFILE | {"credential": {}})
    assert finish.status_code in (400, 404, 409) and "Set-Cookie" not in finish.headers


def test_a_command_opens_it_again_for_one_more_administrator(bare_server):
    done = bare_server.run("open-setup")
    assert done.returncode == 0, done.stderr
    code = re.search(re.escape(bare_server.url) + r"/setup#(\S+)", done.stdout)[1]
    far = Person(bare_server.url)
    far.http.headers["X-Forwarded-For"] = "203.0.113.9"
    assert far.call("POST", "/api/signup/setup/start", PROFILE).status_code == 400
    owner = bare_server.psql("SELECT username FROM users")
    taken = far.call("POST", "/api/signup/setup/start", PROFILE | {"username": owner, "email": None, "code": code})
    assert taken.status_code == 400 and [each["field"] for each in taken.json()["details"]["fields"]] == ["username"]
    profile = PROFILE | {"username": "rescue", "email": "rescue@example.org", "code": code, "emailVerified": True}
    credential = far.authenticator.create(far.ok("POST", "/api/signup/setup/start", profile))
    made = far.ok("POST", "/api/signup/setup", profile | {"credential": credential}, 201)
    assert made["isAdmin"] and made["emailVerified"]
    assert far.call("POST", "/api/signup/setup/start", profile).status_code == 404
    assert bare_server.psql("SELECT count(*) FROM audit_log WHERE event = 'SETUP_OPENED'") == "1"

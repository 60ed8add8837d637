"""One-time access: handed out by an administrator or asked for by mail, good for one sign-in and no more than that."""

import json
import re
import time

import pytest
from support.client import Person, Request, random_text
from support.mailserver import MailServer
from support.server import Latchkey
from test_sign_up import as_admin, choose


@pytest.fixture
def member(server, admin) -> dict:
    """Somebody who signed up and holds no passkey."""
    choose(server, allowUserSignups="open")
    name = "m" + random_text()
    made = Person(server.url).ok("POST", "/api/signup", {
        "username": name, "email": f"{name}@example.org", "firstName": "Mem", "lastName": "Ber"}, 201)
    choose(server, allowUserSignups="disabled")
    return made


def hand_out(admin, user: dict, **wish) -> str:
    admin.prove("one-time-link")
    return admin.ok("POST", f"/api/users/{user['id']}/one-time-access-token", wish, 201)["token"]


def test_the_api_speaks_pocket_ids_language(admin, member):
    refused = admin.call("POST", f"/api/users/{member['id']}/one-time-access-token", {"ttl": "15m"})
    assert refused.status_code == 401 and refused.json()["code"] == "reauthentication_required"
    for wish, length in [({}, 6), ({"ttl": "15m"}, 6), ({"ttl": 900}, 6), ({"ttl": "16m"}, 12), ({"ttl": "24h"}, 12),
                         ({"ttl": "31d"}, 12)]:
        token = hand_out(admin, member, **wish)
        assert re.fullmatch(rf"[0-9A-HJKMNP-TV-Z]{{{length}}}", token), (wish, token)
    for ttl in ("1s", "32d", 0, "whenever"):
        admin.prove("one-time-link")
        wrong = admin.call("POST", f"/api/users/{member['id']}/one-time-access-token", {"ttl": ttl})
        assert wrong.status_code == 400 and wrong.json()["details"]["fields"][0]["field"] == "ttl", ttl
    admin.prove("one-time-link")
    nobody = admin.call("POST", "/api/users/11111111-1111-4111-8111-111111111111/one-time-access-token", {})
    assert nobody.status_code == 404 and nobody.json()["code"] == "user_not_found"


def test_codes_are_for_administrators_to_hand_out(server, admin, member):
    person = Person(server.url)
    path = f"/api/users/{member['id']}/one-time-access-token"
    assert person.call("POST", path, {}).status_code == 401
    person.ok("POST", f"/api/one-time-access-token/{hand_out(admin, member)}", {})
    assert person.call("POST", path, {}).status_code == 403


def test_a_code_signs_in_once_however_it_is_typed(server, admin, member):
    token = hand_out(admin, member, ttl="1h")
    typed = token.lower().replace("1", "i").replace("0", "o")
    person = Person(server.url)
    spaced = f"{typed[:4]}-{typed[4:]}"
    assert person.ok("POST", f"/api/one-time-access-token/{spaced}", {})["id"] == member["id"]
    again = Person(server.url).call("POST", f"/api/one-time-access-token/{token}", {})
    assert again.status_code == 401 and again.json()["code"] == "token_invalid_or_expired"
    events = server.psql(f"SELECT string_agg(event, ' ' ORDER BY created_at) FROM audit_log WHERE user_id = '{member['id']}'")
    assert events == "ACCOUNT_CREATED ONE_TIME_LINK_CREATED TOKEN_SIGN_IN SIGN_IN_REFUSED"
    assert token not in server.psql("SELECT string_agg(a::text, ' ') FROM audit_log a")


def test_the_links_page_submits_nothing_by_itself(server, admin, member, window):
    """A page that redeemed at once would sign in whoever was sent the link by somebody else, and every scanner."""
    window.page.goto(f"{server.url}/lc/{hand_out(admin, member)}", wait_until="networkidle")
    assert window.page.locator("[data-code-form] [type=submit]").is_visible()
    assert "access_token" not in window.cookies()
    assert server.psql(f"SELECT count(*) FROM one_time_codes WHERE user_id = '{member['id']}' AND used_at IS NULL") == "1"


def test_a_disabled_person_stays_out(server, admin, member):
    token = hand_out(admin, member)
    server.psql(f"UPDATE users SET disabled = true WHERE id = '{member['id']}'")
    refused = Person(server.url).call("POST", f"/api/one-time-access-token/{token}", {})
    assert refused.status_code == 403 and refused.json()["code"] == "user_disabled"


def test_an_expired_code_is_worth_nothing(server, admin, member):
    token = hand_out(admin, member)
    server.psql("UPDATE one_time_codes SET expires_at = now()")
    assert Person(server.url).call("POST", f"/api/one-time-access-token/{token}", {}).status_code == 401


def test_a_code_is_no_reauthentication(server, admin, member):
    """GHSA-hp74-gm6m-2qm5: a fresh session from a code stood in for the passkey."""
    person = Person(server.url)
    person.ok("POST", f"/api/one-time-access-token/{hand_out(admin, member)}", {})
    server.psql(f"UPDATE users SET is_admin = true WHERE id = '{member['id']}'")
    for purpose in ("add-passkey", "client-secret", "new-administrator", "one-time-link", "api-key", "redirect-uri"):
        empty = person.call("POST", f"/api/webauthn/reauthenticate?purpose={purpose}")
        assert empty.status_code == 401 and empty.json()["code"] == "reauthentication_required", purpose
    path = f"/api/users/{member['id']}/one-time-access-token"
    assert person.call("POST", path, {}).json()["code"] == "reauthentication_required"
    server.psql(f"UPDATE users SET is_admin = false WHERE id = '{member['id']}'")


def test_an_app_that_wants_the_passkey_is_not_content_with_a_code(server, admin, member):
    client = admin.create_client(requiresReauthentication=True)
    person = Person(server.url)
    interaction = person.interaction_of(person.authorize(Request(client)))
    person.ok("POST", f"/api/one-time-access-token/{hand_out(admin, member)}", {})
    done = person.ok("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": "authenticate"})
    assert done["interaction"]["currentStep"] == "reauthenticate"
    done = person.ok("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": "reauthenticate"})
    assert done["interaction"]["currentStep"] == "reauthenticate"


def test_a_program_that_hands_a_code_to_itself_gets_one_key(server, admin, member):
    """The Kubernetes operator's way: no browser, so neither Origin nor Fetch metadata, and one key for what follows."""
    admin.prove("api-key")
    wish = {"name": "Operator", "expiresAt": "2099-01-01T00:00:00Z"}
    key = {"X-API-Key": admin.ok("POST", "/api/api-keys", wish, 201)["token"]}
    silent = {"Origin": None, "Sec-Fetch-Site": None, "Sec-Fetch-Mode": None}
    program = Person(server.url)
    code = program.ok("POST", f"/api/users/{member['id']}/one-time-access-token", {}, 201, headers=silent | key)["token"]
    program.ok("POST", f"/api/one-time-access-token/{code}", {}, headers=silent)
    made = program.ok("POST", "/api/api-keys", wish, 201, headers=silent)
    assert Person(server.url).ok("GET", "/api/users/me", headers={"X-API-Key": made["token"]})["id"] == member["id"]
    again = program.call("POST", "/api/api-keys", wish, headers=silent)
    assert again.status_code == 401 and again.json()["code"] == "reauthentication_required"
    direct = Person(server.url).ok("POST", f"/api/users/{member['id']}/api-keys", wish, 201, headers=key)
    refused = Person(server.url).call(
        "POST", f"/api/users/{member['id']}/api-keys", wish, headers={"X-API-Key": direct["token"]})
    assert refused.status_code == 403


def test_a_passkey_sign_in_a_moment_ago_proves_one_named_purpose(server, admin, member):
    assert admin.call("POST", "/api/webauthn/reauthenticate").status_code == 400, "which purpose was not said"
    admin.ok("POST", "/api/webauthn/reauthenticate?purpose=one-time-link", status=204)
    admin.ok("POST", f"/api/users/{member['id']}/one-time-access-token", {}, 201)
    again = admin.call("POST", f"/api/users/{member['id']}/one-time-access-token", {})
    assert again.json()["code"] == "reauthentication_required"
    server.psql("UPDATE sessions SET auth_time = auth_time - interval '61 seconds'")
    stale = admin.call("POST", "/api/webauthn/reauthenticate?purpose=one-time-link")
    assert stale.status_code == 401


def test_inside_an_apps_sign_in_the_app_is_shown_and_reached(server, admin, member, window):
    client = admin.create_client(name="Greenhouse")
    token = hand_out(admin, member)
    from urllib.parse import urlencode
    landed = []
    window.page.route("http://127.0.0.1:9/**", lambda route: (landed.append(route.request.url), route.fulfill(body="ok")))
    window.page.goto(f"{server.url}/authorize?{urlencode(Request(client).parameters())}")
    window.page.click('a[href^="/login/alternative"]')
    assert "Greenhouse" in window.page.locator("main").inner_text()
    window.page.click('a[href^="/login/alternative/code"]')
    assert "interaction=" in window.page.url and window.page.locator(".pair .tile").inner_text() == "G"
    # A click does not wait for the page that it leads to: its script takes the code.
    window.page.wait_for_load_state("load")
    window.page.fill("#code", token.lower())
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/signup/add-passkey?interaction=*")
    assert "Greenhouse" in window.page.locator("[data-skip]").inner_text()
    window.page.click("[data-add-first]")
    window.page.wait_for_url("**/interaction?interaction=*")
    window.page.click("[data-continue]")
    window.page.wait_for_url("http://127.0.0.1:9/**")
    assert "code=" in landed[0]


# By mail


@pytest.fixture(scope="module")
def house():
    """An installation of its own: it sends mail, and it counts attempts."""
    with MailServer() as mail, Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        choose(server, smtpHost="127.0.0.1", smtpPort=str(mail.port), smtpFrom="id@example.org",
               emailOneTimeAccessAsUnauthenticatedEnabled="true", emailOneTimeAccessAsAdminEnabled="true")
        server.mail = mail
        yield server


@pytest.fixture(autouse=True)
def fresh_counts(request):
    if "house" in request.fixturenames:
        house = request.getfixturevalue("house")
        house.psql("DELETE FROM attempts; DELETE FROM one_time_codes; DELETE FROM outbox")
        house.mail.arrived.clear()


def ask(person: Person, email: str, path: str = "/settings/account", status: int = 204):
    return person.ok("POST", "/api/one-time-access-email", {"email": email, "redirectPath": path}, status)


def code_in(house) -> tuple[str, str]:
    """The code of the newest mail, and its link."""
    arrived = house.mail.mail()
    link = re.search(re.escape(house.url) + r"/lc/([0-9A-Z]+)(\S*)", arrived.text)
    return link[1], link[0]


def test_a_code_by_mail_works_in_the_browser_that_asked_and_in_no_other(house):
    person = Person(house.url)
    ask(person, "ADA@example.org")
    code, link = code_in(house)
    assert len(code) == 6 and link.endswith("?redirect=%2Fsettings%2Faccount")
    elsewhere = Person(house.url).call("POST", f"/api/one-time-access-token/{code}", {})
    assert elsewhere.status_code == 401 and elsewhere.json()["code"] == "device_code_invalid"
    assert person.ok("POST", f"/api/one-time-access-token/{code}", {})["username"] == "ada"
    refused = person.call("GET", "/api/webauthn/register/start")
    assert refused.status_code == 401 and refused.json()["code"] == "reauthentication_required"


def test_asking_by_mail_in_a_browser(house, window):
    window.page.goto(house.url + "/login")
    window.page.click('a[href^="/login/alternative"]')
    window.page.click('a[href^="/login/alternative/email"]')
    window.page.wait_for_load_state("networkidle")
    window.page.fill("#email", "ada@example.org")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/login/alternative/code?sent=1")
    code, _ = code_in(house)
    window.page.wait_for_load_state("networkidle")
    window.page.fill("#code", code)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/signup/add-passkey?redirect=*")
    window.page.wait_for_load_state("networkidle")
    # The account has a passkey: a mailbox is no second key to it, and the page says what is.
    window.page.get_by_role("heading", name="You are in").wait_for()
    assert "ask an administrator for a sign-in link" in window.page.locator(".lead").inner_text()
    assert window.page.locator("[data-add-first]").count() == 0
    window.page.click("[data-skip]")
    window.page.wait_for_url(house.url + "/settings/account")
    assert window.complaints == []


def test_whether_an_address_is_known_shows_neither_in_words_nor_in_time(house):
    def seconds(email: str) -> float:
        person, began = Person(house.url), time.monotonic()
        answer = person.call("POST", "/api/one-time-access-email", {"email": email, "redirectPath": "/"})
        assert (answer.status_code, answer.content) == (204, b"")
        return time.monotonic() - began

    known = min(seconds("ada@example.org") for _ in range(3))
    house.psql("DELETE FROM attempts")
    unknown = min(seconds("nobody@example.org") for _ in range(3))
    assert known >= 0.4 and unknown >= 0.4 and abs(known - unknown) < 0.2
    assert house.psql("SELECT count(*) FROM outbox WHERE kind = 'one-time-code'") == "3"


def test_a_mailbox_cannot_be_filled_nor_a_code_worn_down(house):
    person = Person(house.url)
    for _ in range(5):
        ask(person, "ada@example.org")
    assert house.psql("SELECT count(*) FROM one_time_codes") == "3"
    for number in range(5):
        assert person.call("POST", f"/api/one-time-access-token/WRNG0{number}", {}).status_code == 401
    house.mail.mail()
    code = re.search(r"/lc/([0-9A-Z]{6})", house.mail.mail().text)[1]
    assert person.call("POST", f"/api/one-time-access-token/{code}", {}).status_code == 401


def test_a_disabled_person_gets_no_mail(house):
    house.psql("UPDATE users SET disabled = true")
    ask(Person(house.url), "ada@example.org")
    house.psql("UPDATE users SET disabled = false")
    assert house.psql("SELECT count(*) FROM one_time_codes") == "0"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_mail_leads_nowhere_but_here(house, path):
    ask(Person(house.url), "ada@example.org", path)
    _, link = code_in(house)
    assert "redirect" not in link


def test_when_mail_is_off_it_says_so(house):
    choose(house, emailOneTimeAccessAsUnauthenticatedEnabled="false", emailOneTimeAccessAsAdminEnabled="false")
    try:
        refused = Person(house.url).call("POST", "/api/one-time-access-email", {"email": "ada@example.org"})
        assert refused.status_code == 403 and refused.json()["code"] == "one_time_access_disabled"
        admin = house.first_admin.another_browser()
        me = admin.sign_in()
        refused = admin.call("POST", f"/api/users/{me['id']}/one-time-access-email", {})
        assert refused.status_code == 403 and refused.json()["code"] == "one_time_access_disabled"
    finally:
        choose(house, emailOneTimeAccessAsUnauthenticatedEnabled="true", emailOneTimeAccessAsAdminEnabled="true")


def test_an_administrator_has_a_link_mailed_without_seeing_it(house):
    admin = house.first_admin.another_browser()
    me = admin.sign_in()
    path = f"/api/users/{me['id']}/one-time-access-email"
    assert admin.call("POST", path, {"ttl": "1h"}).json()["code"] == "reauthentication_required"
    admin.prove("one-time-link")
    assert admin.ok("POST", path, {"ttl": "1h"}, 204) is None
    code, _ = code_in(house)
    assert len(code) == 12
    assert Person(house.url).ok("POST", f"/api/one-time-access-token/{code}", {})["id"] == me["id"]
    house.psql("UPDATE users SET email = NULL")
    admin.prove("one-time-link")
    refused = admin.call("POST", path, {})
    house.psql("UPDATE users SET email = 'ada@example.org'")
    assert refused.status_code == 409 and refused.json()["code"] == "user_email_not_set"

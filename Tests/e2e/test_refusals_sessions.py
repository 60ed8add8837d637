"""Sessions and passkeys: what is refused to whom, and what ends at once."""

import pytest
import requests
from support.softauthn import BE, BS, UP, UV, SoftAuthenticator
from support.waiting import wait_for


def assert_refused(answer, status, code: str | tuple = ()) -> None:
    statuses = (status,) if isinstance(status, int) else status
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text}"
    told = answer.json()
    assert told["error"] and told["request_id"]
    # A cookie may be taken away, that of the ceremony which was refused; none is given.
    assert "Max-Age=0;" in answer.headers.get("Set-Cookie", "Max-Age=0;"), answer.headers
    if code:
        assert told["code"] in ((code,) if isinstance(code, str) else code), told


# Sessions

def test_a_session_revoked_from_another_device_is_out_at_the_next_request(admin):
    elsewhere = admin.another_browser()
    elsewhere.sign_in()
    mine = [each for each in elsewhere.ok("GET", "/api/sessions")["data"] if each["current"]]
    assert len(mine) == 1
    admin.ok("DELETE", f"/api/sessions/{mine[0]['id']}", status=204)
    assert_refused(elsewhere.call("GET", "/api/users/me"), 401, "not_signed_in")
    assert admin.is_signed_in()


def test_ending_all_others_leaves_this_one(server):
    person = server.first_admin.another_browser()
    person.sign_in()
    others = [person.another_browser() for _ in range(2)]
    for each in others:
        each.sign_in()
    person.ok("DELETE", "/api/sessions", status=204)
    assert person.is_signed_in() and not any(each.is_signed_in() for each in others)
    server.first_admin.sign_in()


def test_a_session_of_nobody_else_can_be_ended(admin, server):
    answer = admin.call("DELETE", "/api/sessions/00000000-0000-4000-8000-000000000000")
    assert answer.status_code in (204, 404)
    assert admin.is_signed_in()


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(admin):
    token = admin.http.cookies["access_token"]
    admin.sign_out()
    assert "access_token" not in admin.http.cookies
    assert requests.get(admin.url + "/api/users/me", cookies={"access_token": token}).status_code == 401


def test_the_session_cookie_is_http_only_lax_and_for_every_path(admin):
    answer = requests.Session()
    options = answer.get(admin.url + "/api/webauthn/login/start").json()
    signed_in = answer.post(admin.url + "/api/webauthn/login/finish", json=admin.authenticator.get(options),
                            headers={"Origin": admin.url})
    header = [each for each in signed_in.raw.headers.getlist("Set-Cookie") if each.startswith("access_token=")][0]
    attributes = {each.strip().lower() for each in header.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(each.startswith("domain=") for each in attributes)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 4000])
def test_a_made_up_session_is_nobody(admin, token):
    answer = requests.get(admin.url + "/api/users/me", cookies={"access_token": token})
    assert_refused(answer, 401, "not_signed_in")


@pytest.mark.parametrize("path", ["/api/users/me", "/api/sessions", "/api/webauthn/credentials", "/api/oidc/clients"])
def test_nobody_may_read_what_is_somebodys(server, path):
    assert_refused(requests.get(server.url + path), 401, "not_signed_in")


@pytest.mark.parametrize("path", ["/settings/account", "/settings/admin/oidc-clients"])
def test_pages_that_need_a_session_lead_to_sign_in(server, path):
    answer = requests.get(server.url + path, headers={"Accept": "text/html"}, allow_redirects=False)
    assert answer.status_code in (302, 303) and "/login" in answer.headers["Location"]


# Signing in

def finish(person, assertion) -> requests.Response:
    return person.call("POST", "/api/webauthn/login/finish", assertion)


def test_an_assertion_cannot_be_used_twice(admin):
    person = admin.another_browser()
    options = person.ok("GET", "/api/webauthn/login/start")
    state = person.http.cookies.get_dict()
    assertion = person.authenticator.get(options)
    assert finish(person, assertion).status_code == 200
    thief = admin.another_browser()
    thief.http.cookies.update({key: value for key, value in state.items() if key != "access_token"})
    assert_refused(finish(thief, assertion), (400, 401), ("invalid_webauthn_session", "webauthn_authentication_failed"))


def test_a_ceremony_begun_in_another_browser_cannot_be_finished_here(admin):
    there, here = admin.another_browser(), admin.another_browser()
    assertion = there.authenticator.get(there.ok("GET", "/api/webauthn/login/start"))
    here.ok("GET", "/api/webauthn/login/start")
    assert_refused(finish(here, assertion), (400, 401))
    assert_refused(finish(admin.another_browser(), assertion), 400, "missing_session_id")


def test_a_ceremonys_state_is_worth_nothing_in_another_browser(admin):
    """The state lies in a cookie of its own; moved without the browser's own cookies it finishes nothing."""
    there, here = admin.another_browser(), admin.another_browser()
    assertion = there.authenticator.get(there.ok("GET", "/api/webauthn/login/start"))
    here.page("/login")
    for name, value in there.http.cookies.get_dict().items():
        if name != "browser" and not name.startswith("browser-"):
            here.http.cookies.set(name, value)
    assert here.http.cookies["browser"] != there.http.cookies["browser"]
    assert_refused(finish(here, assertion), 400, "invalid_webauthn_session")


def test_a_passkey_that_is_not_known_is_refused_as_such(admin):
    stranger = SoftAuthenticator(admin.url)
    stranger.create({"rp": {"id": "localhost"}, "user": {"id": "QUFBQQ"}, "challenge": "AAAA",
                     "pubKeyCredParams": [{"type": "public-key", "alg": -7}]})
    person = admin.another_browser()
    options = person.ok("GET", "/api/webauthn/login/start")
    assert_refused(finish(person, stranger.get(options)), (400, 401, 404),
                   ("passkey_not_found", "webauthn_authentication_failed", "invalid_webauthn_response"))


@pytest.mark.parametrize("spoiled", [
    {"flags": UP}, {"flags": UV}, {"flags": UP | UV | BS}, {"flags": UP | UV | BE},
    {"origin": "http://localhost:1"}, {"origin": "http://badlocalhost"}, {"origin": "null"},
    {"kind": "webauthn.create"}, {"challenge": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"},
    {"user_handle": b""}, {"user_handle": b"somebody else"},
], ids=lambda each: str(each))
def test_an_assertion_with_one_thing_wrong_is_refused(admin, spoiled):
    person = admin.another_browser()
    options = person.ok("GET", "/api/webauthn/login/start")
    assert_refused(finish(person, person.authenticator.get(options, **spoiled)), (400, 401))
    assert not person.is_signed_in()


def test_a_passkey_that_can_be_copied_all_at_once_is_refused_as_such(admin):
    person = admin.another_browser()
    options = person.ok("GET", "/api/webauthn/login/start")
    assert_refused(finish(person, person.authenticator.get(options, flags=UP | UV | BE)), 401, "passkey_changed")


def test_beginning_to_sign_in_writes_nothing(server, admin):
    def size() -> str:
        return server.psql("SELECT (SELECT count(*) FROM spent_challenges) + (SELECT count(*) FROM sessions)")
    before = size()
    for _ in range(20):
        requests.get(admin.url + "/api/webauthn/login/start")
    assert size() == before


# Passkeys of one's own

def test_adding_a_passkey_needs_a_fresh_proof(admin):
    assert_refused(admin.call("GET", "/api/webauthn/register/start"), 401, "reauthentication_required")


def test_a_proof_for_one_purpose_is_none_for_another(admin):
    admin.prove("client-secret")
    assert_refused(admin.call("GET", "/api/webauthn/register/start"), 401, "reauthentication_required")


def test_an_assertion_made_to_sign_in_proves_nothing_else(admin):
    options = admin.ok("GET", "/api/webauthn/login/start")
    answer = admin.call("POST", "/api/webauthn/reauthenticate", admin.authenticator.get(options))
    assert_refused(answer, (400, 401))


def test_a_proof_is_good_for_one_passkey(admin):
    added = admin.add_passkey()
    assert_refused(admin.call("GET", "/api/webauthn/register/start"), 401, "reauthentication_required")
    admin.ok("DELETE", f"/api/webauthn/credentials/{added['id']}", status=204)


def test_a_passkey_can_be_added_named_used_and_removed(admin):
    added = admin.add_passkey()
    newest = admin.authenticator.passkeys.pop(0)
    renamed = admin.ok("PATCH", f"/api/webauthn/credentials/{added['id']}", {"name": "Blue key"})
    assert renamed["name"] == "Blue key"
    visitor = admin.another_browser()

    def sign_in_with_it() -> requests.Response:
        options = visitor.ok("GET", "/api/webauthn/login/start")
        return finish(visitor, visitor.authenticator.get(options, newest))

    assert sign_in_with_it().status_code == 200
    admin.ok("DELETE", f"/api/webauthn/credentials/{added['id']}", status=204)
    assert_refused(sign_in_with_it(), (400, 401, 404))


def test_the_last_passkey_cannot_be_removed(admin):
    [only] = admin.ok("GET", "/api/webauthn/credentials")
    answer = admin.call("DELETE", f"/api/webauthn/credentials/{only['id']}")
    assert_refused(answer, (400, 403, 409))
    assert [each["id"] for each in admin.ok("GET", "/api/webauthn/credentials")] == [only["id"]]


def test_a_passkey_of_nobody_cannot_be_renamed_or_removed(admin):
    path = "/api/webauthn/credentials/00000000-0000-4000-8000-000000000000"
    assert_refused(admin.call("DELETE", path), 404, "not_found")
    assert_refused(admin.call("PATCH", path, {"name": "x"}), 404, "not_found")


def test_a_second_secret_of_a_client_needs_a_fresh_proof(admin, client):
    later = admin.another_browser()
    later.sign_in()
    path = f"/api/oidc/clients/{client.id}/secrets"
    assert_refused(later.call("POST", path, {}), 401, "reauthentication_required")
    later.prove("client-secret")
    made = later.call("POST", path, {})
    assert made.status_code in (200, 201) and made.json()["secret"]


def test_the_last_seen_time_of_a_session_is_recent(admin):
    def current() -> dict:
        return [each for each in admin.ok("GET", "/api/sessions")["data"] if each["current"]][0]
    assert wait_for(current, "the session is listed")["userAgent"].startswith("Mozilla/5.0")
    assert {"phr", "user"} <= set(current()["amr"])

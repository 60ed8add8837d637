"""People, for administrators: the REST API as Pocket ID's clients use it, and the pages."""

import re
import secrets
import uuid

import pytest
from support.client import Request, exchange, userinfo


def as_admin(window, admin) -> None:
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])


def body(username: str | None = None, **more) -> dict:
    username = username or "p" + secrets.token_hex(4)
    return {"username": username, "email": f"{username}@example.com", "firstName": "Grace", "lastName": "Hopper"} | more


@pytest.fixture
def person(admin) -> dict:
    """Somebody of this test's own."""
    return admin.ok("POST", "/api/users", body(), status=201)


def browser_of(server, person: dict):
    """A browser in which a person is signed in, by the link that the command line makes."""
    done = server.run("one-time-access-token", person["username"])
    assert done.returncode == 0, done.stderr
    code = re.search(r"/lc/(\S+)", done.stdout)[1]
    browser = server.first_admin.another_browser()
    browser.ok("POST", f"/api/one-time-access-token/{code}", {})
    return browser


# The REST API


def test_a_person_is_created_read_listed_changed_and_deleted(admin):
    wish = body(id=str(uuid.uuid4()), emailVerified=True, locale="zh-CN", displayName=None)
    made = admin.ok("POST", "/api/users", wish, status=201)
    assert made | {"customClaims": [], "userGroups": []} == {
        "id": wish["id"], "username": wish["username"], "email": wish["email"], "emailVerified": True,
        "firstName": "Grace", "lastName": "Hopper", "displayName": "Grace Hopper", "isAdmin": False, "locale": "zh-CN",
        "customClaims": [], "userGroups": [], "ldapId": None, "disabled": False}
    assert admin.ok("GET", f"/api/users/{made['id']}") == made
    found = admin.ok("GET", f"/api/users?search={wish['username'].upper()}&filters[disabled][]=false")
    assert found["data"] == [made]
    assert found["pagination"] == {"totalPages": 1, "totalItems": 1, "currentPage": 1, "itemsPerPage": 20}
    changed = admin.ok("PUT", f"/api/users/{made['id']}", made | {"lastName": "Murray", "displayName": "G. Murray"})
    assert changed == made | {"lastName": "Murray", "displayName": "G. Murray"}
    assert admin.ok("GET", f"/api/users/{made['id']}/groups") == []
    admin.ok("DELETE", f"/api/users/{made['id']}", status=204)
    gone = admin.call("GET", f"/api/users/{made['id']}")
    assert gone.status_code == 404 and gone.json()["code"] == "user_not_found"


def test_what_is_wrong_is_said_field_by_field(admin, person):
    def refusal(wish: dict) -> tuple[int, str, list]:
        answer = admin.call("POST", "/api/users", wish)
        said = answer.json()
        fields = said["details"]["fields"] if "details" in said else []
        return answer.status_code, said["code"], [(each["field"], each["code"]) for each in fields]

    assert refusal(body("-")) == (400, "validation_failed", [("username", "invalid")])
    assert refusal(body(email=None)) == (400, "validation_failed", [("email", "required")])
    assert refusal(body(email="nonsense")) == (400, "validation_failed", [("email", "invalid")])
    assert refusal(body(id="7")) == (400, "validation_failed", [("id", "invalid")])
    assert refusal(body(isAdmin="yes")) == (400, "validation_failed", [("isAdmin", "invalid")])
    assert refusal(body(userGroupIds=[str(uuid.uuid4())])) == (400, "validation_failed", [("userGroupIds", "invalid")])
    taken = body(person["username"].upper(), email="other" + person["email"])
    assert refusal(taken) == (409, "already_in_use", [("username", "taken")])
    assert refusal(body(email=person["email"].upper())) == (409, "already_in_use", [("email", "taken")])


def test_a_name_that_was_given_up_is_spared_where_that_is_asked_for_and_an_administrators_otherwise(admin, person):
    renamed = person | {"username": "x" + person["username"], "email": "x" + person["email"]}
    assert admin.call("PUT", f"/api/users/{person['id']}", renamed).status_code == 401, "codes are mailed there"
    admin.prove("email-address")
    admin.ok("PUT", f"/api/users/{person['id']}", renamed)
    sparing = body(person["username"], keepRetiredNames=True)
    answer = admin.call("POST", "/api/users", sparing)
    assert answer.status_code == 409 and answer.json()["code"] == "already_in_use"
    assert {each["code"] for each in answer.json()["details"]["fields"]} == {"retired"}
    assert all("until recently" in each["message"] for each in answer.json()["details"]["fields"])
    admin.prove("email-address")
    admin.ok("PUT", f"/api/users/{person['id']}", person)
    admin.ok("DELETE", f"/api/users/{person['id']}", status=204)
    assert admin.call("POST", "/api/users", sparing).status_code == 409
    heir = admin.ok("POST", "/api/users", body(person["username"]), status=201)
    admin.ok("DELETE", f"/api/users/{heir['id']}", status=204)


def test_an_administrator_is_made_only_with_a_fresh_proof(admin, person):
    risen = person | {"isAdmin": True}
    for _ in range(2):
        refused = admin.call("PUT", f"/api/users/{person['id']}", risen)
        assert refused.status_code == 401 and refused.json()["code"] == "reauthentication_required"
    assert admin.call("POST", "/api/users", body(isAdmin=True)).status_code == 401
    admin.prove("new-administrator")
    assert admin.ok("PUT", f"/api/users/{person['id']}", risen)["isAdmin"]
    # The proof is used up; to demote needs none.
    assert admin.call("POST", "/api/users", body(isAdmin=True)).status_code == 401
    admin.ok("PUT", f"/api/users/{person['id']}", person)


def test_the_last_administrator_is_kept(admin):
    me = admin.ok("GET", "/api/users/me")
    for method, change in (("PUT", me | {"isAdmin": False}), ("PUT", me | {"disabled": True}), ("DELETE", {})):
        answer = admin.call(method, f"/api/users/{me['id']}", change)
        assert answer.status_code == 409 and answer.json()["code"] == "last_administrator"


def test_nobody_but_an_administrator_may(server, admin, person):
    stranger = server.first_admin.another_browser()
    member = browser_of(server, person)
    assert member.ok("GET", "/api/users/me")["id"] == person["id"]
    for who, status, code in ((stranger, 401, "not_signed_in"), (member, 403, "forbidden")):
        for method, path, sent in (
            ("GET", "/api/users", None), ("POST", "/api/users", body()), ("GET", f"/api/users/{person['id']}", None),
            ("PUT", f"/api/users/{person['id']}", person | {"isAdmin": True}), ("DELETE", f"/api/users/{person['id']}", {}),
            ("PUT", f"/api/users/{person['id']}/user-groups", {"userGroupIds": []}),
            ("GET", f"/api/users/{person['id']}/webauthn-credentials", None),
            ("DELETE", f"/api/users/{person['id']}/webauthn-credentials/{uuid.uuid4()}", {}),
            ("GET", f"/api/users/{person['id']}/sessions", None), ("DELETE", f"/api/users/{person['id']}/sessions", {}),
        ):
            answer = who.call(method, path, sent)
            assert (answer.status_code, answer.json()["code"]) == (status, code), f"{method} {path}"


def test_a_person_cannot_promote_or_verify_themselves(server, person):
    """CVE class: a self-edit that carries fields which are not the person's to set."""
    member = browser_of(server, person)
    edited = member.ok("PUT", "/api/users/me", person | {
        "isAdmin": True, "emailVerified": True, "email": "other" + person["email"], "userGroupIds": []})
    assert not edited["isAdmin"] and not edited["emailVerified"]


def test_a_disabled_person_is_out_everywhere_at_the_next_request(server, admin, person):
    client = admin.create_client(skipConsent=True)
    member = browser_of(server, person)
    request = Request(client)
    tokens = member.tokens_for(request)
    unspent = Request(client)
    code = member.code_for(unspent)
    assert userinfo(server.url, tokens["access_token"]).status_code == 200
    admin.ok("PUT", f"/api/users/{person['id']}", person | {"disabled": True})
    assert not member.is_signed_in()
    assert userinfo(server.url, tokens["access_token"]).status_code == 401
    assert exchange(server.url, unspent, code).json()["error"] == "invalid_grant"
    again = server.run("one-time-access-token", person["username"])
    if again.returncode == 0:
        link = re.search(r"/lc/(\S+)", again.stdout)[1]
        assert server.first_admin.another_browser().call(
            "POST", f"/api/one-time-access-token/{link}", {}).status_code in (401, 403)
    # What ended stays ended when the account comes back.
    admin.ok("PUT", f"/api/users/{person['id']}", person)
    assert not member.is_signed_in()
    assert userinfo(server.url, tokens["access_token"]).status_code == 401
    assert browser_of(server, person).is_signed_in()


def test_a_deleted_person_is_out_everywhere_and_stays_in_the_record(server, admin, person):
    client = admin.create_client(skipConsent=True)
    member = browser_of(server, person)
    tokens = member.tokens_for(Request(client))
    admin.ok("DELETE", f"/api/users/{person['id']}", status=204)
    assert not member.is_signed_in()
    assert userinfo(server.url, tokens["access_token"]).status_code == 401
    events = server.psql(f"SELECT event FROM audit_log WHERE user_id = '{person['id']}' ORDER BY created_at").split()
    assert "USER_CREATED" in events and "USER_DELETED" in events


def test_sessions_of_another_are_listed_and_ended(server, admin, person):
    first, second = browser_of(server, person), browser_of(server, person)
    path = f"/api/users/{person['id']}/sessions"
    listed = admin.ok("GET", path)["data"]
    assert len(listed) == 2 and all(each["amr"] == ["otp"] for each in listed)
    # Newest first.
    admin.ok("DELETE", f"{path}/{listed[0]['id']}", status=204)
    assert first.is_signed_in() and not second.is_signed_in()
    assert admin.call("DELETE", f"{path}/{listed[0]['id']}", {}).status_code == 404
    admin.ok("DELETE", path, status=204)
    assert not first.is_signed_in() and admin.ok("GET", path)["data"] == []


# The pages


def test_an_administrator_adds_finds_edits_disables_and_deletes_somebody(server, admin, window):
    as_admin(window, admin)
    page, name = window.page, "m" + secrets.token_hex(4)
    page.goto(server.url + "/settings/admin/users")
    page.get_by_role("link", name="Add person").first.click()
    page.get_by_label("First name").fill("Margaret")
    page.get_by_label("Username").fill(admin.user["username"])
    page.get_by_label("E-mail", exact=True).fill(f"{name}@example.com")
    page.get_by_role("button", name="Add person").click()
    page.get_by_text("Somebody has this username.").wait_for()
    page.get_by_label("Username").fill(name)
    page.get_by_role("button", name="Add person").click()
    page.wait_for_url(re.compile(r"/settings/admin/users/[0-9a-f-]{36}$"))
    assert page.get_by_role("heading", level=1).inner_text() == "Margaret"

    page.get_by_label("Last name").fill("Hamilton")
    page.get_by_label("Display name").fill("M. Hamilton")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "M. Hamilton"

    page.get_by_role("button", name="Disable account").click()
    with page.expect_navigation():
        page.locator("#disable-user").get_by_role("button", name="Disable account").click()
    assert page.get_by_text("This account is disabled.").is_visible()
    page.goto(f"{server.url}/settings/admin/users?search={name}")
    page.get_by_role("link", name="M. Hamilton").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Enable account").click()

    page.get_by_role("button", name="Delete account").click()
    page.locator("#delete-user").get_by_role("button", name="Delete account").click()
    page.wait_for_url(server.url + "/settings/admin/users")
    page.goto(f"{server.url}/settings/admin/users?search={name}")
    assert page.get_by_text("Nobody found").is_visible()
    # The 409 that was meant.
    assert [each for each in window.complaints if "409" not in each] == []


@pytest.mark.parametrize("language, warning", [("en", "will give the new person the old account"), ("zh-CN", "交给新用户")])
def test_the_page_warns_before_it_gives_somebody_a_deleted_persons_name(server, admin, window, language, warning):
    first, second = (admin.ok("POST", "/api/users", body(), status=201) for _ in range(2))
    for gone in (first, second):
        admin.ok("DELETE", f"/api/users/{gone['id']}", status=204)
    as_admin(window, admin)
    window.context.add_cookies([{"name": "locale", "value": language, "url": admin.url}])
    page = window.page
    page.goto(server.url + "/settings/admin/users/new")
    page.locator("#username").fill(first["username"])
    page.locator("#email").fill("heir-" + first["email"])
    page.locator("[data-new-user] [type=submit]").click()
    page.locator("[data-message]", has_text=warning).wait_for()
    # Another name has to be warned of anew.
    page.locator("#username").fill(second["username"])
    page.locator("[data-new-user] [type=submit]").click()
    page.locator("#username-error").wait_for()
    with page.expect_navigation():
        page.locator("[data-new-user] [type=submit]").click()
    heir = page.url.rsplit("/", 1)[1]
    assert admin.ok("GET", f"/api/users/{heir}")["username"] == second["username"]

    page.locator("#username").fill(first["username"])
    save = page.locator("[data-edit-user] [type=submit]").first
    save.click()
    page.locator("[data-form-status]", has_text=warning).wait_for()
    assert admin.ok("GET", f"/api/users/{heir}")["username"] == second["username"]
    with page.expect_navigation():
        save.click()
    assert admin.ok("GET", f"/api/users/{heir}")["username"] == first["username"]
    assert [each for each in window.complaints if "409" not in each] == []


def test_a_change_that_uses_two_powers_names_both_and_takes_one_touch(server, admin, person, window):
    as_admin(window, admin)
    admin.prove("add-passkey")
    page = window.page
    page.goto(server.url + "/settings/account")
    page.get_by_role("button", name="Add passkey").first.click()
    page.get_by_text("Passkey added", exact=True).wait_for()
    page.goto(f"{server.url}/settings/admin/users/{person['id']}")
    page.locator("#email").fill(f"new-{person['email']}")
    page.locator("[name=isAdmin]").check()
    page.get_by_role("button", name="Save", exact=True).first.click()
    dialog = page.locator("#reauthentication")
    dialog.wait_for()
    assert dialog.locator("li").all_inner_texts() == [
        "change where somebody’s login codes are mailed", "make somebody an administrator"]
    with page.expect_navigation():
        dialog.locator("[data-confirm]").click()
    now = admin.ok("GET", f"/api/users/{person['id']}")
    assert now["isAdmin"] and now["email"] == f"new-{person['email']}"
    admin.ok("PUT", f"/api/users/{person['id']}", now | {"isAdmin": False})
    assert [each for each in window.complaints if "401" not in each] == []


def test_the_pages_speak_and_fit(server, admin, person, window):
    from test_accessibility import assert_axe_finds_nothing, assert_fits_and_speaks
    as_admin(window, admin)
    browser_of(server, person)
    for path in ("/settings/admin/users", "/settings/admin/users?search=nobody-at-all", "/settings/admin/users/new",
                 f"/settings/admin/users/{person['id']}"):
        window.page.goto(server.url + path)
        assert_fits_and_speaks(window)
        assert_axe_finds_nothing(window)


@pytest.mark.parametrize("length", [1, 14, 15, 60, 84, 85, 180, 213, 214, 400, 666])
def test_a_qr_code_says_what_was_put_into_it(server, window, length):
    """Drawn by our own module, read by somebody else's."""
    import zxingcpp

    window.page.goto(server.url + "/login")
    text = ("https://id.example.org/lc/" + "Ab3/é" * 200).encode()[:length].decode(errors="ignore")
    rows = window.page.evaluate(
        "async (text) => (await import('/static/qr.js')).modules(text)", text)
    scale, border = 4, 16
    side = len(rows) * scale + 2 * border
    pixels = bytearray(b"\xff" * side * side)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            for line in range(scale if dark else 0):
                start = (border + y * scale + line) * side + border + x * scale
                pixels[start:start + scale] = b"\0" * scale
    found = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", shape=[side, side]))
    assert [each.text for each in found] == [text]
    assert window.page.evaluate("async () => (await import('/static/qr.js')).modules('x'.repeat(667))") is None

"""Signing up: by a link, openly, or not at all; the first passkey belongs to it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.browser import PHONE
from support.client import Person, random_text
from test_accessibility import assert_axe_finds_nothing, assert_fits_and_speaks


def choose(server, **settings: str) -> None:
    """What the administrator's settings say; the pages see it within a second, the services at once."""
    server.psql(f"UPDATE settings SET chosen = chosen || '{json.dumps(settings)}'")


@pytest.fixture(autouse=True)
def by_link(server):
    choose(server, allowUserSignups="withToken", requireUserEmail="true")
    yield
    choose(server, allowUserSignups="disabled")


def new_link(admin, uses: int = 1, ttl="1h", groups=()) -> dict:
    return admin.ok("POST", "/api/signup-tokens", {"ttl": ttl, "usageLimit": uses, "userGroupIds": list(groups)}, 201)


def person_of(server, name: str | None = None) -> tuple[Person, dict]:
    name = name or "u" + random_text()
    return Person(server.url), {"username": name, "email": f"{name}@example.org", "firstName": name.title(), "lastName": ""}


def fill(page, name: str) -> None:
    page.fill("#firstName", name.title())
    page.fill("#username", name)
    page.fill("#email", f"{name}@example.org")
    page.click("[data-sign-up-form] [type=submit]")


def as_admin(window, admin) -> None:
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])


# In a browser


def test_an_administrator_makes_a_link_and_somebody_signs_up_with_it_and_a_passkey(server, admin, chromium):
    name = "grace" + random_text(6)
    with chromium.window() as office:
        as_admin(office, admin)
        office.page.goto(server.url + "/settings/admin/signup-links")
        office.page.locator("[data-new-link]").first.click()
        office.page.fill("#usageLimit", "2")
        office.page.select_option("#ttl", "1d")
        office.page.click("#new-link [data-confirm]")
        shown = office.page.locator("#show-link code[data-url]")
        shown.wait_for()
        url = shown.inner_text()
        assert re.fullmatch(re.escape(server.url) + r"/st/[0-9A-HJKMNP-TV-Z]{22}", url)
        assert office.page.locator("#show-link [data-copy]").get_attribute("data-copy") == url
        assert office.page.locator("#show-link .qr").is_visible()
        office.page.click("#show-link [value=cancel]")
        office.page.locator(f'.row[data-url="{url}"]').wait_for()
        assert office.complaints == []
    with chromium.window(viewport=PHONE) as phone:
        phone.page.goto(url)
        fill(phone.page, name)
        phone.page.wait_for_url("**/signup/add-passkey?new=1")
        phone.page.click("[data-add-first]")
        phone.page.wait_for_url(server.url + "/settings/account")
        assert phone.page.locator("#username").input_value() == name
        assert len(phone.passkeys()) == 1
        phone.context.clear_cookies()
        phone.page.goto(server.url + "/login")
        phone.page.click("[data-passkey-form] button")
        phone.page.wait_for_url(server.url + "/settings/account")
        assert phone.complaints == []
    link = [each for each in admin.ok("GET", "/api/signup-tokens")["data"] if each["token"] in url][0]
    assert (link["usageCount"], link["usageLimit"]) == (1, 2)


def test_going_on_without_a_passkey_takes_a_plain_warning(server, admin, window):
    url = f"{server.url}/st/{new_link(admin)['token']}"
    window.page.goto(url)
    fill(window.page, "heidi" + random_text(6))
    window.page.wait_for_url("**/signup/add-passkey?new=1")
    window.page.click("[data-skip]")
    dialog = window.page.locator("#skip-passkey")
    assert "cannot sign in again" in dialog.inner_text()
    # Return is the safe answer.
    window.page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    assert "/signup/add-passkey" in window.page.url
    window.page.click("[data-skip]")
    window.page.click("#skip-passkey [data-confirm]")
    window.page.wait_for_url(server.url + "/settings/account")
    assert window.page.locator("#passkeys .notice.warn").is_visible()


def test_who_is_signed_in_is_not_signed_up_by_accident(server, admin, window):
    as_admin(window, admin)
    window.page.goto(f"{server.url}/st/{new_link(admin)['token']}")
    assert window.page.locator("form[data-sign-up-form]").count() == 0
    assert "Ada Lovelace" in window.page.locator("main").inner_text()
    window.page.click("[data-leave-and-sign-up]")
    window.page.locator("form[data-sign-up-form]").wait_for()


def test_a_taken_name_is_said_at_its_field(server, admin, window):
    window.page.goto(f"{server.url}/st/{new_link(admin)['token']}")
    fill(window.page, "ada")
    error = window.page.locator("#username-error")
    error.wait_for()
    assert "Somebody has this username" in error.inner_text()


@pytest.mark.parametrize("spoil, status", [("", 200), ("UPDATE signup_tokens SET expires_at = now()", 410),
                                           ("UPDATE signup_tokens SET usage_count = usage_limit", 410)])
def test_a_link_that_does_not_work_says_so_before_anything_is_filled_in(server, admin, spoil, status):
    token = new_link(admin)["token"]
    if spoil:
        server.psql(spoil)
    visitor = Person(server.url)
    assert visitor.page(f"/st/{token}").headers["Location"] == f"/signup?token={token}"
    for _ in range(2):
        assert visitor.page(f"/signup?token={token}").status_code == status


def test_without_a_link_the_page_says_what_is_missing(server):
    assert "need an invitation" in Person(server.url).page("/signup").text
    choose(server, allowUserSignups="disabled")
    closed = Person(server.url).page("/signup")
    assert closed.status_code == 403 and "Sign-up is closed" in closed.text


@pytest.mark.parametrize("path", [
    "/signup", "/signup?token=AAAA", "/st/LINK", "/login/alternative", "/login/alternative/code?sent=1",
    "/login/alternative/email", "/signup/add-passkey?new=1", "/settings/admin/signup-links"])
def test_each_page_fits_its_window_names_its_controls_and_passes_axe(server, admin, window, path):
    choose(server, emailOneTimeAccessAsUnauthenticatedEnabled="true")
    made = new_link(admin, uses=3)
    if "settings" in path or "add-passkey" in path:
        as_admin(window, admin)
    window.page.goto(server.url + path.replace("LINK", made["token"]))
    assert_fits_and_speaks(window)
    assert_axe_finds_nothing(window)
    if "signup-links" in path:
        for button, dialog in (("[data-new-link]", "#new-link"), ("[data-show-link]", "#show-link"), ("[data-remove-link]", "#remove-link")):
            window.page.locator(button).first.click()
            window.page.locator(dialog).wait_for()
            assert_axe_finds_nothing(window)
            window.page.keyboard.press("Escape")


# The REST API


def test_the_api_speaks_pocket_ids_language(server, admin):
    made = new_link(admin, uses=3, ttl="7d")
    assert set(made) == {"id", "token", "expiresAt", "usageLimit", "usageCount", "userGroups", "createdAt"}
    assert made["usageLimit"] == 3 and made["usageCount"] == 0 and made["userGroups"] == []
    listed = admin.ok("GET", "/api/signup-tokens?pagination[limit]=100")
    assert [each["token"] for each in listed["data"] if each["id"] == made["id"]] == [made["token"]]
    visitor, profile = person_of(server)
    user = visitor.ok("POST", "/api/signup", profile | {"token": made["token"]}, 201)
    assert user["username"] == profile["username"] and user["isAdmin"] is False and user["emailVerified"] is False
    assert visitor.is_signed_in()
    admin.ok("DELETE", f"/api/signup-tokens/{made['id']}", status=204)
    assert admin.call("DELETE", f"/api/signup-tokens/{made['id']}").status_code == 404
    another, profile = person_of(server)
    gone = another.call("POST", "/api/signup", profile | {"token": made["token"]})
    assert gone.status_code == 401 and gone.json()["code"] == "token_invalid_or_expired"
    # The table has the token's hash alone.
    assert made["token"] not in server.psql("SELECT string_agg(t::text, ' ') FROM signup_tokens t")


@pytest.mark.parametrize("wish, field", [
    ({"usageLimit": 1}, "ttl"), ({"ttl": "32d", "usageLimit": 1}, "ttl"), ({"ttl": 1, "usageLimit": 1}, "ttl"),
    ({"ttl": "soon", "usageLimit": 1}, "ttl"), ({"ttl": "1h"}, "usageLimit"), ({"ttl": "1h", "usageLimit": 0}, "usageLimit"),
    ({"ttl": "1h", "usageLimit": 101}, "usageLimit"),
    ({"ttl": "1h", "usageLimit": 1, "userGroupIds": ["11111111-1111-4111-8111-111111111111"]}, "userGroupIds")])
def test_a_link_that_makes_no_sense_is_refused_by_its_field(admin, wish, field):
    answer = admin.call("POST", "/api/signup-tokens", wish)
    assert answer.status_code == 400 and answer.json()["code"] == "validation_failed"
    assert [each["field"] for each in answer.json()["details"]["fields"]] == [field]


def test_links_are_for_administrators(server, admin):
    token = new_link(admin)["token"]
    visitor, profile = person_of(server)
    assert visitor.call("GET", "/api/signup-tokens").status_code == 401
    visitor.ok("POST", "/api/signup", profile | {"token": token}, 201)
    for method, path in [("GET", "/api/signup-tokens"), ("POST", "/api/signup-tokens")]:
        refused = visitor.call(method, path, {"ttl": "1h", "usageLimit": 1} if method == "POST" else None)
        assert refused.status_code == 403, refused.text
    assert visitor.page("/settings/admin/signup-links").status_code == 403


def test_exactly_one_of_many_gets_the_last_use(server, admin):
    token = new_link(admin)["token"]
    racers = [person_of(server) for _ in range(8)]
    with ThreadPoolExecutor(len(racers)) as pool:
        answers = list(pool.map(lambda racer: racer[0].call("POST", "/api/signup", racer[1] | {"token": token}), racers))
    assert sorted(each.status_code for each in answers) == [201] + [401] * 7


def test_open_sign_up_needs_no_link_and_a_link_counts_though_sign_up_is_closed(server, admin):
    token = new_link(admin)["token"]
    visitor, profile = person_of(server)
    refused = visitor.call("POST", "/api/signup", profile)
    assert refused.status_code == 403 and refused.json()["code"] == "open_signup_disabled"
    choose(server, allowUserSignups="disabled")
    refused = visitor.call("POST", "/api/signup", profile)
    assert refused.status_code == 403 and refused.json()["code"] == "open_signup_disabled"
    invited, theirs = person_of(server)
    assert invited.page(f"/signup?token={token}").status_code == 200
    invited.ok("POST", "/api/signup", theirs | {"token": token}, 201)
    used_up = visitor.call("POST", "/api/signup", profile | {"token": token})
    assert used_up.status_code == 401 and used_up.json()["code"] == "token_invalid_or_expired"
    choose(server, allowUserSignups="open")
    visitor.ok("POST", "/api/signup", profile, 201)
    again = Person(server.url).call("POST", "/api/signup", profile)
    assert again.status_code == 409 and again.json()["code"] == "already_in_use"
    choose(server, requireUserEmail="true")
    without = Person(server.url).call("POST", "/api/signup", {"username": "u" + random_text()})
    assert [each["field"] for each in without.json()["details"]["fields"]] == ["email"]


def test_a_new_account_cannot_make_itself_more(server):
    choose(server, allowUserSignups="open")
    visitor, profile = person_of(server)
    user = visitor.ok("POST", "/api/signup", profile | {
        "isAdmin": True, "emailVerified": True, "disabled": True, "userGroupIds": ["x"]}, 201)
    assert not user["isAdmin"] and not user["emailVerified"] and not user["disabled"]


def test_another_site_cannot_sign_somebody_up(server):
    """GHSA-252c-qmvj-75c9: a form of another site sends text/plain and brings the cookie."""
    choose(server, allowUserSignups="open")
    visitor, profile = person_of(server)
    visitor.page("/signup")
    plain = visitor.http.post(server.url + "/api/signup", data=json.dumps(profile), headers={
        "Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert plain.status_code in (403, 415) and not visitor.is_signed_in()


def test_the_record_says_who_came_how(server, admin):
    link = new_link(admin)
    visitor, profile = person_of(server)
    user = visitor.ok("POST", "/api/signup", profile | {"token": link["token"]}, 201)
    event, data = server.psql(
        f"SELECT event, data FROM audit_log WHERE user_id = '{user['id']}' AND event = 'ACCOUNT_CREATED'").split("|")
    assert json.loads(data) == {"method": "signup_link", "signupLink": link["id"]}
    assert link["token"] not in server.psql("SELECT string_agg(a::text, ' ') FROM audit_log a")

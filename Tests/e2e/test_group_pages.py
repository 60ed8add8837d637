"""Groups, who may use an app, and one's own apps, as people click them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.browser import PHONE
from support.client import Person, Request, random_text


@pytest.fixture
def seat(window, admin):
    """The administrator at a real browser, signed in."""
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
    return window


def pick(page, field: str, words: str) -> None:
    """Types into a picker and takes the first thing that it finds."""
    page.locator(field).click()
    page.locator(field).fill(words)
    page.locator(f"{field}-list [role=option]", has_text=words).first.click()


def test_a_group_is_made_filled_and_let_into_an_app_by_clicking(seat, admin):
    page, name = seat.page, f"Readers {random_text()}"
    client = admin.create_client(f"Library {random_text()}")
    app = admin.ok("GET", f"/api/oidc/clients/{client.id}")["name"]
    page.goto(admin.url + "/settings/admin/user-groups")
    page.locator("[data-new-group]").first.click()
    page.locator("#friendlyName").fill(name)
    assert page.locator("#name").input_value() == name.lower().replace(" ", "-")
    page.locator("#new-group [data-confirm]").click()
    page.wait_for_url("**/settings/admin/user-groups/*-*-*")
    group = page.url.rsplit("/", 1)[1]
    pick(page, "#add-member", "Ada")
    page.locator("#members [data-user]").wait_for()
    assert admin.ok("GET", f"/api/user-groups/{group}")["users"][0]["username"] == "ada"

    page.goto(f"{admin.url}/settings/admin/oidc-clients/{client.id}")
    page.locator("#access input[value=groups]").check()
    page.locator("#access .notice.warn").wait_for()
    pick(page, "#add-group", name)
    page.locator("#access [data-group]").wait_for()
    now = admin.ok("GET", f"/api/oidc/clients/{client.id}")
    assert now["isGroupRestricted"] and [each["id"] for each in now["allowedUserGroups"]] == [group]
    pick(page, "#preview-person", "Ada")
    page.locator("[data-preview]").wait_for()
    assert '"preferred_username": "ada"' in page.locator("[data-preview-part=idToken]").inner_text()

    page.goto(f"{admin.url}/settings/admin/user-groups/{group}")
    page.locator("#apps [data-app]", has_text=app).locator("[data-remove-app]").click()
    page.wait_for_function("() => !document.querySelector('#apps [data-app]')")
    page.locator("#members [data-remove-member]").click()
    page.wait_for_function("() => !document.querySelector('#members [data-user]')")
    page.locator("[data-delete-group]").click()
    page.locator("#delete-group [data-confirm]").click()
    page.wait_for_url("**/settings/admin/user-groups")
    assert admin.call("GET", f"/api/user-groups/{group}").status_code == 404
    assert seat.complaints == []


def test_access_is_taken_back_on_the_page_of_ones_own_apps(seat, admin):
    client = admin.create_client(f"Album {random_text()}", launchURL="https://album.example.com/")
    admin.tokens_for(Request(client))
    page = seat.page
    page.goto(admin.url + "/settings/apps?search=Album")
    card = page.locator(".app-card", has_text=admin.ok("GET", f"/api/oidc/clients/{client.id}")["name"])
    assert card.locator("a[target=_blank]").get_attribute("href") == "https://album.example.com/"
    card.locator("[data-take-back]").click()
    page.locator("#take-back [data-confirm]").click()
    card.locator("[data-take-back]").wait_for(state="detached")
    mine = admin.ok("GET", "/api/oidc/users/me/authorized-clients?pagination[limit]=100")["data"]
    assert client.id not in [each["client"]["id"] for each in mine]


def test_a_secret_that_runs_out_is_made_and_shown_as_such(seat, admin):
    client = admin.create_client(f"Clock {random_text()}")
    admin.prove("client-secret")
    page = seat.page
    page.goto(f"{admin.url}/settings/admin/oidc-clients/{client.id}")
    page.locator("[data-secret-days]").select_option("90")
    page.locator("[data-add-secret]").click()
    page.locator("#new-secret [value=saved]").click()
    page.wait_for_function("() => document.querySelectorAll('[data-secret]').length === 2")
    dated = [each for each in admin.ok("GET", f"/api/oidc/clients/{client.id}/secrets") if each["expiresAt"]]
    assert len(dated) == 1


def test_who_is_not_let_in_sees_it_said_and_may_go_back(seat, admin):
    client = admin.create_client("Vault", isGroupRestricted=True, launchURL="https://vault.example.com/")
    request = Request(client)
    query = "&".join(f"{key}={value}" for key, value in request.parameters().items())
    page = seat.page
    answer = page.goto(f"{admin.url}/authorize?{query}")
    assert answer.status == 403
    assert "Vault" in page.locator("main").inner_text()
    assert page.locator("a[href='https://vault.example.com/']").is_visible()
    assert page.locator("[data-other-account]").is_visible() and page.locator("a[href='/']").is_visible()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_pages_are_for_everybody(chromium, admin: Person, width):
    group = admin.ok(
        "POST", "/api/user-groups", {"name": f"g-{random_text()}", "friendlyName": "Family"}, status=201)
    admin.ok("PUT", f"/api/user-groups/{group['id']}/users", {"userIds": [admin.user["id"]]})
    client = admin.create_client("Album", isGroupRestricted=True)
    admin.ok("PUT", f"/api/oidc/clients/{client.id}/allowed-user-groups", {"userGroupIds": [group["id"]]})
    options = {"viewport": PHONE} if width == "phone" else {}
    with chromium.window(**options) as window:
        window.context.add_cookies(
            [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
        for path in ("/settings/admin/user-groups", f"/settings/admin/user-groups/{group['id']}", "/settings/apps",
                     f"/settings/admin/oidc-clients/{client.id}"):
            window.page.goto(admin.url + path)
            found = Axe().run(window.page).response["violations"]
            assert [each["id"] for each in found] == [], f"{path}: {[each['nodes'][0]['html'] for each in found]}"
            over = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{path} is {over} px too wide"

"""Connecting an app from the list of known apps, as an administrator does it, up to the app's first sign-in."""

import re

import pytest
import requests
from support.client import Client
from support.relying_party import AuthlibApp

LIST = "/settings/admin/oidc-clients"


@pytest.fixture
def desk(chromium, admin):
    """The administrator's window."""
    with chromium.window() as window:
        window.context.grant_permissions(["clipboard-read", "clipboard-write"])
        window.context.add_cookies(
            [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
        yield window


def copied(page, button) -> str:
    """What a Copy button puts into the clipboard."""
    page.evaluate("() => navigator.clipboard.writeText('')")
    button.click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) !== ''")
    return page.evaluate("() => navigator.clipboard.readText()")


def setting(page, key: str) -> str:
    row = page.locator(".value", has=page.get_by_text(key, exact=True)).first
    return copied(page, row.locator("[data-copy]"))


def connect(page, server, app: str, address: str) -> str:
    """Fills the form of a known app. Returns the id of the client that it makes."""
    page.goto(f"{server.url}{LIST}/new?app={app}")
    page.locator("#launchURL").fill(address)
    page.locator("[data-connect-app] [type=submit]").click()
    page.wait_for_url(re.compile(r"/oidc-clients/[^/]+/connect$"))
    page.locator("[data-secret-once]").first.wait_for()
    return page.url.split("/")[-2]


def test_the_list_is_narrowed_while_one_types_and_one_app_left_is_taken_by_return(server, desk):
    page = desk.page
    page.goto(server.url + LIST)
    page.get_by_role("link", name="Add app").click()
    assert page.locator("[data-find]").count() > 90
    page.locator("[data-filter]").press_sequentially("photo")
    shown = page.locator("[data-find]:visible strong").all_inner_texts()
    assert "Immich" in shown and "Grafana" not in shown
    page.locator("[data-filter]").fill("zabbix")
    assert page.locator("[data-find]:visible").count() == 0 and page.locator("[data-nothing]").is_visible()
    assert page.get_by_role("link", name="Other app").is_visible()
    page.locator("[data-filter]").fill("grafana")
    page.locator("[data-filter]").press("Enter")
    page.wait_for_url("**/new?app=grafana")


def test_the_search_works_without_a_script(chromium, admin):
    with chromium.window(java_script_enabled=False) as window:
        window.context.add_cookies(
            [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
        window.page.goto(admin.url + LIST + "/new")
        window.page.locator("#search").fill("bookmarks")
        window.page.locator("#search").press("Enter")
        assert "Linkding" in window.page.locator("[data-find] strong").all_inner_texts()
        assert "Grafana" not in window.page.locator("[data-find] strong").all_inner_texts()


def test_the_address_fills_in_the_callback_urls_and_what_was_written_by_hand_stays(server, desk):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=immich")
    field, filled = page.locator("#launchURL"), page.locator("#callbackURLs")
    assert filled.input_value() == "app.immich:///oauth-callback"
    field.press_sequentially("photos.example.com/")
    assert filled.input_value().split("\n") == [
        "https://photos.example.com/auth/login", "https://photos.example.com/user-settings",
        "app.immich:///oauth-callback"]
    field.blur()
    assert field.input_value() == "https://photos.example.com"
    filled.fill("https://photos.example.com/mine")
    field.fill("https://other.example.com")
    assert filled.input_value() == "https://photos.example.com/mine"


def test_an_app_whose_callback_holds_the_client_id_has_it_chosen_first(server, desk, admin):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=adventure-log")
    page.locator("#launchURL").fill("https://trips.example.com")
    page.locator("#id").fill("trips")
    assert page.locator("#callbackURLs").input_value() == "https://trips.example.com/accounts/oidc/trips/login/callback/"
    page.locator("[data-connect-app] [type=submit]").click()
    page.wait_for_url(f"**{LIST}/trips/connect")
    assert admin.ok("GET", "/api/oidc/clients/trips")["callbackURLs"] == [
        "https://trips.example.com/accounts/oidc/trips/login/callback/"]
    # The same id again is refused at its field.
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}{LIST}/new?app=adventure-log")
    page.locator("#launchURL").fill("https://trips.example.com")
    page.locator("#id").fill("trips")
    page.locator("[data-connect-app] [type=submit]").click()
    page.locator("#id-error").wait_for()


def test_a_part_that_the_app_chooses_has_to_be_filled_in(server, desk):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=freescout")
    page.locator("#launchURL").fill("https://help.example.com")
    page.locator("[data-connect-app] [type=submit]").click()
    assert "*" in page.locator("#callbackURLs-error").inner_text()


def test_grafanas_own_settings_come_with_our_values_and_the_secret_this_once(server, desk, admin):
    page = desk.page
    client = connect(page, server, "grafana", "https://grafana.example.com/")
    secret = page.locator("[data-secret-once] [data-secret-slot]").inner_text()
    assert len(secret) == 43
    assert setting(page, "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET") == secret
    assert setting(page, "GF_AUTH_GENERIC_OAUTH_CLIENT_ID") == client
    assert setting(page, "GF_AUTH_GENERIC_OAUTH_TOKEN_URL") == server.url + "/api/oidc/token"
    block = copied(page, page.get_by_role("button", name="Copy all environment variables"))
    assert f"GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET={secret}\n" in block and "{" not in block
    assert f"GF_AUTH_GENERIC_OAUTH_AUTH_URL={server.url}/authorize\n" in block
    made = admin.ok("GET", f"/api/oidc/clients/{client}")
    assert made["callbackURLs"] == ["https://grafana.example.com/login/generic_oauth"]
    assert made["logoutCallbackURLs"] == ["https://grafana.example.com/login"]
    assert made["pkceEnabled"] and not made["isPublic"] and len(made["credentials"]["secrets"]) == 1

    page.locator("[data-secret-saved]").click()
    page.locator("[data-secret-absent]").first.wait_for()
    page.wait_for_load_state()
    assert secret not in page.content()
    assert page.evaluate("secret => JSON.stringify([sessionStorage, localStorage, history.state]).includes(secret)",
                         secret) is False
    # Later the client's own page leads to the same, with the secret's place left open.
    page.goto(f"{server.url}{LIST}/{client}")
    page.get_by_role("link", name="Connect Grafana").click()
    page.wait_for_url("**/connect")
    assert setting(page, "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET") == "{clientSecret}"


def test_an_app_that_needs_verified_addresses_says_so_and_where_the_switch_is(server, desk):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=grist")
    assert "counts as verified" in page.locator(".notice.warn").inner_text()
    page.locator(".notice.warn").get_by_role("link", name="People").click()
    page.wait_for_url("**/settings/admin/users")
    page.get_by_role("link", name="Ada Lovelace").first.click()
    assert page.get_by_text("E-mail address verified").is_visible()


def test_what_is_registered_is_shown_beside_the_settings(server, desk, admin):
    page = desk.page
    client = connect(page, server, "immich", "photos.example.com")
    made = admin.ok("GET", f"/api/oidc/clients/{client}")
    assert made["backchannelLogoutURL"] == "https://photos.example.com/api/oauth/backchannel-logout"
    shown = page.locator("section", has=page.get_by_role("heading", name="Registered here")).locator("code")
    assert shown.all_inner_texts() == [*made["callbackURLs"], made["backchannelLogoutURL"]]


def test_a_public_app_is_connected_without_a_secret(server, desk, admin):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=opencloud")
    page.locator("#launchURL").fill("https://cloud.example.com")
    page.locator("[data-connect-app] [type=submit]").click()
    page.wait_for_url(re.compile(r"/oidc-clients/[^/]+/connect$"))
    assert page.locator("[data-make-secret]").count() == 0
    made = admin.ok("GET", f"/api/oidc/clients/{page.url.split('/')[-2]}")
    assert made["isPublic"] and made["pkceEnabled"] and made["credentials"]["secrets"] == []
    assert made["logoutCallbackURLs"] == ["https://cloud.example.com/"]


def test_an_app_connected_from_the_list_signs_its_people_in(server, desk):
    """`rdpgw` asks for `/callback`, which is where our relying party listens too."""
    page = desk.page
    with AuthlibApp(server.url) as app:
        client = connect(page, server, "rdpgw", app.url)
        secret = page.locator("[data-secret-once] [data-secret-slot]").inner_text()
        page.locator("[data-secret-saved]").click()
        page.locator("[data-secret-absent]").first.wait_for()
        app.connect(Client(client, secret, app.redirect_uri))
        page.goto(app.url + "/login")
        page.locator("[data-continue]").click()
        page.wait_for_url(app.url + "/")
        assert page.locator("h1").inner_text() == "Hello Ada Lovelace"


def test_nextcloud_is_registered_to_be_told_of_sign_outs(server, desk, admin):
    page = desk.page
    page.goto(f"{server.url}{LIST}/new?app=nextcloud")
    page.locator("#launchURL").press_sequentially("cloud.example.com")
    told = "https://cloud.example.com/apps/user_oidc/backchannel-logout/sso"
    assert page.locator("#backchannelLogoutURL").input_value() == told
    client = connect(page, server, "nextcloud", "cloud.example.com")
    assert admin.ok("GET", f"/api/oidc/clients/{client}")["backchannelLogoutURL"] == told


def test_an_app_with_a_setting_for_it_gets_the_end_session_address(server, desk):
    page = desk.page
    connect(page, server, "wallos", "wallos.example.com")
    # What the discovery document does not offer is not asked for.
    known = requests.get(f"{server.url}/.well-known/openid-configuration", timeout=20).json()
    offered = [known["end_session_endpoint"]] if "end_session_endpoint" in known else []
    rows = page.locator(".value", has=page.get_by_text("Logout URL", exact=True))
    assert [each.locator("[data-copy]").get_attribute("data-copy") for each in rows.all()] == offered

"""What an administrator may choose for an app: set on its page, read by REST, seen in what the app gets."""

import base64
import json

import pytest
import requests
from support.client import Request, random_text, userinfo

HOST = "https://dashboards.example.com"


@pytest.fixture
def seat(window, admin):
    """The administrator at a real browser, signed in."""
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
    yield window
    assert window.complaints == []


def settings(admin, client) -> dict:
    return admin.ok("GET", f"/api/oidc/clients/{client.id}")


def change(admin, client, **changes) -> dict:
    admin.prove("redirect-uri")
    return admin.ok("PUT", f"/api/oidc/clients/{client.id}", settings(admin, client) | changes)


def open_page(page, admin, client, *folds: str) -> None:
    page.goto(f"{admin.url}/settings/admin/oidc-clients/{client.id}")
    for fold in folds:
        page.locator(f"#{fold} > summary").click()


def save(page, admin=None) -> None:
    """Saves the client; as `admin`, whose passkey is not in this window, when that takes a proof."""
    if admin:
        admin.prove("redirect-uri")
    with page.expect_navigation():
        page.locator("[data-edit-client] [type=submit]").click()


def part(token: str, number: int) -> dict:
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_sign_out_is_set_up_on_the_page_and_taken_away_again(seat, admin):
    client, page = admin.create_client(f"Out {random_text()}", f"{HOST}/callback"), seat.page
    open_page(page, admin, client)
    assert not page.locator("#backchannelLogoutURL").is_visible(), "what few apps need is folded away"
    page.locator("#sign-out > summary").press("Enter")
    page.locator("#logoutCallbackURLs").fill(f"{HOST}/\n{HOST}/bye")
    page.locator("#backchannelLogoutURL").fill("http://dashboards.lan:3000/logout")
    page.locator("[name=backchannelLogoutSessionRequired]").check()
    page.locator("#frontchannelLogoutURL").fill(f"{HOST}/logout")
    save(page)
    assert page.locator("#sign-out .chip").is_visible()
    now = settings(admin, client)
    assert now["logoutCallbackURLs"] == [f"{HOST}/", f"{HOST}/bye"]
    assert now["backchannelLogoutURL"] == "http://dashboards.lan:3000/logout" and now["backchannelLogoutSessionRequired"]
    assert now["frontchannelLogoutURL"] == f"{HOST}/logout" and not now["frontchannelLogoutSessionRequired"]

    page.locator("#sign-out > summary").click()
    for name in ("logoutCallbackURLs", "backchannelLogoutURL", "frontchannelLogoutURL"):
        page.locator(f"#{name}").fill("")
    save(page)
    assert page.locator("#sign-out .chip").count() == 0
    now = settings(admin, client)
    assert now["logoutCallbackURLs"] == [] and now["backchannelLogoutURL"] is None and now["frontchannelLogoutURL"] is None


def test_a_mistake_in_a_folded_section_unfolds_it_and_takes_the_focus(seat, admin):
    client, page = admin.create_client(f"Slip {random_text()}", f"{HOST}/callback"), seat.page
    open_page(page, admin, client, "sign-out", "tokens")
    page.locator("#frontchannelLogoutURL").fill("https://elsewhere.example.com/logout")
    page.locator("#sign-out > summary").click()
    page.locator("[data-edit-client] [type=submit]").click()
    page.locator("#frontchannelLogoutURL-error").wait_for()
    assert page.locator("#frontchannelLogoutURL-error").inner_text().startswith("The logout address has to be at")
    assert page.evaluate("document.activeElement.id") == "frontchannelLogoutURL"
    page.locator("#refreshTokenDurationMinutes").fill("0")
    page.locator("#tokens > summary").click()
    page.locator("[data-edit-client] [type=submit]").click()
    assert page.locator("#refreshTokenDurationMinutes-error").is_visible()
    page.locator("[data-edit-client] [type=reset]").click()
    assert settings(admin, client)["frontchannelLogoutURL"] is None
    # The browser itself notes that a request was refused.
    seat.complaints.clear()


def test_patterns_are_switched_on_with_a_warning_and_never_for_a_public_client(seat, admin):
    client, page = admin.create_client(f"Star {random_text()}", f"{HOST}/callback"), seat.page
    open_page(page, admin, client)
    page.locator("#callbackURLs").fill(f"{HOST}/*/callback")
    page.locator("[data-edit-client] [type=submit]").click()
    assert "Callback patterns" in page.locator("#callbackURLs-error").inner_text()
    page.locator("#patterns > summary").click()
    assert page.locator("#patterns .notice.warn").is_visible()
    page.locator("#callbackURLPatterns").check()
    save(page, admin)
    now = settings(admin, client)
    assert now["callbackURLPatterns"] and now["callbackURLs"] == [f"{HOST}/*/callback"]

    page.locator("[name=isPublic]").check()
    page.locator("#patterns > summary").click()
    assert page.locator("#callbackURLPatterns").is_disabled() and not page.locator("#callbackURLPatterns").is_checked()
    page.locator("[name=isPublic]").uncheck()
    assert page.locator("#callbackURLPatterns").is_checked(), "what was chosen comes back"

    refused = admin.call("PUT", f"/api/oidc/clients/{client.id}", now | {"isPublic": True})
    fields = refused.json()["details"]["fields"]
    assert refused.status_code == 400 and [each["field"] for each in fields if each["code"] == "public"] == [
        "callbackURLPatterns"]
    alone = admin.call("PUT", f"/api/oidc/clients/{client.id}", now | {"callbackURLs": ["*"]})
    assert alone.status_code == 400 and alone.json()["details"]["fields"][0]["field"] == "callbackURLs[0]"


def test_token_choices_take_effect_in_the_next_tokens(seat, admin):
    client, page = admin.create_client(f"Tokens {random_text()}"), seat.page
    before = admin.tokens_for(Request(client))
    assert part(before["id_token"], 0)["alg"] == "RS256" and part(before["access_token"], 0)["alg"] == "RS256"
    assert part(before["id_token"], 1)["preferred_username"] == "ada"

    open_page(page, admin, client, "tokens")
    page.locator("#accessTokenDurationMinutes").fill("7")
    page.locator("#refreshTokenDurationMinutes").fill("1440")
    page.locator("#idTokenSignedResponseAlg").select_option("ES256")
    page.locator("#accessTokenSignedResponseAlg").select_option("ES256")
    page.locator("[name=userinfoOnlyClaims]").check()
    save(page)
    assert page.locator("#tokens .chip").is_visible()
    now = settings(admin, client)
    assert (now["accessTokenDurationMinutes"], now["refreshTokenDurationMinutes"]) == (7, 1440)
    assert now["userinfoOnlyClaims"] and now["idTokenSignedResponseAlg"] == "ES256"

    after = admin.tokens_for(Request(client))
    assert after["expires_in"] == 420
    assert part(after["id_token"], 0)["alg"] == "ES256" and part(after["access_token"], 0)["alg"] == "ES256"
    assert "preferred_username" not in part(after["id_token"], 1)
    assert userinfo(admin.url, after["access_token"]).json()["preferred_username"] == "ada"


def test_the_preview_says_what_real_tokens_would(seat, admin):
    client, page = admin.create_client(f"Preview {random_text()}"), seat.page
    change(admin, client, userinfoOnlyClaims=True, idTokenSignedResponseAlg="ES256")
    open_page(page, admin, client)
    page.locator("#preview-scopes").fill("openid profile offline_access")
    page.locator("#preview-person").fill("Ada")
    page.locator("#preview-person-list [role=option]", has_text="Ada").first.click()
    page.locator("[data-preview]").wait_for()
    assert page.locator("[data-preview-alg=idTokenHeader]").inner_text() == "ES256"
    told = admin.ok("GET", f"/api/oidc/clients/{client.id}/preview/{admin.user['id']}?scopes=openid+profile+offline_access")
    real = admin.tokens_for(Request(client, scope="openid profile offline_access"))
    for name in ("id_token", "access_token"):
        shown, header = told[name.replace("_t", "T")], told[name.replace("_t", "T") + "Header"]
        issued = part(real[name], 1)
        # What only an issuance has, and what differs from one to the next.
        assert set(issued) - {"nonce", "at_hash"} == set(shown)
        assert {key: issued[key] for key in ("sub", "aud", "iss")} == {key: shown[key] for key in ("sub", "aud", "iss")}
        assert {key: value for key, value in part(real[name], 0).items() if key != "kid"} == header
    assert "preferred_username" not in told["idToken"] and told["userInfo"]["preferred_username"] == "ada"
    assert "offline_access" in told["accessToken"]["scope"].split()


def test_every_address_on_the_page_is_the_discovery_documents(seat, admin):
    client, page = admin.create_client(f"Map {random_text()}"), seat.page
    open_page(page, admin, client)
    shown = {each.get_attribute("data-copy") for each in page.locator("dl.values [data-copy]").all()}
    known = requests.get(f"{admin.url}/.well-known/openid-configuration", timeout=20).json()
    wanted = {value for key, value in known.items() if key.endswith("_endpoint")} | {known["issuer"], known["jwks_uri"]}
    assert wanted <= shown
    offered = [each.get_attribute("value") for each in page.locator("#idTokenSignedResponseAlg option").all()]
    assert sorted(offered) == sorted(known["id_token_signing_alg_values_supported"])


def test_what_is_read_and_written_back_changes_nothing_and_neither_does_a_program_made_for_pocket_id(admin):
    client = admin.create_client(f"Plan {random_text()}", f"{HOST}/callback")
    full = change(
        admin, client, description="Charts", logoutCallbackURLs=[f"{HOST}/bye"], launchURL=HOST, isGroupRestricted=True,
        callbackURLs=[f"{HOST}/callback", f"{HOST}/*/back"], callbackURLPatterns=True, userinfoOnlyClaims=True,
        idTokenSignedResponseAlg="ES256", accessTokenSignedResponseAlg="RS256", backchannelLogoutURL=f"{HOST}/out",
        backchannelLogoutSessionRequired=True, frontchannelLogoutURL=f"{HOST}/front",
        frontchannelLogoutSessionRequired=True, accessTokenDurationMinutes=5, refreshTokenDurationMinutes=600)
    assert admin.ok("PUT", f"/api/oidc/clients/{client.id}", full) == full == settings(admin, client)
    pocket = {key: full[key] for key in (
        "name", "description", "callbackURLs", "logoutCallbackURLs", "isPublic", "pkceEnabled", "launchURL",
        "requiresReauthentication", "isGroupRestricted", "accessTokenDurationMinutes", "refreshTokenDurationMinutes")}
    assert admin.ok("PUT", f"/api/oidc/clients/{client.id}", pocket) == full
    cleared = admin.ok("PUT", f"/api/oidc/clients/{client.id}", pocket | {"backchannelLogoutURL": None})
    assert cleared["backchannelLogoutURL"] is None and cleared["frontchannelLogoutURL"] == f"{HOST}/front"


def test_nobody_declares_an_app_imported(admin):
    client = admin.create_client(f"Old {random_text()}", f"{HOST}/callback")
    assert settings(admin, client)["isImported"] is False
    refused = admin.call(
        "PUT", f"/api/oidc/clients/{client.id}",
        settings(admin, client) | {"callbackURLs": ["*"], "callbackURLPatterns": True, "isImported": True})
    assert refused.status_code == 400 and settings(admin, client)["isImported"] is False


def test_ones_own_apps_say_what_was_agreed_to(seat, admin):
    client, page = admin.create_client(f"Agreed {random_text()}"), seat.page
    admin.tokens_for(Request(client, scope="openid email offline_access"))
    page.goto(f"{admin.url}/settings/apps?search=Agreed")
    card = page.locator(".app-card", has_text=settings(admin, client)["name"])
    text = card.inner_text()
    assert "e-mail address" in text and "stays signed in while you are away" in text and "groups" not in text
    mine = admin.ok("GET", "/api/oidc/users/me/clients?search=Agreed")["data"]
    assert [each["scope"] for each in mine if each["id"] == client.id] == ["openid email offline_access"]
    card.locator("[data-take-back]").click()
    assert "Its sign-ins end" in page.locator("#take-back-text").inner_text()

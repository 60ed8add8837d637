"""Settings and API keys as an administrator meets them: in a browser, and by the environment."""

import re
from datetime import datetime, timedelta, timezone

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from support.browser import DESKTOP, PHONE
from support.client import Person
from support.server import Latchkey
from test_accessibility import as_admin

SETTINGS = "/settings/admin/application-configuration"
API = "/api/application-configuration"


def values(person: Person) -> dict[str, str]:
    return {each["key"]: each["value"] for each in person.ok("GET", API + "/all")}


@pytest.fixture
def own():
    """A server of this test's own: what it changes counts for everybody."""
    with Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


def test_an_administrator_changes_what_is_so_for_everybody(own, chromium):
    admin = own.first_admin
    with chromium.window() as window:
        as_admin(window, admin)
        page = window.page
        page.goto(admin.url + SETTINGS)
        bar = page.locator("[data-settings-form] [data-save-bar]")
        assert not bar.is_visible()
        page.get_by_label("Name", exact=True).fill("The Lovelaces")
        page.get_by_label("Home page").fill("//evil.example")
        page.get_by_label("Who may sign up").select_option("open")
        page.locator("#smtpPassword").fill("correct horse")
        assert bar.is_visible()
        bar.get_by_role("button", name="Save").click()
        assert "Enter a path" in page.locator("#homePageUrl-error").inner_text()
        page.get_by_label("Home page").fill("/settings/api-keys")
        # Who may sign up is decided with a passkey; this window holds none.
        admin.prove("settings")
        bar.get_by_role("button", name="Save").click()
        page.get_by_text("Changes saved").wait_for()
        assert not bar.is_visible()
        page.reload()
        assert page.get_by_label("Name", exact=True).input_value() == "The Lovelaces"
        assert page.locator("#smtpPassword").input_value() == "XXXXXXXXXX"
        assert "The Lovelaces" in page.title()
        page.goto(admin.url + "/")
        assert page.url == admin.url + "/settings/api-keys"
        assert not window.complaints, window.complaints
    now = values(admin)
    assert now["allowUserSignups"] == "open" and now["smtpPassword"] == "XXXXXXXXXX"
    # The passkey's dialog says the name that was chosen.
    admin.prove("add-passkey")
    assert admin.ok("GET", "/api/webauthn/register/start")["rp"]["name"] == "The Lovelaces"
    recorded = own.psql("SELECT changes, data FROM audit_log WHERE event = 'SETTINGS_UPDATED'")
    assert "The Lovelaces" in recorded and "smtpPassword" in recorded and "correct horse" not in recorded
    assert "correct horse" not in own.psql("SELECT chosen, sealed FROM settings")


@pytest.mark.parametrize("change, field", [
    ({"sessionDuration": "0"}, "sessionDuration"), ({"allowUserSignups": "all"}, "allowUserSignups"),
    ({"accentColor": "red;}"}, "accentColor"), ({"ldapEnabled": "true"}, "ldapEnabled"), ({"appName": ""}, "appName"),
    ({"signupDefaultUserGroupIDs": '["00000000-0000-4000-8000-000000000000"]'}, "signupDefaultUserGroupIDs"),
    ({"cimdUrlAllowlist": '["https://*"]'}, "cimdUrlAllowlist"),
])
def test_what_cannot_be_is_refused_at_its_field_and_changes_nothing(admin, change, field):
    before = values(admin)
    refused = admin.ok("PUT", API, before | change, status=400)
    assert refused["code"] == "validation_failed" and [each["field"] for each in refused["details"]["fields"]] == [field]
    assert values(admin) == before


def test_all_settings_are_replaced_so_that_none_may_be_missing(admin):
    refused = admin.ok("PUT", API, {"appName": "Home"}, status=400)
    missing = {each["field"] for each in refused["details"]["fields"]}
    assert {"sessionDuration", "requireUserEmail", "smtpTls", "ldapEnabled"} <= missing and "smtpHost" not in missing


def test_the_environment_decides_and_gives_the_decision_back(own):
    admin = own.first_admin
    admin.ok("PUT", API, values(admin) | {"appName": "Chosen here"})
    own.stop()
    own.environment |= {"UI_CONFIG_DISABLED": "true", "APP_NAME": "From outside", "SMTP_PASSWORD": "correct horse"}
    own.start()
    assert values(admin)["appName"] == "From outside" and values(admin)["smtpPassword"] == "XXXXXXXXXX"
    refused = admin.ok("PUT", API, values(admin) | {"appName": "Mine"}, status=403)
    assert refused["code"] == "ui_config_disabled"
    page = admin.page(SETTINGS)
    assert "UI_CONFIG_DISABLED" in page.text and re.search(r"<fieldset[^>]* disabled", page.text)
    own.stop()
    for name in ("UI_CONFIG_DISABLED", "APP_NAME", "SMTP_PASSWORD"):
        del own.environment[name]
    own.start()
    assert values(admin)["appName"] == "Chosen here" and values(admin)["smtpPassword"] == ""


def test_a_setting_in_the_environment_that_does_not_fit_stops_the_start_by_its_name():
    server = Latchkey(UI_CONFIG_DISABLED="true", SMTP_TLS="ssl", SESSION_DURATION="60", ALLOW_USER_SIGNUPS="all")
    try:
        done = server.run("serve")
        assert done.returncode == 78
        assert "SMTP_TLS has a value that does not fit" in done.stderr + done.stdout
        assert "ALLOW_USER_SIGNUPS" in done.stderr + done.stdout
    finally:
        server.remove()


def test_a_key_is_made_used_renewed_and_revoked_in_a_browser(own, chromium):
    with chromium.window() as window:
        page = window.page
        as_admin(window, own.first_admin)
        # The passkey of this window's own authenticator.
        own.first_admin.prove("add-passkey")
        page.goto(own.url + "/settings/account")
        page.get_by_role("button", name="Add passkey").first.click()
        page.get_by_text("Passkey added", exact=True).wait_for()
        page.goto(own.url + "/settings/api-keys")
        page.get_by_role("button", name="Add a key").click()
        page.get_by_label("Name", exact=True).fill("Backup")
        page.get_by_role("button", name="Create key").click()
        page.locator("#reauthentication [data-confirm]").click()
        page.locator("#new-key").wait_for()
        token = page.locator("[data-key-value]").inner_text()
        assert re.fullmatch(r"lkey_[A-Za-z0-9]{32}", token)
        page.get_by_role("button", name="I have saved it").click()
        page.get_by_text("Backup").wait_for()
        assert token not in page.content()

        def me() -> requests.Response:
            return requests.get(own.url + "/api/users/me", headers={"X-API-Key": token}, timeout=20)

        assert me().status_code == 200
        # Not yet expired: it cannot be renewed.
        assert page.get_by_role("button", name="Renew Backup").count() == 0
        own.psql("UPDATE api_keys SET expires_at = now() - interval '1 day'")
        assert me().status_code == 401 and me().json()["code"] == "not_signed_in"
        page.reload()
        page.get_by_role("button", name="Renew Backup").click()
        page.locator("#renew-key [data-confirm]").click()
        page.locator("#reauthentication [data-confirm]").click()
        page.locator("#new-key").wait_for()
        renewed = page.locator("[data-key-value]").inner_text()
        assert renewed != token and me().status_code == 401
        token = renewed
        assert me().status_code == 200
        page.get_by_role("button", name="I have saved it").click()
        page.get_by_role("button", name="Revoke Backup").click()
        page.locator("#revoke-key [data-confirm]").click()
        page.get_by_text("No keys yet").wait_for()
        assert me().status_code == 401
        # The browser notes every 401 by itself: the two that asked for a proof.
        complaints = [each for each in window.complaints if "401" not in each]
        assert not complaints, complaints
    events = own.psql("SELECT event FROM audit_log WHERE event LIKE 'API_KEY%' ORDER BY created_at").split()
    assert events == ["API_KEY_CREATED", "API_KEY_RENEWED", "API_KEY_REVOKED"]


def test_a_key_needs_a_proof_and_an_end_and_dies_with_its_owner(own):
    admin = own.first_admin
    tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()
    assert admin.ok("POST", "/api/api-keys", {"name": "Key", "expiresAt": tomorrow}, status=401)["code"] \
        == "reauthentication_required"
    admin.prove("api-key")
    for past in ("2001-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z"):
        answer = admin.call("POST", "/api/api-keys", {"name": "Key", "expiresAt": past})
        if past.startswith("2001"):
            assert answer.status_code == 400 and answer.json()["code"] == "invalid_api_key_expiration"
    admin.prove("api-key")
    made = admin.ok("POST", "/api/api-keys", {"name": "Key", "expiresAt": tomorrow}, status=201)
    renew = admin.ok("POST", f"/api/api-keys/{made['apiKey']['id']}/renew", {"expiresAt": tomorrow}, status=409)
    assert renew["code"] == "api_key_not_expired"
    headers = {"X-API-Key": made["token"]}
    assert requests.get(own.url + "/api/users", headers=headers, timeout=20).status_code == 200
    # By its own rights: a key hands out power without a proof, but makes no other key and adds no passkey.
    for path in ("/api/api-keys", f"/api/api-keys/{made['apiKey']['id']}/renew"):
        refused = requests.post(own.url + path, json={"expiresAt": tomorrow}, headers=headers, timeout=20)
        assert refused.status_code == 403 and refused.json()["code"] == "api_key_auth_not_allowed"
    refused = requests.get(own.url + "/api/webauthn/register/start", headers=headers, timeout=20)
    assert refused.json()["code"] == "api_key_auth_not_allowed"
    own.psql("UPDATE users SET disabled = true")
    refused = requests.get(own.url + "/api/users", headers=headers, timeout=20)
    assert refused.status_code == 403 and refused.json()["code"] == "user_disabled"
    own.psql("UPDATE users SET disabled = false")
    missing = admin.ok("DELETE", "/api/api-keys/00000000-0000-4000-8000-000000000000", {}, status=404)
    assert missing["code"] == "api_key_not_found"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desk"])
@pytest.mark.parametrize("path", [SETTINGS, "/settings/api-keys"])
def test_the_pages_are_for_everybody(server, admin, chromium, path, viewport, theme):
    with chromium.window(viewport=viewport, color_scheme=theme) as window:
        as_admin(window, admin)
        window.page.goto(admin.url + path)
        found = Axe().run(window.page)
        assert found.violations_count == 0, found.generate_report()
        assert window.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert not window.complaints, window.complaints

"""Somebody who lost every passkey gets back in, with help, and ends what they lost."""

import re

from support.client import Person
from support.waiting import wait_for
from test_one_time_access import hand_out
from test_sign_up import as_admin, choose, fill


def test_a_lost_passkey_is_recovered_by_a_link(server, admin, chromium):
    choose(server, allowUserSignups="open")
    with chromium.window() as lost:
        lost.page.goto(server.url + "/signup")
        fill(lost.page, "nora")
        lost.page.wait_for_url("**/signup/add-passkey?new=1")
        lost.page.click("[data-add-first]")
        lost.page.wait_for_url(server.url + "/settings/account")
    choose(server, allowUserSignups="disabled")
    user = {"id": server.psql("SELECT id FROM users WHERE username = 'nora'")}
    token = hand_out(admin, user, ttl="1d")
    with chromium.window() as found:
        found.page.goto(f"{server.url}/lc/{token}")
        found.page.click("[data-code-form] button[type=submit]")
        found.page.wait_for_url("**/signup/add-passkey?redirect=*")
        assert "If you lost yours" in found.page.locator("main").inner_text()
        found.page.click("[data-add-first]")
        found.page.wait_for_url(server.url + "/settings/account")
        assert found.page.locator("[data-passkey]").count() == 2
        found.page.locator("[data-passkey] [data-remove]").first.click()
        found.page.click("#remove-passkey [data-confirm]")
        wait_for(lambda: found.page.locator("[data-passkey]").count() == 1, "the lost passkey is gone", 10)
        found.context.clear_cookies()
        found.page.goto(server.url + "/login")
        found.page.click("[data-passkey-form] button")
        found.page.wait_for_url(server.url + "/settings/account")
        assert found.complaints == []


def test_the_time_for_a_new_passkey_runs_out(server, window):
    output = server.run("one-time-access-token", "ada").stdout
    window.page.goto(re.search(r"(\S+/lc/\S+)", output)[1])
    window.page.click("[data-code-form] button[type=submit]")
    window.page.wait_for_url("**/signup/add-passkey?redirect=*")
    server.psql("UPDATE proofs SET expires_at = now() WHERE used_at IS NULL")
    window.page.click("[data-add-first]")
    window.page.locator("[data-status].bad").wait_for()
    assert "time for this has passed" in window.page.locator("[data-status]").inner_text()


def test_the_commands_link_is_in_the_record(server):
    server.run("one-time-access-token", "ada")
    newest = server.psql(
        "SELECT username, data->>'method' FROM audit_log WHERE event = 'ONE_TIME_LINK_CREATED' ORDER BY created_at DESC LIMIT 1")
    assert newest == "ada|command"


def test_an_api_key_registers_no_passkey(server):
    person = Person(server.url)
    for method, path in [("GET", "/api/webauthn/register/start"), ("POST", "/api/webauthn/register/finish"),
                         ("POST", "/api/webauthn/reauthenticate?purpose=add-passkey")]:
        refused = person.call(method, path, {} if method == "POST" else None, headers={"X-API-Key": "k" * 32})
        assert refused.status_code == 403 and refused.json()["code"] == "api_key_auth_not_allowed"

"""Whether an address counts as verified is said where it matters, and so is what can be done about it."""

import re

import pytest
from support.client import Request
from test_passkey_extensions import enter


@pytest.fixture
def member(server, admin):
    """Somebody who administers nothing."""
    return admin.let_in(f"member{server.psql('SELECT count(*) FROM users')}", firstName="Mem", lastName="Ber")


def state(page) -> str:
    """What the account page says of the address."""
    return page.locator("label[for=email] .chip").inner_text() + ": " + page.locator("#email-state").inner_text()


def test_an_administrator_finds_where_to_say_that_the_address_is_theirs(server, admin, window):
    server.psql(f"UPDATE users SET email_verified = false WHERE id = '{admin.user['id']}'")
    enter(window, admin)
    page = window.page
    page.goto(server.url + "/settings/account")
    assert state(page).startswith("Not verified: ") and "let nobody in" in state(page)
    page.click("#email-state a")
    page.wait_for_url(f"{server.url}/settings/admin/users/{admin.user['id']}")
    page.locator("[name=emailVerified]").check()
    page.click("[data-edit-user] [type=submit]")
    page.locator("[data-edit-user] [data-save-bar]").wait_for(state="hidden")
    page.goto(server.url + "/settings/account")
    assert state(page).startswith("Verified: ")
    server.psql(f"UPDATE users SET email_verified = false WHERE id = '{admin.user['id']}'")


def test_others_are_told_whom_to_ask_and_a_new_address_begins_anew(server, member, window):
    server.psql(f"UPDATE users SET email_verified = true WHERE id = '{member.user['id']}'")
    enter(window, member)
    page = window.page
    page.goto(server.url + "/settings/account")
    assert state(page).startswith("Verified: ")
    page.fill("#email", "new-" + member.user["email"])
    page.click("[data-profile-form] [type=submit]")
    page.wait_for_function("() => document.querySelector('label[for=email] .chip').textContent === 'Not verified'")
    assert "Ask your administrator" in state(page) and page.locator("#email-state a").count() == 0
    page.fill("#firstName", "Another")
    page.click("[data-profile-form] [type=submit]")
    page.locator(".toasts .toast").wait_for()
    assert state(page).startswith("Not verified: ")


def test_consent_says_what_the_app_is_told_of_the_address(server, admin, member, window):
    client = admin.create_client()
    for verified, words in (("false", "not verified, which some apps do not accept"), ("true", "verified")):
        server.psql(f"UPDATE users SET email_verified = {verified} WHERE id = '{member.user['id']}'")
        consent = member.authorize(Request(client)).headers["Location"]
        enter(window, member)
        window.page.goto(consent if consent.startswith("http") else server.url + consent)
        shown = window.page.locator(".sees").inner_text()
        assert re.search(rf"{re.escape(member.user['email'])} · {words}$", shown, re.MULTILINE), shown

"""An app that sends people back to an address that is not registered: what everybody sees, and what an administrator
can do about it."""

from urllib.parse import urlencode

import pytest
from support.browser import PHONE
from support.client import Client, Request
from support.relying_party import AuthlibApp
from support.server import Latchkey


class Desk:
    """The administrator at a browser with a passkey, and a relying party whose address was mistyped here."""

    def __init__(self, server, window, app, client_id):
        self.server, self.window, self.page, self.app, self.client_id = server, window, window.page, app, client_id


@pytest.fixture(scope="module")
def desk(chromium):
    """One installation that is set up in a browser: the proof needs the passkey that lives there."""
    with Latchkey() as server, chromium.window() as window, AuthlibApp(server.url) as app:
        page = window.page
        page.goto(server.url + "/setup")
        for field, value in (("firstName", "Ada"), ("lastName", "Lovelace"), ("username", "ada"), ("email", "ada@example.org")):
            page.locator(f"#{field}").fill(value)
        page.locator("[data-set-up-form] button[type=submit]").click()
        page.wait_for_url(lambda url: "/setup" not in url)
        page.goto(server.url + "/settings/admin/oidc-clients/new?app=other")
        page.locator("#name").fill("Notebook")
        page.locator("#callbackURLs").fill(app.redirect_uri + "/")
        page.locator("[data-new-client] button[type=submit]").click()
        page.wait_for_url(lambda url: "/oidc-clients/" in url and "/new" not in url)
        client_id = page.url.rsplit("/", 1)[1]
        page.locator("[data-add-secret]").click()
        page.locator("dialog#new-secret").wait_for()
        secret = page.locator("dialog#new-secret [data-secret-value]").inner_text()
        page.locator("dialog#new-secret button[value=saved]").click()
        app.connect(Client(client_id, secret, app.redirect_uri))
        yield Desk(server, window, app, client_id)


def authorization(desk, redirect_uri: str) -> str:
    asked = Request(Client(desk.client_id, None, redirect_uri))
    return desk.server.url + "/authorize?" + urlencode(asked.parameters())


def callback_urls(desk) -> list[str]:
    return desk.page.evaluate(
        "async id => (await (await fetch(`/api/oidc/clients/${id}`)).json()).callbackURLs", desk.client_id)


def test_a_visitor_is_told_that_the_app_is_not_set_up_right_and_no_address(desk, chromium):
    with chromium.window(PHONE) as window:
        answer = window.page.goto(authorization(desk, desk.app.redirect_uri))
        text = window.page.locator("main").inner_text()
        assert answer.status == 400 and "Notebook" in text
        assert desk.app.redirect_uri not in window.page.content()
        assert window.page.locator("[data-add-redirect]").count() == 0


def test_another_host_takes_a_decision_of_its_own_and_nothing_happens_without_it(desk):
    page = desk.page
    page.goto(authorization(desk, "https://evil.example/callback"))
    assert page.locator(".notice.warn bdi").first.inner_text() == "evil.example"
    assert page.locator("[data-add-redirect]").is_disabled()
    page.locator("[data-own-host]").check()
    assert page.locator("[data-add-redirect]").is_enabled()
    page.goto(desk.server.url + "/settings/account")
    assert callback_urls(desk) == [desk.app.redirect_uri + "/"]


@pytest.mark.parametrize("hostile", [
    "javascript:alert(1)", "https://a.example/#<script>alert(1)</script>", "https://good.example@evil.example/",
    "https://a.example/\u202egnp.exe", '"><img src=x onerror=alert(1)>'])
def test_what_may_never_be_registered_is_shown_as_text_and_cannot_be_added(desk, hostile):
    page = desk.page
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(authorization(desk, hostile))
    assert page.locator("[data-add-redirect]").count() == 0 and page.locator(".notice.bad").is_visible()
    assert page.locator("main script, main img[src=x]").count() == 0 and dialogs == []
    assert page.locator("main a[href*='evil'], main a[href^='javascript']").count() == 0


def test_the_request_to_add_an_address_needs_the_passkey_and_our_own_page(desk):
    page = desk.page
    page.goto(desk.server.url + "/settings/account")
    told = page.evaluate(
        """async id => {
          const answer = await fetch(`/api/oidc/clients/${id}/callback-urls`, {method: "POST",
            headers: {"Content-Type": "application/json"}, body: JSON.stringify({url: "https://evil.example/"})});
          return [answer.status, (await answer.json()).code];
        }""", desk.client_id)
    assert told == [401, "reauthentication_required"]
    page.goto(desk.app.url + "/")
    page.evaluate(
        """url => fetch(url, {method: "POST", mode: "no-cors", credentials: "include",
          body: JSON.stringify({url: "https://evil.example/"})}).catch(() => null)""",
        f"{desk.server.url}/api/oidc/clients/{desk.client_id}/callback-urls")
    page.goto(desk.server.url + "/settings/account")
    assert callback_urls(desk) == [desk.app.redirect_uri + "/"]


def test_an_administrator_sees_the_difference_adds_the_address_and_the_app_signs_in(desk):
    page = desk.page
    page.goto(desk.app.url + "/login")
    assert page.url.startswith(desk.server.url + "/authorize?")
    assert page.locator(".address.came code").inner_text() == desk.app.redirect_uri
    registered = page.locator(".compared li")
    assert registered.locator("code").inner_text() == desk.app.redirect_uri + "/"
    assert registered.locator("mark").inner_text() == "/"
    assert registered.locator(".chip").all_inner_texts() == ["slash at the end"]
    page.locator("[data-add-redirect]").click()
    page.get_by_role("link", name="Try again").click()
    page.wait_for_url(lambda url: "/interaction" in url)
    page.locator("[data-continue]").click()
    page.wait_for_url(desk.app.url + "/")
    assert page.locator("h1").inner_text() == "Hello Ada Lovelace"
    page.goto(desk.server.url + "/settings/account")
    assert callback_urls(desk) == [desk.app.redirect_uri + "/", desk.app.redirect_uri]

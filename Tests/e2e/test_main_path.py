"""The main job, as a person does it: from a fresh server to two relying parties signed in with a passkey.

The steps of the journey are tests that stand on one another; one server, one window and both apps live through them.
"""

import json
import re

import pytest
from support.apache import ApacheApp
from support.browser import Window
from support.client import Client
from support.relying_party import AuthlibApp
from support.server import Latchkey


class Journey:
    """What the steps hand on: the server, the person's window and the apps."""

    def __init__(self, server: Latchkey, window: Window, authlib: AuthlibApp, apache: ApacheApp):
        self.server, self.window, self.authlib, self.apache = server, window, authlib, apache
        self.page = window.page
        self.client: Client | None = None
        self.broken: str | None = None

    # What a person does on our pages

    def at(self, path: str) -> re.Pattern:
        return re.compile(re.escape(self.server.url + path) + r"(\?|$)")

    def create_client(self, name: str, redirect_uri: str, signed_out: str | None = None) -> Client:
        """Creates a client on the pages and copies its values from there."""
        page = self.page
        page.goto(self.server.url + "/settings/admin/oidc-clients/new?app=other")
        page.locator("#name").fill(name)
        page.locator("#callbackURLs").fill(redirect_uri)
        if signed_out:
            page.locator("#sign-out summary").click()
            page.locator("#logoutCallbackURLs").fill(signed_out)
        page.locator("[data-new-client] button[type=submit]").click()
        page.wait_for_url(re.compile(re.escape(self.server.url) + r"/settings/admin/oidc-clients/(?!new)[^/]+$"))
        shown = dict(zip(page.locator("dl.values dt").all_inner_texts(), page.locator("dl.values dd").all_inner_texts()))
        endpoints = [each.strip() for each in shown.values()]
        for path in ("", "/authorize", "/api/oidc/token", "/api/oidc/userinfo", "/.well-known/jwks.json",
                     "/.well-known/openid-configuration"):
            assert self.server.url + path in endpoints, f"the page does not show {path or 'the issuer'}: {shown}"
        client_id = page.locator("dl.values [data-copy]").first.get_attribute("data-copy")
        dialog = page.locator("dialog#new-secret")
        # The first secret may be shown at once, since creating the client was the act; otherwise it is asked for.
        if not dialog.is_visible():
            page.locator("[data-add-secret]").click()
        dialog.wait_for()
        secret = dialog.locator("[data-secret-value]").inner_text().strip()
        dialog.locator("button[value=saved]").click()
        dialog.wait_for(state="hidden")
        page.reload()
        assert secret not in page.content(), "the secret is shown a second time"
        return Client(client_id, secret, redirect_uri)

    def use_passkey(self, page=None) -> None:
        (page or self.page).locator("[data-passkey-form] button[type=submit]").click()

    def consent(self, page=None) -> None:
        (page or self.page).locator("[data-continue]").click()

    def sign_out_here(self) -> None:
        """On the page for it, which says so when it is done."""
        self.page.goto(self.server.url + "/logout")
        self.page.locator("[data-sign-out]").click()
        self.page.wait_for_function("() => !document.querySelector('[data-sign-out]')")


@pytest.fixture(scope="module")
def journey(chromium, bare_server):
    with chromium.window() as window:
        with AuthlibApp(bare_server.url) as authlib, ApacheApp(bare_server.url) as apache:
            yield Journey(bare_server, window, authlib, apache)


@pytest.fixture(autouse=True)
def one_after_another(journey, request):
    """A step is not tried when one before it failed: it would only fail for that reason."""
    if journey.broken:
        pytest.skip(f"the journey ended at: {journey.broken}")
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        journey.broken = request.node.name
        print(journey.page.url, journey.window.complaints, journey.server.log()[-4000:], sep="\n")


def test_the_set_up_page_makes_the_first_administrator_with_a_passkey(journey):
    page = journey.page
    page.goto(journey.server.url + "/setup")
    page.locator("#firstName").fill("Ada")
    page.locator("#lastName").fill("Lovelace")
    page.locator("#username").fill("ada")
    page.locator("#email").fill("ada@example.org")
    page.locator("[data-set-up-form] button[type=submit]").click()
    page.wait_for_url(lambda url: "/setup" not in url)
    [passkey] = journey.window.passkeys()
    assert passkey["isResidentCredential"] and passkey["rpId"] == "localhost"
    cookie = journey.window.cookies()["access_token"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"


def test_set_up_is_gone_once_it_is_done(journey):
    assert journey.page.goto(journey.server.url + "/setup").status == 404


def test_the_account_page_shows_profile_passkey_and_this_session(journey):
    page = journey.page
    page.goto(journey.server.url + "/settings/account")
    assert page.locator("#username").input_value() == "ada"
    assert "Verified" in page.locator("label[for=email]").inner_text().split()
    assert page.locator("[data-passkey]").count() == 1
    assert page.locator("[data-session]").count() == 1


def test_a_client_is_created_on_the_pages_and_its_values_are_there_to_copy(journey):
    journey.client = journey.create_client("Notebook", journey.authlib.redirect_uri)
    assert len(journey.client.secret) >= 32
    journey.authlib.connect(journey.client)


def test_the_authlib_app_is_signed_in_after_consent(journey):
    page = journey.page
    page.goto(journey.authlib.url + "/login")
    page.wait_for_url(journey.at("/interaction"))
    assert "Notebook" in page.locator("main").inner_text()
    assert "ada@example.org · verified" in page.locator("main").inner_text()
    # The consent page's way back leads to another origin: `form-action` must not stop it.
    journey.consent()
    page.wait_for_url(journey.authlib.url + "/")
    assert page.locator("h1").inner_text() == "Hello Ada Lovelace"


def test_userinfo_tells_what_the_scopes_allow(journey):
    told = journey.authlib.userinfo
    assert told["sub"] == journey.authlib.claims["sub"]
    assert {key: told[key] for key in ("given_name", "family_name", "preferred_username", "email")} == {
        "given_name": "Ada", "family_name": "Lovelace", "preferred_username": "ada", "email": "ada@example.org"}
    # As the person has said at set-up.
    assert told["groups"] == [] and told["email_verified"] is True


def test_a_second_sign_in_needs_no_click(journey):
    journey.page.goto(journey.authlib.url + "/logout")
    journey.page.goto(journey.authlib.url + "/login")
    assert journey.page.url == journey.authlib.url + "/"
    assert journey.page.locator("h1").inner_text() == "Hello Ada Lovelace"


def test_after_signing_out_here_the_app_has_to_ask_for_the_passkey_again(journey):
    page = journey.page
    journey.sign_out_here()
    assert "access_token" not in journey.window.cookies()
    page.goto(journey.authlib.url + "/logout")
    page.goto(journey.authlib.url + "/login")
    page.wait_for_url(journey.at("/interaction"))
    assert "Notebook" in page.locator("main").inner_text()
    journey.use_passkey()
    page.wait_for_url(journey.authlib.url + "/")
    assert page.locator("h1").inner_text() == "Hello Ada Lovelace"


def test_apache_with_mod_auth_openidc_signs_in(journey):
    page = journey.page
    client = journey.create_client("Wiki", journey.apache.redirect_uri, journey.apache.outside)
    journey.apache.connect(client)
    page.goto(journey.apache.page)
    page.wait_for_url(journey.at("/interaction"))
    journey.consent()
    page.wait_for_url(journey.apache.page)
    assert page.locator("h1").inner_text() == "Inside", journey.apache.log()
    page.goto(journey.apache.info)
    info = json.loads(page.locator("body").inner_text())
    assert info["userinfo"]["sub"] == info["id_token"]["sub"] == journey.authlib.claims["sub"]
    assert info["userinfo"]["email"] == "ada@example.org"
    assert info["id_token"]["iss"] == journey.server.url


def test_leaving_apache_leaves_us_too_and_asks_for_the_passkey_again(journey):
    page = journey.page
    page.goto(journey.apache.logout)
    assert page.locator("h1").inner_text() == "Outside"
    page.goto(journey.apache.page)
    page.wait_for_url(journey.at("/interaction"))
    journey.use_passkey()
    page.wait_for_url(journey.apache.page)
    assert page.locator("h1").inner_text() == "Inside", journey.apache.log()


def test_sign_in_works_in_a_popup_and_the_opener_hears_of_it(journey):
    page = journey.page
    journey.sign_out_here()
    page.goto(journey.authlib.url + "/logout")
    page.goto(journey.authlib.url + "/opener")
    with page.expect_popup() as opened:
        page.locator("#open").click()
    popup = opened.value
    popup.wait_for_url(journey.at("/interaction"))
    journey.window.give_passkeys(popup)
    journey.use_passkey(popup)
    page.wait_for_function("() => document.getElementById('result').textContent === 'Signed in as Ada Lovelace'")


def test_an_authorization_request_posted_by_the_apps_site_finds_the_session(journey):
    """The cookie is SameSite=Lax, so the POST comes without it: it is stored and continued by a GET, which has it."""
    page = journey.page
    assert journey.window.cookies()["access_token"]["sameSite"] == "Lax"
    # The browser shows where it went through; the answer itself is for an app that is not there.
    seen = []
    page.on("request", lambda request: seen.append((request.method, request.url)))
    page.goto(journey.authlib.url + "/posting")
    page.locator("button").click()
    page.wait_for_url(lambda url: url.startswith(journey.authlib.redirect_uri))
    asked = journey.authlib.posted
    arrived = [url for _, url in seen if url.startswith(journey.authlib.redirect_uri)][-1]
    assert ("POST", journey.server.url + "/authorize") in seen
    assert f"state={asked.state}" in arrived and "code=" in arrived, arrived
    assert any(method == "GET" and url.startswith(journey.server.url) for method, url in seen), \
        "the POST was not continued by a GET of ours"


def test_a_passkey_picked_from_the_suggestions_signs_in_without_the_button(journey, chromium):
    with chromium.window(suggestions=True) as window:
        window.take_passkeys(journey.window.passkeys())
        window.page.goto(journey.authlib.url + "/login")
        window.page.wait_for_url(journey.authlib.url + "/")
        assert window.page.locator("h1").inner_text() == "Hello Ada Lovelace"


def test_no_page_of_ours_broke_its_own_content_security_policy(journey):
    ours = [each for each in journey.window.complaints if "Content Security Policy" in each or journey.server.url in each]
    # What the steps did on purpose: a page that is not there.
    assert [each for each in ours if "/setup" not in each] == []

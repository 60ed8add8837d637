"""Apps that nobody here wrote sign somebody in, refresh where they can, and sign them out, in a browser.

Authlib and mod_auth_openidc refresh with the refresh token. mozilla-django-oidc has no refresh tokens: it asks again with
`prompt=none`. ruby-omniauth-openid-connect has neither: it keeps the refresh token for the app.
"""

import json

import pytest
from support.apache import ApacheApp
from support.conformance import Browser
from support.django_app import DjangoApp
from support.omniauth_app import OmniAuthApp
from support.relying_party import AuthlibApp
from support.walking import go, read


@pytest.fixture
def browser(chromium, provider, listener):
    """The person with their passkey at a window that knows nobody yet."""
    with chromium.window() as window:
        yield Browser(window, listener, provider.person)


@pytest.fixture
def administrator(server):
    """Signed in here and now: other tests end sessions of whoever they please."""
    administrator = server.first_admin.another_browser()
    administrator.sign_in()
    return administrator


@pytest.fixture
def page(browser):
    return browser.page


def known_to(administrator, app, name: str, signed_out_uri: str):
    """An administrator has registered the app, and given it its values."""
    app.connect(administrator.create_client(name, app.redirect_uri, logoutCallbackURLs=[signed_out_uri]))


def is_asked_to_sign_in(page, address: str) -> bool:
    page.goto(address)
    page.locator("[data-passkey-form]").wait_for()
    return True


def test_authlib_signs_in_refreshes_and_signs_out(provider, administrator, page):
    with AuthlibApp(provider.url) as app:
        known_to(administrator, app, "Authlib", app.signed_out_uri)
        assert go(page, app.url + "/login", app.url)[0] == "authenticate"
        assert page.locator("h1").inner_text() == "Hello Buffy Summers"
        first = app.tokens
        go(page, app.url + "/refresh", app.url)
        assert app.tokens["access_token"] != first["access_token"]
        assert app.tokens["refresh_token"] != first["refresh_token"]
        assert app.userinfo["sub"] == app.claims["sub"]
        # Whoever signs out at the app signs out here, without a question, and comes back to the app.
        assert go(page, app.url + "/leave", app.url) == []
        assert page.locator("h1").inner_text() == "Signed out"
        assert is_asked_to_sign_in(page, app.url + "/login")


def test_mod_auth_openidc_signs_in_refreshes_and_signs_out(provider, administrator, page):
    def info() -> dict:
        page.goto(app.info)
        return json.loads(page.locator("body").inner_text())

    with ApacheApp(provider.url) as app:
        known_to(administrator, app, "Apache", app.outside)
        assert go(page, app.page, app.url)[0] == "authenticate"
        assert page.locator("h1").inner_text() == "Inside", app.log()
        first = info()
        page.goto(app.refresh(first["access_token"]))
        assert page.url == app.page and page.locator("h1").inner_text() == "Inside", app.log()
        second = info()
        assert second["access_token"] != first["access_token"]
        assert second["userinfo"]["sub"] == first["id_token"]["sub"]
        assert go(page, app.logout, app.url) == []
        assert page.url == app.outside and page.locator("h1").inner_text() == "Outside", app.log()
        assert is_asked_to_sign_in(page, app.page)


def test_mozilla_django_oidc_signs_in_asks_again_and_signs_out(provider, administrator, page):
    def who() -> str | None:
        page.goto(app.home)
        return json.loads(page.locator("body").inner_text())["user"]

    with DjangoApp(provider.url) as app:
        known_to(administrator, app, "Django", app.home)
        assert go(page, app.url + "/oidc/authenticate/", app.url)[0] == "authenticate"
        assert who() == "buffy", app.log()
        page.request.get(app.url + "/expire")
        # Once its patience is over it asks with prompt=none, and nobody notices.
        assert go(page, app.home, app.home) == [] and who() == "buffy", app.log()
        page.goto(app.url + "/leave")
        page.locator("button").click()
        page.wait_for_url(app.home)
        assert who() is None
        assert is_asked_to_sign_in(page, app.url + "/oidc/authenticate/")


def test_omniauth_signs_in_and_signs_out(provider, administrator, page):
    with OmniAuthApp(provider.url) as app:
        known_to(administrator, app, "OmniAuth", app.home)
        assert go(page, app.login, app.url)[0] == "authenticate"
        assert page.url == app.home, read(page) + app.log()
        assert json.loads(page.locator("body").inner_text()) == {
            "sub": provider.person.user["id"], "name": "Buffy Summers", "email": "buffy@example.org", "refresh": True}
        # It sends where it wants to have people back, but neither a hint nor its own id: the person is asked, and stays here.
        page.goto(app.url + "/leave")
        page.locator("[data-sign-out]").first.click()
        page.locator("[data-sign-out]").wait_for(state="detached")
        assert page.url.startswith(provider.url)
        assert is_asked_to_sign_in(page, app.login)

"""Fixtures of the conformance modules: one person, one window and one listener for all of them, a client for each plan."""

import pytest

from .client import Client, Person
from .conformance import Browser, Listener, Party, Provider
from .conformance_logout import RETURNED, Leaver


def newcomer(admin: Person, username: str, **profile) -> Person:
    """Somebody with an account, and a passkey that they made after signing in with a one-time code."""
    person = admin.let_in(username, **profile)
    options = person.ok("GET", "/api/webauthn/register/start")
    person.ok("POST", "/api/webauthn/register/finish", person.authenticator.create(options))
    return person


@pytest.fixture(scope="session")
def conformance_admin(server) -> Person:
    admin = server.first_admin.another_browser()
    admin.sign_in()
    return admin


@pytest.fixture(scope="session")
def provider(server, conformance_admin) -> Provider:
    return Provider(server, newcomer(conformance_admin, "buffy", firstName="Buffy", lastName="Summers", locale="en"))


@pytest.fixture(scope="session")
def listener():
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="session")
def person_at_browser(chromium, provider, listener):
    with chromium.window() as window:
        yield Browser(window, listener, provider.person)


def register(admin: Person, listener: Listener, name: str, **settings) -> Client:
    """A client with its own callback at the listener."""
    # The server is shared: tests in other files sign its first administrator out everywhere.
    if not admin.is_signed_in():
        admin.sign_in()
    return admin.create_client(name, f"{listener.url}/{name.lower().replace(' ', '-')}/callback", **settings)


@pytest.fixture(scope="session")
def clients(conformance_admin, listener) -> dict[str, Client]:
    """The clients of the plans, and another that shares nothing with them."""
    return {name: register(conformance_admin, listener, name) for name in ("query", "form_post", "other")}


@pytest.fixture
def party(provider, clients, person_at_browser, listener, plan) -> Party:
    """The relying party of the plans Basic and Form Post."""
    mode = {"basic": "query", "form_post": "form_post"}[plan]
    return Party(provider, clients[mode], person_at_browser, listener, mode)


@pytest.fixture
def other_client(clients) -> Client:
    return clients["other"]


@pytest.fixture(scope="module")
def leavers(chromium, provider, listener, conformance_admin):
    """Relying parties whose person signs out by their request, in a window of the module's own."""
    with chromium.window() as window:
        browser = Browser(window, listener, provider.person)

        def leaver(name: str, **settings) -> Leaver:
            client = register(
                conformance_admin, listener, name, logoutCallbackURLs=[listener.url + RETURNED], **settings)
            return Leaver(provider, client, browser, listener)

        yield leaver

"""Fixtures: each module that asks for a server gets its own, with its own data and port."""

import pytest
from support.client import Person
from support.server import Latchkey, binary


def pytest_collection_modifyitems(items):
    """Tests of the product need the product; those of this kit do not."""
    if binary().exists():
        return
    for item in items:
        if {"server", "bare_server", "admin"} & set(item.fixturenames) or item.get_closest_marker("product"):
            item.add_marker(pytest.mark.skip(reason=f"{binary()} has not been built"))


@pytest.fixture(scope="session")
def chromium():
    from support.browser import Chromium

    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def window(chromium):
    with chromium.window() as window:
        yield window


@pytest.fixture(scope="module")
def server(request):
    """A server with its first administrator, who is the `admin` fixture."""
    with Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        failed = request.session.testsfailed
        yield server
        if request.session.testsfailed > failed:
            print(f"\n--- the server's log ---\n{server.log()[-8000:]}")


@pytest.fixture(scope="module")
def bare_server():
    """A server that nobody has set up."""
    with Latchkey() as server:
        yield server


@pytest.fixture
def admin(server) -> Person:
    """The administrator at a browser of this test's own, signed in."""
    person = server.first_admin.another_browser()
    person.sign_in()
    return person

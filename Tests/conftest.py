"""Fixtures: servers with data and ports of their own, and the people and browsers that use them."""

import pytest
from support.client import Person
from support.server import Latchkey

pytest_plugins = ["support.ledger", "support.conformance_fixtures"]


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


@pytest.fixture(scope="session")
def server():
    """A server with its first administrator. Tests that use it bring their own clients and browsers, and end neither
    the server nor its administrator."""
    with Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


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


@pytest.fixture
def client(admin):
    """A confidential client of this test's own; the administrator has consented to nothing yet."""
    return admin.create_client()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What the server said belongs to a failure's report."""
    report = yield
    if report.failed:
        for server in {id(each): each for each in item.funcargs.values() if isinstance(each, Latchkey)}.values():
            report.sections.append(("the server's log", server.log()[-5000:]))
    return report

"""A family moves in: an administrator who uses nothing but the pages, two people who are invited in two ways, and two apps.

The steps stand on one another; one server lives through them. Every person has a window, and so a device, of their own.
"""

import re

import pytest
import requests
from support.browser import Window
from support.client import Client
from support.relying_party import AuthlibApp
from support.server import Latchkey


class Family:
    """What the steps hand on: the server, the people's windows and the apps."""

    def __init__(self, server: Latchkey, ada: Window, bob: Window, cy: Window, album: AuthlibApp, diary: AuthlibApp):
        self.server, self.ada, self.bob, self.cy = server, ada, bob, cy
        self.album, self.diary = album, diary
        self.clients: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.broken: str | None = None

    def url(self, path: str) -> str:
        return self.server.url + path

    def at(self, path: str) -> re.Pattern:
        return re.compile(re.escape(self.server.url + path) + r"(\?|$)")

    def open(self, window: Window, path: str):
        window.page.goto(self.url(path))
        return window.page

    def confirm(self, window: Window) -> None:
        """The dialog that asks for the passkey again."""
        dialog = window.page.locator("dialog#reauthentication")
        dialog.wait_for()
        dialog.locator("[data-confirm]").click()
        dialog.wait_for(state="hidden")

    def pick(self, window: Window, field: str, name: str) -> None:
        """Chooses from a list that is searched while one types."""
        page = window.page
        page.locator(field).fill(name)
        page.locator("[role=option]", has_text=name).first.click()

    def enter(self, window: Window, app: AuthlibApp, sign_in: bool = False) -> str:
        """Goes through the app's door, and says what the person reads at the end."""
        page = window.page
        page.goto(app.url + "/logout")
        page.goto(app.url + "/login")
        if sign_in:
            page.locator("[data-passkey-form] button[type=submit]").click()
            page.wait_for_function("() => !document.querySelector('[data-passkey-form]')")
        if page.locator("[data-continue]").count():
            page.locator("[data-continue]").click()
            page.wait_for_url(app.url + "/")
        return page.locator("h1").inner_text()


@pytest.fixture(scope="module")
def family(chromium, bare_server):
    with chromium.window() as ada, chromium.window() as bob, chromium.window() as cy:
        with AuthlibApp(bare_server.url) as album, AuthlibApp(bare_server.url) as diary:
            yield Family(bare_server, ada, bob, cy, album, diary)


@pytest.fixture(autouse=True)
def one_after_another(family, request):
    """A step is not tried when one before it failed: it would only fail for that reason."""
    if family.broken:
        pytest.skip(f"the story ended at: {family.broken}")
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        family.broken = request.node.name
        for window in (family.ada, family.bob, family.cy):
            print(window.page.url, window.complaints[-3:], window.page.locator("body").inner_text()[:600], sep="\n")
        print(family.server.log()[-4000:])


def test_ada_sets_up(family):
    page = family.open(family.ada, "/setup")
    for field, value in {"firstName": "Ada", "lastName": "Lovelace", "username": "ada", "email": "ada@example.org"}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("[data-set-up-form] button[type=submit]").click()
    page.wait_for_url(lambda url: "/setup" not in url)


def test_ada_connects_two_apps(family):
    for name, app in (("Album", family.album), ("Diary", family.diary)):
        page = family.open(family.ada, "/settings/admin/oidc-clients/new?app=other")
        page.locator("#name").fill(name)
        page.locator("#callbackURLs").fill(app.redirect_uri)
        page.locator("[data-new-client] button[type=submit]").click()
        page.wait_for_url(re.compile(re.escape(family.server.url) + r"/settings/admin/oidc-clients/(?!new)[^/?]+"))
        dialog = page.locator("dialog#new-secret")
        if not dialog.is_visible():
            page.locator("[data-add-secret]").click()
        dialog.wait_for()
        secret = dialog.locator("[data-secret-value]").inner_text().strip()
        dialog.locator("button[value=saved]").click()
        family.clients[name] = re.search(r"oidc-clients/([^/?#]+)", page.url).group(1)
        app.connect(Client(family.clients[name], secret, app.redirect_uri))


def test_ada_makes_a_group_that_alone_may_use_the_album(family):
    page = family.open(family.ada, "/settings/admin/user-groups")
    page.locator("[data-new-group]").first.click()
    dialog = page.locator("dialog#new-group")
    dialog.locator("[name=friendlyName]").fill("Parents")
    dialog.locator("[name=name]").fill("parents")
    dialog.locator("[data-confirm]").click()
    page.wait_for_url(re.compile(r"/settings/admin/user-groups/[0-9a-f-]{36}"))
    family.people["parents"] = page.url.rsplit("/", 1)[1]
    page = family.open(family.ada, f"/settings/admin/oidc-clients/{family.clients['Album']}")
    page.locator("#access [value=groups]").check()
    page.locator("#add-group").wait_for()
    family.pick(family.ada, "#add-group", "Parents")
    page.locator("#access [data-group]").wait_for()


def test_ada_invites_bob_by_a_sign_up_link_into_that_group(family):
    page = family.open(family.ada, "/settings/admin/application-configuration")
    page.locator("[name=allowUserSignups]").select_option("withToken")
    page.locator("[data-save-bar]:visible button[type=submit]").first.click()
    family.confirm(family.ada)
    page.locator("[data-save-bar]:visible").wait_for(state="hidden")
    page = family.open(family.ada, "/settings/admin/signup-links")
    page.locator("[data-new-link]").first.click()
    dialog = page.locator("dialog#new-link")
    dialog.locator("label", has_text="Parents").locator("input").check()
    dialog.locator("[data-confirm]").click()
    shown = page.locator("dialog#show-link")
    shown.wait_for()
    family.people["link"] = shown.locator("[data-url]").inner_text().strip()
    assert family.people["link"].startswith(family.url("/st/"))


def test_bob_signs_up_and_makes_his_passkey(family):
    page = family.bob.page
    page.goto(family.people["link"])
    for field, value in {"firstName": "Bob", "username": "bob", "email": "bob@example.org"}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("[data-sign-up-form] button[type=submit]").click()
    page.wait_for_url(family.at("/signup/add-passkey"))
    page.locator("[data-add-first]").click()
    page.wait_for_url(lambda url: "/signup" not in url)
    assert len(family.bob.passkeys()) == 1


def test_the_link_lets_nobody_else_in(family, chromium):
    with chromium.window() as stranger:
        stranger.page.goto(family.people["link"])
        form = stranger.page.locator("[data-sign-up-form]")
        if form.count():
            stranger.page.locator("#firstName").fill("Eve")
            stranger.page.locator("#username").fill("eve")
            stranger.page.locator("#email").fill("eve@example.org")
            form.locator("button[type=submit]").click()
            stranger.page.locator("[data-status].bad, .notice.bad:visible, [data-status]").first.wait_for()
        assert "access_token" not in stranger.cookies()
    assert family.server.psql("SELECT count(*) FROM users WHERE username = 'eve'") == "0"


def test_ada_adds_cy_and_hands_out_a_one_time_link(family):
    # Set-up counts as a proof for the guide's links; its five minutes are over.
    family.server.psql("UPDATE proofs SET expires_at = now()")
    page = family.open(family.ada, "/settings/admin/users/new")
    page.locator("#firstName").fill("Cy")
    page.locator("#username").fill("cy")
    page.locator("#email").fill("cy@example.org")
    page.locator("[data-new-user] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/settings/admin/users/[0-9a-f-]{36}"))
    family.people["cy"] = page.url.rsplit("/", 1)[1]
    page.locator("[data-one-time-link]").first.click()
    page.locator("dialog#one-time-link [data-make-link]").click()
    # Handing out a way in needs the passkey again.
    family.confirm(family.ada)
    link = page.locator("dialog#one-time-link [data-link]")
    page.wait_for_function("() => document.querySelector('dialog#one-time-link [data-link]').textContent.includes('/lc/')")
    family.people["one-time"] = link.inner_text().strip()


def test_cy_signs_in_with_it_once_and_makes_a_passkey(family):
    page = family.cy.page
    page.goto(family.people["one-time"])
    page.locator("[data-code-form] button[type=submit]").click()
    page.wait_for_url(family.at("/signup/add-passkey"))
    page.locator("[data-add-first]").click()
    page.wait_for_url(lambda url: "/signup" not in url)
    assert len(family.cy.passkeys()) == 1
    # The link is spent.
    page.goto(family.url("/logout"))
    page.locator("[data-sign-out]").click()
    page.wait_for_function("() => !document.querySelector('[data-sign-out]')")
    page.goto(family.people["one-time"])
    page.locator("[data-code-form] button[type=submit]").click()
    page.wait_for_function("() => document.querySelector('[data-status]').classList.contains('bad')")


def test_groups_decide_who_reaches_which_app(family):
    assert family.enter(family.bob, family.album) == "Hello Bob"
    assert family.enter(family.bob, family.diary) == "Hello Bob"
    assert family.enter(family.cy, family.diary, sign_in=True) == "Hello Cy"
    # Cy is no parent: a page of ours says so, with a way back, and the app hears nothing.
    page = family.cy.page
    page.goto(family.album.url + "/login")
    assert page.url.startswith(family.server.url)
    assert "Album" in page.locator("main").inner_text()
    assert page.locator("main a[href], main button").count() >= 1


def test_group_names_reach_the_app(family):
    family.enter(family.bob, family.album)
    assert family.album.userinfo["groups"] == ["parents"]


def test_ada_puts_cy_into_the_group_and_the_album_opens(family):
    page = family.open(family.ada, f"/settings/admin/user-groups/{family.people['parents']}")
    family.pick(family.ada, "#add-member", "cy")
    page.locator("#members [data-user]", has_text="Cy").wait_for()
    assert family.enter(family.cy, family.album) == "Hello Cy"


def test_a_session_is_ended_from_another_device(family, chromium):
    with chromium.window() as tablet:
        tablet.take_passkeys(family.bob.passkeys())
        page = family.open(tablet, "/login")
        page.locator("[data-passkey-form] button[type=submit]").click()
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(family.url("/settings/account"))
        other = page.locator("#sessions [data-session]", has=page.locator("[data-end]")).first
        other.locator("[data-end]").click()
        page.wait_for_function("() => document.querySelectorAll('#sessions [data-session]').length === 1")
    family.open(family.bob, "/settings/account")
    assert "/login" in family.bob.page.url, "the ended session still opens the account"


def test_bob_loses_his_passkey_and_is_let_in_again(family, chromium):
    bob = family.server.psql("SELECT id FROM users WHERE username = 'bob'")
    page = family.open(family.ada, f"/settings/admin/users/{bob}")
    page.locator("[data-remove-passkey]").first.click()
    page.locator("dialog#remove-passkey [data-confirm]").click()
    page.locator("#passkeys [data-passkey]").wait_for(state="detached")
    page.locator("[data-one-time-link]").first.click()
    page.locator("dialog#one-time-link [data-make-link]").click()
    family.confirm(family.ada)
    page.wait_for_function("() => document.querySelector('dialog#one-time-link [data-link]').textContent.includes('/lc/')")
    link = page.locator("dialog#one-time-link [data-link]").inner_text().strip()
    # The lost passkey opens nothing any more.
    page = family.open(family.bob, "/login")
    page.locator("[data-passkey-form] button[type=submit]").click()
    page.wait_for_function("() => document.querySelector('[data-status]').classList.contains('bad')")
    with chromium.window() as phone:
        phone.page.goto(link)
        phone.page.locator("[data-code-form] button[type=submit]").click()
        phone.page.wait_for_url(family.at("/signup/add-passkey"))
        phone.page.locator("[data-add-first]").click()
        phone.page.wait_for_url(lambda url: "/signup" not in url)
        assert family.enter(phone, family.album) == "Hello Bob"


def test_a_disabled_person_is_out_everywhere_at_the_next_request(family):
    assert family.enter(family.cy, family.diary) == "Hello Cy"
    token = family.diary.tokens["access_token"]
    page = family.open(family.ada, f"/settings/admin/users/{family.people['cy']}")
    page.locator("[data-disable]").click()
    page.locator("dialog#disable-user [data-confirm]").click()
    page.locator("[data-enable]").wait_for()
    family.open(family.cy, "/settings/account")
    assert "/login" in family.cy.page.url
    answer = requests.get(family.url("/api/oidc/userinfo"), headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert answer.status_code == 401
    page = family.open(family.cy, "/login")
    page.locator("[data-passkey-form] button[type=submit]").click()
    page.wait_for_function("() => document.querySelector('[data-status]').classList.contains('bad')")


def test_the_record_tells_the_story(family):
    page = family.open(family.ada, "/settings/audit-log/all")
    told = page.locator("main").inner_text()
    assert "cy" in told and "bob" in told.lower()
    events = set(family.server.psql("SELECT DISTINCT event FROM audit_log").split())
    assert {"SIGN_IN", "TOKEN_SIGN_IN", "ACCOUNT_CREATED", "PASSKEY_ADDED", "PASSKEY_REMOVED", "USER_CREATED", "USER_UPDATED",
            "GROUP_CREATED", "CLIENT_CREATED", "CLIENT_UPDATED", "SIGNUP_LINK_CREATED", "ONE_TIME_LINK_CREATED",
            "NEW_CLIENT_AUTHORIZATION", "CLIENT_AUTHORIZATION_REFUSED", "SETTINGS_UPDATED"} <= events, events


def test_no_page_broke_its_own_content_security_policy(family):
    for window in (family.ada, family.bob, family.cy):
        assert [each for each in window.complaints if "Content Security Policy" in each] == []

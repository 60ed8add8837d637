"""Leaving: what a person sees, and which apps learn of it. The logout plans' modules are in test_conformance_*_logout.py, apps
that sign their people out in test_relying_parties.py."""

import json
import re
from urllib.parse import urlencode

import pytest
import requests
from support.apache import ApacheApp
from support.client import Person
from support.relying_party import AuthlibApp
from support.server import Latchkey
from support.waiting import wait_for


class Desk:
    """A server, somebody at a window, and two apps that nobody here wrote the protocol of: a wiki on mod_auth_openidc, which
    takes logout tokens, and a notebook on Authlib, which writes down how it was told."""

    def __init__(self, server: Latchkey, window, notebook: AuthlibApp, wiki: ApacheApp):
        self.server, self.window, self.page, self.notebook, self.wiki = server, window, window.page, notebook, wiki
        self.visits = 0
        self.person = Person(server.url)
        self.person.set_up()
        self.notebook_client = self.person.create_client(
            "Notebook", notebook.redirect_uri, logoutCallbackURLs=[notebook.url + "/left"],
            backchannelLogoutURL=notebook.url + "/told", frontchannelLogoutURL=notebook.url + "/frame")
        notebook.connect(self.notebook_client)
        client = self.person.create_client("Wiki", wiki.redirect_uri, backchannelLogoutURL=wiki.backchannel)
        wiki.connect(client)

    def sign_in(self) -> None:
        """Here and at both apps."""
        self.person.sign_in()
        self.take_cookies(self.person)
        wiki = self.wiki_page()
        for address, arrived in ((self.notebook.url + "/login", self.notebook.url + "/"), (wiki, wiki)):
            self.page.goto(address)
            if "/interaction" in self.page.url:
                self.page.locator("[data-continue]").click()
            self.page.wait_for_url(arrived)
        for heard in (self.notebook.framed, self.notebook.told, self.notebook.returned):
            heard.clear()

    def wiki_page(self) -> str:
        """Asked for anew: the browser keeps a page that says nothing of how long for a few seconds."""
        self.visits += 1
        return f"{self.wiki.page}?{self.visits}"

    def take_cookies(self, person: Person) -> None:
        self.window.context.add_cookies([
            {"name": name, "value": value, "url": self.server.url}
            for name, value in person.http.cookies.get_dict().items()])

    def ask(self, how: str = "ask", **wishes: str) -> None:
        """The notebook asks us to sign its person out."""
        self.page.goto(f"{self.notebook.url}/{how}?{urlencode(wishes)}")

    def asked(self, **changes: str) -> dict[str, str]:
        return {"id_token_hint": self.notebook.tokens["id_token"], "state": "s 1",
                "post_logout_redirect_uri": self.notebook.url + "/left"} | changes

    def confirm(self) -> None:
        self.page.locator("[data-sign-out]").click()
        self.page.locator("[data-sign-out]").wait_for(state="detached")

    def comes_back(self) -> None:
        self.page.wait_for_url(lambda url: url.startswith(self.notebook.url + "/left"))

    def at(self, path: str) -> re.Pattern:
        return re.compile(re.escape(self.server.url + path) + r"(\?|$)")

    def wiki_knows_the_browser(self) -> bool:
        """Asked beside the page, with the browser's cookies."""
        answer = self.page.request.get(self.wiki.info, max_redirects=0)
        return answer.status == 200 and "userinfo" in json.loads(answer.text())

    def is_signed_in(self) -> bool:
        return self.page.request.get(self.server.url + "/api/users/me").status == 200


@pytest.fixture(scope="module")
def house(chromium, bare_server):
    with chromium.window() as window, AuthlibApp(bare_server.url) as notebook, ApacheApp(bare_server.url) as wiki:
        yield Desk(bare_server, window, notebook, wiki)


@pytest.fixture
def desk(house):
    house.notebook.answers = 200
    house.sign_in()
    assert house.wiki_knows_the_browser() and house.is_signed_in(), house.wiki.log()
    return house


def test_an_app_signs_its_person_out_and_the_other_app_learns_it_from_our_server(desk):
    desk.ask(**desk.asked())
    desk.comes_back()
    assert desk.notebook.returned == [{"state": "s 1"}] and not desk.is_signed_in()
    # The wiki's cookie is still in the browser; its session is over because our server told its server.
    wait_for(lambda: not desk.wiki_knows_the_browser(), "the wiki has been told", 20)
    desk.page.goto(desk.wiki_page())
    desk.page.wait_for_url(desk.at("/interaction"))


def test_frames_tell_apps_before_the_browser_returns(desk):
    known = len(desk.window.complaints)
    desk.ask(**desk.asked())
    desk.comes_back()
    assert desk.notebook.framed == [{"iss": desk.server.url, "sid": desk.notebook.claims["sid"]}]
    assert desk.window.complaints[known:] == []


def test_an_app_may_ask_by_post(desk):
    """The ID token, as long as fifty groups make it, stands in no address: logs keep those, and proxies bound them."""
    visited = []
    desk.page.on("request", lambda request: visited.append(request.url))
    desk.ask("asking", **desk.asked(), **{f"more{number}": "x" * 900 for number in range(7)})
    desk.page.locator("button").click()
    desk.comes_back()
    assert desk.notebook.returned == [{"state": "s 1"}] and not desk.is_signed_in()
    ours = [url for url in visited if url.startswith(desk.server.url)]
    assert ours and max(map(len, ours)) < 200, ours


def test_an_apps_server_may_post_what_no_browser_brings(desk):
    answer = requests.post(desk.server.url + "/api/oidc/end-session", desk.asked(), allow_redirects=False, timeout=20)
    assert answer.status_code == 303 and answer.headers["Location"].startswith(desk.notebook.url + "/left")
    assert not desk.is_signed_in(), "the hint names the session"


def test_signing_out_on_our_own_page_tells_every_app(desk):
    desk.page.goto(desk.server.url + "/logout")
    desk.confirm()
    assert desk.page.locator("h1").inner_text() == "You are signed out"
    assert "access_token" not in desk.window.cookies()
    wait_for(lambda: desk.notebook.told and desk.notebook.framed, "the notebook is told in both ways", 20)
    wait_for(lambda: not desk.wiki_knows_the_browser(), "the wiki has been told", 20)


def test_a_link_that_proves_nothing_asks_and_a_yes_leads_back_to_the_app_that_was_named(desk):
    desk.ask(**desk.asked(id_token_hint="", client_id=desk.notebook_client.id))
    assert desk.page.url.startswith(desk.server.url) and desk.is_signed_in()
    assert "Notebook" in desk.page.locator("main").inner_text()
    assert desk.notebook.returned == []
    desk.confirm()
    desk.comes_back()
    assert not desk.is_signed_in()


def test_a_hint_of_an_earlier_session_asks_and_the_answer_to_the_form_leads_back(desk):
    earlier = desk.notebook.tokens["id_token"]
    desk.sign_in()
    desk.ask(**desk.asked(id_token_hint=earlier))
    assert desk.page.url.startswith(desk.server.url) and desk.is_signed_in()
    # The redirect that answers the form leads to another origin: `form-action` must not stop it.
    desk.page.locator("[data-sign-out]").click()
    desk.comes_back()
    assert not desk.is_signed_in()


def test_an_address_that_is_not_registered_is_named_and_not_gone_to(desk):
    desk.ask(**desk.asked(post_logout_redirect_uri=desk.notebook.url + "/left?foo=bar"))
    desk.page.locator("h1", has_text="You are signed out").wait_for()
    assert "not registered" in desk.page.locator("main").inner_text()
    assert not desk.is_signed_in() and desk.notebook.returned == []


def test_staying_changes_nothing(desk):
    desk.ask(**desk.asked(id_token_hint=""))
    desk.page.locator("a", has_text="Stay").click()
    desk.page.wait_for_url(desk.at("/settings/account"))
    assert desk.is_signed_in() and desk.wiki_knows_the_browser()


def test_signing_out_works_without_scripts(desk, chromium):
    with chromium.window(java_script_enabled=False) as window:
        window.context.add_cookies(desk.window.context.cookies())
        window.page.goto(desk.server.url + "/logout")
        window.page.locator("[data-sign-out]").click()
        window.page.locator("h1", has_text="You are signed out").wait_for()
    assert not desk.is_signed_in()


def test_signing_out_everywhere_ends_other_browsers_and_what_apps_hold(desk):
    elsewhere = desk.person.another_browser()
    elsewhere.sign_in()
    desk.page.goto(desk.server.url + "/settings/account")
    desk.page.locator("a[href='/logout?everywhere=1']").click()
    desk.confirm()
    assert not desk.is_signed_in() and not elsewhere.is_signed_in()
    wait_for(lambda: desk.notebook.told and not desk.wiki_knows_the_browser(), "both apps are told", 20)
    answer = requests.get(
        f"{desk.server.url}/api/oidc/userinfo", timeout=20,
        headers={"Authorization": f"Bearer {desk.notebook.tokens['access_token']}"})
    assert answer.status_code == 401


def test_signing_out_leaves_no_refresh_token_that_works(desk):
    desk.page.goto(desk.server.url + "/logout")
    desk.confirm()
    answer = requests.post(
        f"{desk.server.url}/api/oidc/token", timeout=20, headers=desk.notebook_client.basic,
        data={"grant_type": "refresh_token", "refresh_token": desk.notebook.tokens["refresh_token"]})
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


def test_an_administrator_ends_a_session_and_the_apps_learn_of_it(desk):
    warden = desk.person.another_browser()
    warden.sign_in()
    warden.ok("DELETE", f"/api/users/{warden.user['id']}/sessions/{desk.notebook.claims['sid']}", status=204)
    wait_for(lambda: desk.notebook.told and not desk.wiki_knows_the_browser(), "both apps are told", 20)
    assert not desk.is_signed_in()


def test_an_app_that_does_not_answer_shows_on_its_page_and_is_told_when_somebody_tries_again(desk):
    desk.notebook.answers = 503
    desk.person.sign_out()
    warden = desk.person.another_browser()
    warden.sign_in()
    path = f"/api/oidc/clients/{desk.notebook_client.id}/logout-notices"
    wait_for(lambda: warden.ok("GET", path)["reason"] == "status", "the app has failed to answer", 20)
    desk.take_cookies(warden)
    desk.page.goto(f"{desk.server.url}/settings/admin/oidc-clients/{desk.notebook_client.id}")
    assert "503" in desk.page.locator("#notices").inner_text()
    desk.notebook.answers = 200
    desk.page.locator("[data-retry-notices]").click()
    wait_for(lambda: warden.ok("GET", path)["waiting"] == 0, "the app is told", 20)
    desk.page.locator("#notices").wait_for(state="detached")
    assert desk.notebook.told[-1].keys() == {"logout_token"}

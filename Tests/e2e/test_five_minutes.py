"""What a new administrator is led through: a second way in, the first person, the first app. Each can wait."""

import pytest
from support.browser import Window
from support.client import Person
from support.server import Latchkey
from support.waiting import wait_for


class Morning:
    """A fresh installation, its administrator, and their window in the same session: what needs the passkey anew is
    proven by the person's own authenticator."""

    def __init__(self, server: Latchkey, admin: Person, window: Window):
        self.server, self.admin, self.window, self.page = server, admin, window, window.page

    def open(self) -> None:
        self.page.goto(self.server.url + "/settings/start")

    def done(self) -> list[str]:
        return [each.get_attribute("data-step") for each in self.page.locator(".step.done").all()]

    def kept_link(self) -> str:
        """The link that is shown this once."""
        box = self.page.locator("dialog#kept-link")
        box.wait_for()
        link = box.locator("[data-link]").inner_text()
        assert link.startswith(self.server.url + "/")
        box.locator("button[value=kept]").click()
        box.wait_for(state="hidden")
        wait_for(lambda: link not in self.page.content(), "the page has forgotten the link")
        return link


@pytest.fixture
def morning(chromium):
    with Latchkey() as server, chromium.window() as window:
        admin = Person(server.url)
        admin.set_up()
        window.context.add_cookies(
            [{"name": each.name, "value": each.value, "url": server.url} for each in admin.http.cookies])
        yield Morning(server, admin, window)


def test_set_up_leads_to_the_first_steps_and_they_can_all_be_put_away(chromium, bare_server):
    with chromium.window() as window:
        page = window.page
        page.goto(bare_server.url + "/setup")
        for field, value in (("firstName", "Ada"), ("username", "ada"), ("email", "ada@example.org")):
            page.locator(f"#{field}").fill(value)
        page.locator("[data-set-up-form] button[type=submit]").click()
        page.wait_for_url("**/settings/start")
        assert page.locator(".step").count() == 3 and page.locator(".step.done").count() == 0
        page.get_by_role("link", name="Later").click()
        page.wait_for_url("**/settings/account")
        page.get_by_role("link", name="First steps").click()
        page.locator("[data-skip=firstPerson]").click()
        page.locator("[data-skip=firstPerson]").wait_for(state="detached")
        assert "Skipped" in page.locator("[data-step=firstPerson]").inner_text()
        page.reload()
        assert page.locator("[data-skip]").count() == 2, "what was skipped stays skipped"
        page.locator("[data-dismiss]").click()
        page.wait_for_url("**/settings/account")
        assert page.get_by_role("link", name="First steps").count() == 0
        page.goto(bare_server.url + "/settings/start")
        assert page.locator("[data-recovery]").is_visible(), "what was put away can still be done"
        assert [each for each in window.complaints if "Content Security Policy" in each] == []


def test_all_three_are_done_and_each_says_so(morning):
    page = morning.page
    morning.open()

    morning.admin.prove("add-passkey")
    page.locator("[data-add-passkey]").click()
    page.locator("[data-step=secondWay].done").wait_for()
    assert len(morning.window.passkeys()) == 1 and morning.done() == ["secondWay"]

    morning.admin.prove("one-time-link")
    page.locator("[data-invite]").click()
    box = page.locator("dialog#invite")
    box.locator("#firstName").fill("Grace")
    box.locator("#lastName").fill("Hopper")
    box.locator("#username").fill("ada")
    box.locator("#email").fill("grace@example.org")
    box.locator("[data-confirm]").click()
    box.locator("#username-error").wait_for()
    box.locator("#username").fill("grace")
    box.locator("[data-confirm]").click()
    link = morning.kept_link()
    page.locator("[data-step=firstPerson].done").wait_for()
    guest = Person(morning.server.url)
    guest.ok("POST", f"/api/one-time-access-token/{link.rsplit('/', 1)[1]}", {})
    assert guest.ok("GET", "/api/users/me")["displayName"] == "Grace Hopper"

    page.locator("[data-step=firstApp] a").click()
    page.wait_for_url("**/oidc-clients/new")
    morning.admin.create_client("Notebook")
    morning.open()
    assert morning.done() == ["secondWay", "firstPerson", "firstApp"]
    page.goto(morning.server.url + "/settings/account")
    assert page.get_by_role("link", name="First steps").count() == 0


def test_a_recovery_link_is_a_second_way_in_and_lets_its_owner_in_once(morning):
    page = morning.page
    morning.open()
    morning.admin.prove("one-time-link")
    page.locator("[data-recovery]").click()
    link = morning.kept_link()
    page.locator("[data-step=secondWay].done").wait_for()
    # The day that the passkey is lost.
    lost = Person(morning.server.url)
    assert lost.page(link).status_code == 200
    lost.ok("POST", f"/api/one-time-access-token/{link.rsplit('/', 1)[1]}", {})
    assert lost.is_signed_in()
    morning.open()
    assert morning.done() == [], "a link that was used is no way back any more"


def test_the_first_steps_are_an_administrators(morning):
    stranger = Person(morning.server.url)
    answer = stranger.page("/settings/start")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    assert stranger.call("POST", "/api/first-steps/skip", {"steps": []}).status_code == 401

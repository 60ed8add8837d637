"""Every page by keyboard, on a phone and on a desk, in both themes, for people who see it and people who hear it."""

import json
import re
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.browser import DESKTOP, PHONE
from support.client import Client, Request

# What a person can act on and what assistive software would call it. The browser computes the name; a control that has
# none is one that nobody who cannot see it can use.
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, [role=button], [role=switch], [tabindex='0']"


def as_admin(window, admin) -> None:
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])


def open_sign_in(window, admin, client):
    window.page.goto(admin.url + "/login")


def open_sign_in_for_an_app(window, admin, client):
    window.page.goto(authorization(admin, client))


def open_login_code(window, admin, client):
    window.page.goto(admin.url + "/lc/made-up-code")


def open_consent(window, admin, client):
    as_admin(window, admin)
    window.page.goto(authorization(admin, client))


def open_posted_answer(window, admin, client):
    """The page that posts an answer, held before it does."""
    window.page.route(re.compile(r"/form-post[^/]*\.js"), lambda route: route.fulfill(
        body="", content_type="text/javascript"))
    request = Request(client, more={"response_mode": "form_post"})
    answer = admin.authorize(request)
    if answer.is_redirect:
        admin.finish_interaction(admin.interaction_of(answer))
    as_admin(window, admin)
    window.page.goto(admin.url + "/authorize?" + urlencode(request.parameters()))
    assert window.page.locator("[data-form-post] button").is_visible()


def open_account(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/account")


def open_clients(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/admin/oidc-clients")


def open_new_client(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/admin/oidc-clients/new?app=other")


def open_known_apps(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/admin/oidc-clients/new")


def open_known_app(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/admin/oidc-clients/new?app=adventure-log")


def open_connected_app(window, admin, client):
    as_admin(window, admin)
    made = admin.create_client("Papers", "https://papers.example.com/accounts/oidc/sso/login/callback/")
    admin.ok("PUT", f"/api/oidc/clients/{made.id}/known-app", {"knownApp": "paperless-ngx"}, status=204)
    window.page.goto(f"{admin.url}/settings/admin/oidc-clients/{made.id}/connect")


def open_first_steps(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/start")


def open_own_refused_redirect(window, admin, client):
    as_admin(window, admin)
    window.page.goto(authorization(admin, Client(client.id, None, "https://evil.example/" + "long/" * 40)))


def open_client(window, admin, client):
    as_admin(window, admin)
    window.page.goto(f"{admin.url}/settings/admin/oidc-clients/{client.id}")


def open_client_unfolded(window, admin, client):
    open_client(window, admin, client)
    for each in window.page.locator("details.fold").all():
        each.evaluate("each => each.open = true")


def open_activity(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/audit-log")


def open_record(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/audit-log/all?filters[event]=SIGN_IN")
    for each in window.page.locator("details").all():
        each.evaluate("each => each.open = true")


def open_signing_keys(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/settings/admin/signing-keys")


def open_sign_out(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/logout")


def open_sign_out_everywhere(window, admin, client):
    as_admin(window, admin)
    window.page.goto(admin.url + "/logout?everywhere=1")


def open_signed_out(window, admin, client):
    window.page.goto(admin.url + f"/api/oidc/end-session?client_id={client.id}&post_logout_redirect_uri=https://a.example/")


def open_refused_redirect(window, admin, client):
    window.page.goto(authorization(admin, Client(client.id, None, "https://evil.example/" + "long/" * 40)))


def open_not_found(window, admin, client):
    window.page.goto(admin.url + "/no/such/page")


def authorization(admin, client) -> str:
    return admin.url + "/authorize?" + urlencode(Request(client).parameters())


PAGES = [
    open_sign_in,
    open_sign_in_for_an_app,
    open_login_code,
    open_consent,
    open_posted_answer,
    open_account,
    open_clients,
    open_new_client,
    open_known_apps,
    open_known_app,
    open_connected_app,
    open_client,
    open_client_unfolded,
    open_sign_out,
    open_sign_out_everywhere,
    open_signed_out,
    open_refused_redirect,
    open_not_found,
    open_first_steps,
    open_own_refused_redirect,
    open_activity,
    open_record,
    open_signing_keys,
]


@pytest.fixture(scope="module")
def long_client(server):
    """A client whose name and addresses are as long as they may be."""
    person = server.first_admin.another_browser()
    person.sign_in()
    return person.create_client("W" * 50, "http://127.0.0.1:9/" + "callback-with-a-very-long-name" * 6)


def nameless(page) -> list[str]:
    """The visible controls for which the browser finds no accessible name."""
    found = []
    for control in page.locator(CONTROLS).all():
        if control.is_visible() and not accessible_name(page, control):
            found.append(control.evaluate("each => each.outerHTML.slice(0, 160)"))
    return found


def accessible_name(page, control) -> str:
    return control.evaluate("""each => {
      const text = (id) => document.getElementById(id)?.textContent ?? '';
      const by = each.getAttribute('aria-labelledby');
      const label = [...(each.labels ?? [])].map((one) => one.textContent).join(' ');
      const image = [...each.querySelectorAll('img[alt], svg[aria-label]')]
        .map((one) => one.getAttribute('alt') ?? one.getAttribute('aria-label')).join(' ');
      return [each.getAttribute('aria-label'), by && by.split(/\\s+/).map(text).join(' '), label, each.innerText, image,
        each.getAttribute('title')].map((one) => (one ?? '').trim()).find(Boolean) ?? '';
    }""")


def assert_fits_and_speaks(window) -> None:
    """At the width of a phone and of a desk: nothing to scroll sideways, and every control has a name."""
    page = window.page
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        wide = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"scrolls sideways: {wide} at {page.url}"
        assert nameless(page) == []
    assert page.locator("h1").count() == 1 and page.locator("main").count() == 1
    assert page.title() and page.locator("html").get_attribute("lang")


def assert_axe_finds_nothing(window) -> None:
    """In both themes."""
    for theme in ("light", "dark"):
        window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        told = [{"rule": each["id"], "help": each["help"], "where": [node["html"][:200] for node in each["nodes"]],
                 "why": each["nodes"][0].get("failureSummary", "")[:300]}
                for each in Axe().run(window.page).response["violations"]]
        assert told == [], f"{theme}: {json.dumps(told, indent=1)}"


@pytest.mark.parametrize("open_page", PAGES, ids=lambda each: each.__name__.removeprefix("open_"))
def test_a_page_fits_its_window_names_its_controls_and_passes_axe(chromium, admin, long_client, open_page):
    with chromium.window() as window:
        open_page(window, admin, long_client)
        assert_fits_and_speaks(window)
        assert_axe_finds_nothing(window)


def test_the_set_up_page_fits_its_window_names_its_controls_and_passes_axe(chromium, bare_server):
    with chromium.window() as window:
        window.page.goto(bare_server.url + "/setup")
        assert_fits_and_speaks(window)
        assert_axe_finds_nothing(window)


def focus_on(page, selector: str, key: str = "Tab", steps: int = 40) -> None:
    """Presses Tab until the control has the focus, as somebody without a mouse would."""
    for _ in range(steps):
        if page.evaluate("selector => !!document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_setting_up_signing_out_and_in_and_consenting_work_by_keyboard_alone(chromium, bare_server):
    with chromium.window() as window:
        page = window.page
        page.goto(bare_server.url + "/setup")
        for field, text in (("#firstName", "Grace"), ("#username", "grace"), ("#email", "grace@example.org")):
            focus_on(page, field)
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/setup" not in url)

        page.goto(bare_server.url + "/logout")
        focus_on(page, "[data-sign-out]")
        page.keyboard.press("Enter")
        page.wait_for_function("() => !document.querySelector('[data-sign-out]')")

        page.goto(bare_server.url + "/login")
        focus_on(page, "[data-passkey-form] button[type=submit]")
        ring = page.evaluate("() => { const s = getComputedStyle(document.activeElement);"
                             " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }")
        assert ring, "the focused button shows no ring"
        page.keyboard.press("Space")
        page.wait_for_url(lambda url: "/login" not in url)

        page.goto(bare_server.url + "/settings/admin/oidc-clients/new?app=other")
        focus_on(page, "#name")
        page.keyboard.type("Keyboard")
        focus_on(page, "#callbackURLs")
        page.keyboard.type("http://127.0.0.1:9/callback")
        focus_on(page, "[data-new-client] button[type=submit]")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/oidc-clients/" in url and "/new" not in url)
        client = Client(page.url.rsplit("/", 1)[1], None)

        asked = Request(client)
        from urllib.parse import urlencode
        page.goto(bare_server.url + "/authorize?" + urlencode(asked.parameters()))
        focus_on(page, "[data-continue]")
        with page.expect_request(lambda each: each.url.startswith(client.redirect_uri)) as sent:
            page.keyboard.press("Enter")
        assert f"state={asked.state}" in sent.value.url


def test_a_dialog_keeps_the_focus_and_gives_it_back(chromium, admin, long_client):
    with chromium.window() as window:
        open_client(window, admin, long_client)
        page = window.page
        focus_on(page, "[data-delete-client]", steps=80)
        page.keyboard.press("Enter")
        page.locator("dialog#delete-client").wait_for()
        assert page.evaluate("() => document.activeElement.closest('dialog')?.id") == "delete-client"
        page.keyboard.press("Escape")
        page.locator("dialog#delete-client").wait_for(state="hidden")
        assert page.evaluate("() => 'deleteClient' in document.activeElement.dataset")

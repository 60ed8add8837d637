"""What an authorization request may ask for, over real HTTP and in a real browser: how the answer travels, single claims,
how somebody proved who they are, languages, patterns of redirect URIs."""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from support.browser import Window
from support.client import REDIRECT_URI, Client, Request, exchange, query, userinfo
from support.waiting import wait_for


class App:
    """An app's address: takes what is posted to /callback, and sends the browser on to `onward`."""

    def __init__(self, onward: str | None = None):
        self.posted: list[dict[str, str]] = []
        self.queries: list[str] = []
        self.origins: list[str | None] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                app.posted.append(dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True)))
                app.queries.append(urlsplit(self.path).query)
                app.origins.append(self.headers.get("Origin"))
                self.send_response(303)
                self.send_header("Location", onward or "/home")
                self.end_headers()

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><link rel=icon href='data:,'><title>App</title><h1>Home</h1>")

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


def as_admin(window: Window, admin) -> None:
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])


def arrive(window: Window, url: str) -> None:
    """Waits for the browser to be there. The page that posts never finishes loading: the form is on its way before."""
    wait_for(lambda: window.page.evaluate("location.href") == url, f"the browser at {url}")


def address(admin, request: Request) -> str:
    return requests.Request("GET", admin.url + "/authorize", params=request.parameters()).prepare().url


def form_of(text: str) -> tuple[str, dict[str, str]]:
    """Target and fields of the page that posts an answer."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text))
    return re.search(r'<form[^>]* method="post" action="([^"]*)"', text).group(1), fields


def claims_of(token: str) -> dict:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


# Response modes

def test_a_posted_answer_reaches_the_app_by_itself_and_nothing_of_it_stands_in_an_address(window, admin):
    with App() as app:
        request = Request(admin.create_client("Post", app.url + "/callback?tenant=1"), more={"response_mode": "form_post"})
        as_admin(window, admin)
        seen = []
        window.page.on("request", lambda each: seen.append(each.url))
        window.page.goto(address(admin, request))
        window.page.locator("[data-continue]").click()
        arrive(window, app.url + "/home")
        answer = app.posted[0]
        assert app.queries == ["tenant=1"] and app.origins == [admin.url] and set(answer) == {"code", "state", "iss"}
        assert answer["state"] == request.state and answer["iss"] == admin.url
        assert exchange(admin.url, request, answer["code"]).status_code == 200
        assert not [each for each in seen if answer["code"] in each or "iss=" in each]
        # The second time nothing is asked, and the answer comes at once.
        window.page.goto(address(admin, request))
        arrive(window, app.url + "/home")
        assert len(app.posted) == 2 and window.complaints == []


def test_going_back_to_the_page_that_posted_posts_nothing_again(window, admin):
    with App() as app:
        request = Request(admin.create_client("Post", app.url + "/callback"), more={"response_mode": "form_post"})
        admin.finish_interaction(admin.interaction_of(admin.authorize(request)))
        as_admin(window, admin)
        window.page.goto(admin.url + "/login/alternative")
        window.page.goto(address(admin, request))
        arrive(window, app.url + "/home")
        before = len(app.posted)
        window.page.go_back()
        window.page.wait_for_load_state("networkidle")
        assert len(app.posted) == before


def test_an_app_may_send_the_browser_on_to_another_host_after_a_posted_answer(window, admin):
    with App() as other, App(onward=other.url + "/home") as app:
        request = Request(admin.create_client("Post", app.url + "/callback"), more={"response_mode": "form_post"})
        as_admin(window, admin)
        window.page.goto(address(admin, request))
        window.page.locator("[data-continue]").click()
        arrive(window, other.url + "/home")
        assert window.complaints == []


def test_without_scripts_a_button_posts_the_answer(chromium, admin):
    with App() as app, chromium.window(java_script_enabled=False) as window:
        request = Request(admin.create_client("Post", app.url + "/callback"), more={"response_mode": "form_post"})
        admin.finish_interaction(admin.interaction_of(admin.authorize(request)))
        as_admin(window, admin)
        window.page.goto(address(admin, request))
        window.page.get_by_role("button", name="Continue").click()
        arrive(window, app.url + "/home")
        assert "code" in app.posted[0]


def test_declining_is_posted_too(window, admin):
    with App() as app:
        request = Request(admin.create_client("Post", app.url + "/callback"), more={"response_mode": "form_post"})
        as_admin(window, admin)
        window.page.goto(address(admin, request))
        window.page.get_by_role("button", name="Cancel").click()
        arrive(window, app.url + "/home")
        assert app.posted[0]["error"] == "access_denied" and app.posted[0]["state"] == request.state


def test_giving_up_works_before_any_script_has_run(chromium, admin):
    with App() as app, chromium.window(java_script_enabled=False) as window:
        request = Request(admin.create_client("Given up", app.url + "/callback"))
        # Where nobody is signed in, and where somebody is asked for their consent.
        for sign_in in (lambda: None, lambda: as_admin(window, admin)):
            sign_in()
            window.page.goto(address(admin, request))
            window.page.get_by_role("button", name="Cancel").click()
            window.page.wait_for_url(app.url + "/callback?**")
            assert "error=access_denied" in window.page.url and f"state={request.state}" in window.page.url


def test_two_apps_opened_at_once_in_a_browser_without_cookies_both_go_on(chromium, admin):
    asked = [Request(admin.create_client(name, REDIRECT_URI)) for name in ("One", "Other")]
    with chromium.window() as window:
        pages = [window.page, window.context.new_page()]
        for page, request in zip(pages, asked, strict=True):
            page.evaluate("url => { location.href = url }", address(admin, request))
        for page in pages:
            page.get_by_role("button", name="Continue with a passkey").wait_for()
            page.reload()
            page.get_by_role("button", name="Continue with a passkey").wait_for()


def test_the_json_calls_lead_to_the_page_that_posts_and_tell_nothing_themselves(admin, client):
    request = Request(client, more={"response_mode": "form_post"})
    interaction = admin.interaction_of(admin.authorize(request))
    location = admin.finish_interaction(interaction)
    assert location == f"{admin.url}/interaction?interaction={interaction}"
    # Nothing was issued yet, and only this browser can have it.
    thief = admin.another_browser()
    thief.sign_in()
    assert thief.page(location).status_code == 403
    page = admin.page(location)
    target, fields = form_of(page.text)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert target == client.redirect_uri and fields["state"] == request.state
    assert exchange(admin.url, request, fields["code"]).status_code == 200
    assert admin.page(location).status_code == 410


def test_a_refusal_of_a_posted_request_is_posted(admin, client):
    request = Request(client, more={"response_mode": "form_post", "response_type": "token"})
    answer = requests.post(admin.url + "/authorize", data=request.parameters(), allow_redirects=False)
    target, fields = form_of(answer.text)
    assert target == client.redirect_uri and fields["error"] == "unsupported_response_type"
    assert fields["state"] == request.state and fields["iss"] == admin.url


def test_an_answer_in_the_fragment_stands_in_no_query(admin, client):
    request = Request(client, more={"response_mode": "fragment"})
    admin.finish_interaction(admin.interaction_of(admin.authorize(request)))
    parts = urlsplit(admin.authorize(request).headers["Location"])
    told = dict(parse_qsl(parts.fragment))
    assert parts.query == "" and told["state"] == request.state and told["iss"] == admin.url
    assert exchange(admin.url, request, told["code"]).status_code == 200


# Claims and how somebody proved who they are

def test_a_single_claim_is_consented_to_by_name_and_stands_where_it_was_asked_for(window, admin, client):
    claims = json.dumps({"userinfo": {"name": {"essential": True}}, "id_token": {"email": None}})
    request = Request(client, scope="openid", more={"claims": claims})
    as_admin(window, admin)
    window.page.goto(address(admin, request))
    shown = window.page.locator("ul.sees").inner_text()
    assert "Your name and username" in shown and "Your e-mail address" in shown
    tokens = admin.tokens_for(request)
    said = claims_of(tokens["id_token"])
    told = userinfo(admin.url, tokens["access_token"]).json()
    assert said["email"] and "name" not in said
    assert told["name"] == "Ada Lovelace" and "email" not in told


def test_an_essential_acr_steps_a_session_by_code_up(admin, client, server):
    somebody = admin.another_browser()
    somebody.sign_in()
    server.psql("UPDATE sessions SET amr = '{otp}' WHERE created_at = (SELECT max(created_at) FROM sessions)")
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": ["phr"]}}})
    interaction = somebody.interaction_of(somebody.authorize(Request(client, more={"claims": claims})))
    assert somebody.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"] == "reauthenticate"
    request = Request(client, more={"claims": claims})
    said = claims_of(somebody.tokens_for(request)["id_token"])
    assert said["acr"] == "phr" and said["amr"] == ["otp", "phr", "pop", "user", "mfa"]


def test_an_essential_acr_that_nobody_has_is_refused_in_its_own_words(admin, client):
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": "urn:mace:incommon:iap:silver"}}})
    request = Request(client, more={"claims": claims})
    told = query(admin.authorize(request).headers["Location"])
    assert told["error"] == "unmet_authentication_requirements" and told["state"] == request.state


@pytest.mark.parametrize("spoil", [
    lambda hint: "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + hint.split(".")[1] + ".",
    lambda hint: hint[:-6] + "AAAAAA",
    lambda hint: hint.split(".")[0] + "." + hint.split(".")[0] + "." + hint.split(".")[2],
])
def test_a_hint_that_is_none_of_ours_is_login_required_when_nobody_may_be_asked(admin, client, spoil):
    hint = admin.tokens_for(Request(client))["id_token"]
    silent = admin.authorize(Request(client, more={"prompt": "none", "id_token_hint": spoil(hint)}))
    assert query(silent.headers["Location"])["error"] == "login_required"
    assert "code" in query(admin.authorize(Request(client, more={"id_token_hint": spoil(hint)})).headers["Location"])


# Words

@pytest.mark.parametrize("asked, spoken", [("se", "en"), ("se zh-CN", "zh-CN"), ("zh-TW en", "zh-CN"), ("", "en")])
def test_the_pages_of_a_request_speak_its_language_where_the_person_chose_none(admin, client, asked, spoken):
    somebody = admin.another_browser()
    answer = somebody.authorize(Request(client, more={"ui_locales": asked}))
    page = somebody.page(answer.headers["Location"])
    assert f'lang="{spoken}"' in page.text
    somebody.http.cookies.set("locale", "en")
    assert 'lang="en"' in somebody.page(answer.headers["Location"]).text


def test_offline_access_is_a_sentence_of_its_own(window, admin, client):
    as_admin(window, admin)
    window.page.goto(address(admin, Request(client, scope="openid offline_access")))
    assert "even after you sign out here" in window.page.locator("ul.sees").inner_text()


# Patterns

def test_patterns_count_for_the_client_that_they_were_chosen_for_and_cannot_be_got_around(server, admin):
    client = admin.create_client("Patterns", REDIRECT_URI)
    pattern = "https://*.app.example/cb/*"
    server.psql(f"UPDATE clients SET callback_urls = ARRAY['{pattern}'] WHERE id = '{client.id}'")

    def accepted(uri: str) -> bool:
        answer = admin.authorize(Request(Client(client.id, client.secret, uri)))
        return answer.is_redirect and "/interaction?" in answer.headers["Location"]
    good = "https://eu.app.example/cb/1"
    assert not accepted(good)
    server.psql(f"UPDATE clients SET callback_patterns = true WHERE id = '{client.id}'")
    assert accepted(good)
    for hostile in (
            "https://eu.app.example@evil.example/cb/1", "https://evil.example\\.app.example/cb/1",
            "https://evil.example/.app.example/cb/1", "https://evil.example%2f.app.example/cb/1",
            "https://evil.example#.app.example/cb/1", "https://evil.example?.app.example/cb/1",
            "https://a.b.app.example/cb/1", "https://app.example/cb/1", "https://eu.app.example./cb/1",
            "https://eu.app.example:8443/cb/1", "https://eu.app.example/cb/1/2", "https://eu.app.example/cb/..%2f1",
            "https://eu.app.example/cb/../1", "https://eu.app.example/cb/1%2f2", "https://eu.app.example/cb/",
            "http://eu.app.example/cb/1", "https://eu.app.example/cb/1?x=1", "https://eu.app.example/cb/1#x",
            "https://еu.app.example/cb/1", "https://eu。app.example/cb/1", "https://eu\t.app.example/cb/1",
            "HTTPS://eu.app.example/cb/1", "javascript://eu.app.example/cb/1"):
        assert not accepted(hostile), hostile

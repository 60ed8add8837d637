"""What the authorization endpoint refuses, where it says so, and what a person sees of it."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from support.client import REDIRECT_URI, Client, Request, query
from support.relying_party import AuthlibApp


def refused_on_a_page(person, **changes) -> str:
    """Asks, expects a page of ours with an error status, and returns its text."""
    request = Request(changes.pop("client"), more=changes)
    answer = person.authorize(request)
    if answer.is_redirect:
        assert answer.headers["Location"].startswith((person.url + "/interaction/error", "/interaction/error"))
        answer = person.page(answer.headers["Location"])
    assert answer.status_code in (400, 403, 404), answer.status_code
    assert answer.headers["Content-Type"].startswith("text/html")
    return re.sub(r"<[^>]+>|\s+", " ", answer.text.split("<main")[1])


def refused_by_redirect(person, client: Client, **changes) -> dict[str, str]:
    """Asks, expects an error response (RFC 6749 §4.1.2.1) with state and iss (RFC 9207 §2)."""
    request = Request(client, **{key: changes.pop(key) for key in ("verifier", "scope") if key in changes}, more=changes)
    answer = person.authorize(request)
    assert answer.status_code in (302, 303), f"{answer.status_code} {answer.text[:300]}"
    location = answer.headers["Location"]
    assert location.startswith(client.redirect_uri + "?"), location
    told = query(location)
    assert told["iss"] == person.url and told.get("state") == request.parameters().get("state")
    assert "code" not in told
    return told


# Before client and redirect URI are proven: a page

@pytest.mark.parametrize("spoiled", [
    "https://evil.example/callback",
    REDIRECT_URI + "/",
    REDIRECT_URI + "?x=1",
    REDIRECT_URI + "#x",
    REDIRECT_URI.replace("http:", "https:"),
    REDIRECT_URI.replace("callback", "Callback"),
    REDIRECT_URI.replace("callback", "x/../callback"),
    REDIRECT_URI.replace("callback", "%63allback"),
    REDIRECT_URI.replace("127.0.0.1", "127.0.0.1@evil.example"),
    REDIRECT_URI.replace("127.0.0.1:9", "evil.example#@127.0.0.1:9"),
    REDIRECT_URI.replace("127.0.0.1:9/", "127.0.0.1:9\\@evil.example/"),
    REDIRECT_URI.replace("127.0.0.1", "127.0.0.1."),
    REDIRECT_URI.replace("127.0.0.1", "0177.0.0.1"),
    REDIRECT_URI.replace("127.0.0.1", "localhost"),
    "http://127.0.0.1:9/\tcallback",
    "javascript:alert(1)",
    "data:text/html,x",
    "//127.0.0.1:9/callback",
    "",
])
def test_a_redirect_uri_that_is_not_registered_ends_on_a_page(admin, client, spoiled):
    assert "App not set up right" in refused_on_a_page(admin, client=client, redirect_uri=spoiled)


def test_a_loopback_redirect_uri_may_have_any_port(admin, client):
    request = Request(client, more={"redirect_uri": REDIRECT_URI.replace(":9/", ":51004/")})
    assert admin.interaction_of(admin.authorize(request))


def test_an_unknown_client_ends_on_a_page(admin, client):
    assert "App not known here" in refused_on_a_page(admin, client=Client("no-such-client", None))


def test_a_request_without_a_client_ends_on_a_page(admin, client):
    refused_on_a_page(admin, client=client, client_id=None)


def test_two_clients_in_one_request_end_on_a_page_that_names_the_parameter(admin, client):
    text = requests.get(f"{admin.url}/authorize?{urlencode(Request(client).parameters())}&client_id=other",
                        allow_redirects=False).text
    assert "client_id" in text


def test_two_redirect_uris_in_one_request_end_on_a_page_that_names_the_parameter(admin, client):
    answer = requests.get(f"{admin.url}/authorize?{urlencode(Request(client).parameters())}"
                          f"&redirect_uri=https://evil.example/", allow_redirects=False)
    assert answer.status_code == 400 and "redirect_uri" in answer.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("parameter", ["request", "request_uri"])
def test_what_stands_only_in_a_request_object_is_not_there(admin, client, name, parameter):
    refused_on_a_page(admin, client=client, **{name: None, parameter: "eyJhbGciOiJub25lIn0.e30."})


def test_what_is_refused_on_a_page_writes_nothing(server, admin, client):
    def rows() -> str:
        return server.psql("SELECT count(*) FROM interactions")
    before = rows()
    refused_on_a_page(admin, client=client, redirect_uri="https://evil.example/callback")
    refused_on_a_page(admin, client=Client("no-such-client", None))
    assert rows() == before


# After they are proven: by redirect, in RFC 6749's form

def test_prompt_none_without_a_session_is_login_required(admin, client):
    told = refused_by_redirect(admin.another_browser(), client, prompt="none")
    assert told["error"] == "login_required"


def test_prompt_none_without_consent_is_consent_required(admin, client):
    assert refused_by_redirect(admin, client, prompt="none")["error"] in ("consent_required", "interaction_required")


def test_prompt_none_with_session_and_consent_is_silent(admin, client):
    first = admin.tokens_for(Request(client))
    answer = admin.authorize(Request(client, more={"prompt": "none"}))
    assert "code" in query(answer.headers["Location"]) and first["id_token"]


def test_prompt_none_with_the_hint_of_the_same_person_is_silent(admin, client):
    hint = admin.tokens_for(Request(client))["id_token"]
    answer = admin.authorize(Request(client, more={"prompt": "none", "id_token_hint": hint}))
    assert "code" in query(answer.headers["Location"])


def test_prompt_none_beside_another_prompt_is_refused(admin, client):
    assert refused_by_redirect(admin, client, prompt="none login")["error"] == "invalid_request"


@pytest.mark.parametrize("changes", [
    {"code_challenge_method": "plain"}, {"code_challenge_method": None}, {"code_challenge_method": "S512"}])
def test_pkce_other_than_s256_is_refused_with_the_sentence_that_helps(admin, client, changes):
    told = refused_by_redirect(admin, client, **changes)
    assert told["error"] == "invalid_request"
    assert "code_challenge_method=S256" in told["error_description"]


@pytest.mark.parametrize("settings", [{"isPublic": True}, {"pkceEnabled": True}])
def test_a_client_that_has_to_use_pkce_is_told_so(admin, settings):
    told = refused_by_redirect(admin, admin.create_client(**settings), verifier=None)
    assert told["error"] == "invalid_request" and "S256" in told["error_description"]


@pytest.mark.parametrize("changes, error", [
    ({"response_type": None}, ("invalid_request", "unsupported_response_type")),
    ({"response_type": "token"}, ("unsupported_response_type",)),
    ({"response_type": "code id_token"}, ("unsupported_response_type",)),
    ({"response_mode": "web_message"}, ("invalid_request",)),
    ({"request": "e30.e30."}, ("request_not_supported",)),
    ({"request_uri": "https://app.example/r"}, ("request_uri_not_supported",)),
    ({"prompt": "none login"}, ("invalid_request",)), ({"prompt": "dance"}, ("invalid_request",)),
    ({"max_age": "-1"}, ("invalid_request",)),
    ({"code_challenge": "too-short"}, ("invalid_request",)),
    ({"claims": "{"}, ("invalid_request",)),
])
def test_what_cannot_be_done_is_told_to_the_client(admin, client, changes, error):
    told = refused_by_redirect(admin, client, **changes)
    assert told["error"] in error
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", told["error_description"])


@pytest.mark.parametrize("name", ["scope", "nonce", "code_challenge", "foo"])
def test_a_parameter_sent_twice_is_refused_and_named(admin, client, name):
    request = Request(client)
    pairs = list(request.parameters().items()) + [(name, "one"), (name, "two")]
    answer = admin.page("/authorize?" + urlencode(pairs))
    assert answer.headers["Location"].startswith(client.redirect_uri)
    told = query(answer.headers["Location"])
    assert told["error"] == "invalid_request" and name in told["error_description"] and told["state"] == request.state


@pytest.mark.parametrize("more", [
    {"ui_locales": "se fr"}, {"claims_locales": "se"}, {"display": "popup"}, {"acr_values": "1 2"},
    {"login_hint": "buffy@example.org"}, {"extra": "foobar"}, {"nonce": None}, {"state": None},
    {"scope": "openid unknown"}, {"scope": "openid phone address"}, {"id_token_hint": "x"},
    {"claims": '{"id_token":{"acr":{"values":["urn:mace:silver"]},"phone_number":{"essential":true}}}'}])
def test_what_is_only_a_hint_is_never_a_reason_to_refuse(admin, client, more):
    assert admin.interaction_of(admin.authorize(Request(client, more=more)))


# The interaction

def test_an_interaction_opened_in_another_browser_releases_no_code(admin, client):
    interaction = admin.interaction_of(admin.authorize(Request(client)))
    thief = admin.another_browser()
    thief.sign_in()
    page = thief.page(f"/interaction?interaction={interaction}")
    assert page.status_code in (400, 403, 404, 410) and "Location" not in page.headers
    for method, path, body in (("GET", "", None), ("POST", "/complete", {"step": "consent"}), ("POST", "/cancel", {})):
        answer = thief.call(method, f"/api/oidc/interactions/{interaction}{path}", body)
        assert answer.status_code in (403, 404, 410), f"{path}: {answer.status_code} {answer.text}"
        assert "redirectUrl" not in answer.text
    # Where it began, it goes on as if nothing had happened.
    assert "code" in query(admin.finish_interaction(interaction))


def test_a_request_posted_by_another_site_is_posted_once_more_by_a_page_of_ours(server, admin, client):
    """The POST comes without cookies and sets none: it must not overwrite those that the browser holds back."""
    request = Request(client)
    foreign = {"Origin": "http://127.0.0.1:9", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    before = server.psql("SELECT count(*) FROM interactions")
    posted = requests.post(admin.url + "/authorize", request.parameters(), allow_redirects=False, headers=foreign)
    assert posted.status_code == 200 and "Set-Cookie" not in posted.headers and "data-form-post" in posted.text
    assert server.psql("SELECT count(*) FROM interactions") == before
    ours = {"Origin": admin.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    again = admin.http.post(admin.url + "/authorize", request.parameters(), allow_redirects=False, headers=ours)
    assert again.status_code == 303
    location = again.headers["Location"]
    if "/interaction?" not in location:
        told = query(location)
    else:
        thief = admin.another_browser()
        thief.sign_in()
        assert thief.page(location).status_code in (400, 403, 404, 410)
        told = query(admin.finish_interaction(query(location)["interaction"]))
    assert "code" in told and told["state"] == request.state


def test_a_stranger_leaves_nothing_and_what_the_browser_carries_is_of_use_to_nobody_else(server, admin, client):
    before = server.psql("SELECT count(*) FROM interactions")
    somebody = admin.another_browser()
    request = Request(client, more={"junk": "x" * 3000})
    answer = somebody.authorize(request)
    carried = somebody.interaction_of(answer)
    assert len(answer.headers["Location"]) < 1700 and request.state not in carried
    assert somebody.ok("GET", f"/api/oidc/interactions/{carried}")["currentStep"] == "authenticate"
    assert server.psql("SELECT count(*) FROM interactions") == before
    thief = admin.another_browser()
    thief.sign_in()
    assert thief.page(f"/interaction?interaction={carried}").status_code == 403
    assert server.psql("SELECT count(*) FROM interactions") == before
    assert "code" in query(somebody.finish_interaction(carried))
    assert server.psql("SELECT count(*) FROM interactions") == str(int(before) + 1)


def test_an_interaction_that_is_done_is_gone(admin, client):
    interaction = admin.interaction_of(admin.authorize(Request(client)))
    admin.finish_interaction(interaction)
    again = admin.call("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": "consent"})
    assert again.status_code in (400, 404, 410) and "redirectUrl" not in again.text


def test_a_step_cannot_be_skipped_by_claiming_it(admin, client):
    somebody = admin.another_browser()
    interaction = somebody.interaction_of(somebody.authorize(Request(client)))
    for step in ("consent", "authenticate", "reauthenticate", "select_account"):
        answer = somebody.call("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": step})
        assert "redirectUrl" not in answer.text, f"{step} was believed: {answer.text}"
    assert somebody.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"] == "authenticate"


def test_cancelling_tells_the_client_access_denied(admin, client):
    request = Request(client)
    interaction = admin.interaction_of(admin.authorize(request))
    told = query(admin.ok("POST", f"/api/oidc/interactions/{interaction}/cancel", {})["redirectUrl"])
    assert told["error"] == "access_denied" and told["state"] == request.state and told["iss"] == admin.url


def test_prompt_login_asks_for_a_fresh_proof_and_moves_auth_time(admin, client):
    admin.tokens_for(Request(client))
    interaction = admin.interaction_of(admin.authorize(Request(client, more={"prompt": "login"})))
    assert admin.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"] == "reauthenticate"
    refused = admin.call("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": "reauthenticate"})
    assert "redirectUrl" not in refused.text, "a proof that was never given was believed"
    assert "code" in query(admin.finish_interaction(interaction))


def test_a_state_that_was_tampered_with_is_refused_by_the_app(admin):
    with AuthlibApp(admin.url) as app:
        app.connect(admin.create_client("Authlib", app.redirect_uri))
        browser = requests.Session()
        asked = dict(parse_qsl(urlsplit(
            browser.get(app.url + "/login", allow_redirects=False).headers["Location"]).query))
        interaction = admin.interaction_of(admin.page("/authorize", params=asked))
        good = admin.finish_interaction(interaction)
        assert query(good)["state"] == asked["state"]
        spoiled = browser.get(good.replace(f"state={asked['state']}", "state=somebody-elses"))
        assert spoiled.status_code == 400 and "mismatching_state" in spoiled.text
        assert browser.get(good).status_code == 200

"""The modules of the plans Basic and Form Post that are about the authorization request's parameters."""

import json
import time
from urllib.parse import urlsplit

import pytest
from support.conformance import NEEDS_A_PAGE, Browser, Party
from support.conformance_checks import unsigned

pytestmark = pytest.mark.plans("basic", "form_post")

# How long ago the person authenticated in the modules that compare `auth_time`: long enough that no clock hides it.
EARLIER = 300


def test_oidcc_response_type_missing(party: Party):
    assert party.refusal(response_type=None)["error"] in ("invalid_request", "unsupported_response_type")


def test_oidcc_display_page(party: Party):
    party.flow(display="page")


def test_oidcc_display_popup(party: Party):
    party.flow(display="popup")


def test_oidcc_prompt_login(party: Party):
    party.signed_in().provider.pass_time(EARLIER)
    first = party.flow()
    second = party.flow(prompt="login")
    assert first.steps == [] and second.steps == ["reauthenticate"]
    assert second.claims["auth_time"] > first.claims["auth_time"] and second.claims["sub"] == first.claims["sub"]


def test_oidcc_prompt_none_not_logged_in(party: Party, chromium):
    with chromium.window() as window:
        stranger = party.another(browser=Browser(window, party.listener))
        assert stranger.refusal(prompt="none")["error"] in NEEDS_A_PAGE
        assert stranger.browser.steps == []


def test_oidcc_prompt_none_logged_in(party: Party):
    party.signed_in().provider.pass_time(EARLIER)
    first, second = party.flow(), party.flow(prompt="none")
    assert second.steps == []
    assert [second.claims[name] for name in ("sub", "auth_time")] == [first.claims[name] for name in ("sub", "auth_time")]


def test_oidcc_max_age_1(party: Party):
    party.signed_in().provider.pass_time(EARLIER)
    first = party.flow()
    second = party.flow(max_age="1")
    assert second.steps == ["reauthenticate"]
    assert second.claims["auth_time"] > first.claims["auth_time"] and second.claims["auth_time"] > time.time() - 60


def test_oidcc_max_age_10000(party: Party):
    party.signed_in().provider.pass_time(EARLIER)
    first, second = party.flow(), party.flow(max_age="10000")
    assert second.steps == [] and second.claims["auth_time"] == first.claims["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party: Party):
    party.flow(extra="foobar")


def test_oidcc_id_token_hint(party: Party):
    first = party.signed_in().flow()
    second = party.flow(prompt="none", id_token_hint=first.tokens["id_token"])
    assert second.steps == [] and second.claims["sub"] == first.claims["sub"]


def test_oidcc_login_hint(party: Party):
    party.flow(login_hint=f"buffy@{urlsplit(party.provider.url).hostname}")


def test_oidcc_ui_locales(party: Party):
    party.flow(ui_locales="se")


def test_oidcc_claims_locales(party: Party):
    party.flow(claims_locales="se")


@pytest.mark.choice("phr, since the session began with a passkey")
def test_oidcc_ensure_request_with_acr_values_succeeds(party: Party):
    [offered] = party.provider.discovery["acr_values_supported"]
    flow = party.signed_in().flow(acr_values=offered)
    assert flow.claims["acr"] == "phr" and flow.steps == []
    # Values that mean nothing here are a wish that cannot be met, not an error (Core §3.1.2.1).
    party.code(acr_values="1 2")


def test_oidcc_ensure_registered_redirect_uri(party: Party):
    party.shown(party.request(redirect_uri=party.client.redirect_uri + "/unregistered"))


def test_oidcc_ensure_post_request_succeeds(party: Party):
    asked = party.request()
    fields = "".join(f'<input type=hidden name="{name}" value="{value}">' for name, value in asked.items())
    party.listener.pages["/posting"] = (
        "<!doctype html><link rel=icon href='data:,'><title>Posting</title><form method=post "
        f"action='{party.provider.discovery['authorization_endpoint']}'>{fields}<button>Go</button></form>")
    browser = party.browser
    browser.page.goto(party.listener.url + "/posting")
    browser.steps, known = [], len(party.listener.arrivals)
    browser.page.locator("button").click(no_wait_after=True)
    party.flow(browser.proceed(known), asked)


# What is not offered is refused, never ignored (Core §6)

@pytest.mark.choice("refused with request_uri_not_supported")
def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(party: Party):
    assert party.provider.discovery["request_uri_parameter_supported"] is False
    known = len(party.listener.at("/request.jwt"))
    told = party.refusal(request_uri=party.listener.url + "/request.jwt")
    assert told["error"] == "request_uri_not_supported"
    assert len(party.listener.at("/request.jwt")) == known, "what is refused is not fetched"


def request_object(party: Party, asked: dict[str, str]) -> dict[str, str]:
    """The request as the suite sends it: everything in an unsigned object, beside it only what OAuth wants outside."""
    claims = asked | {"iss": party.client.id, "aud": party.provider.discovery["issuer"]}
    outside = {name: asked[name] for name in ("client_id", "redirect_uri", "response_type", "scope")}
    return outside | {"request": unsigned(claims)}


@pytest.mark.choice("refused with request_not_supported; without a redirect_uri outside it, on an error page")
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(party: Party):
    assert party.provider.discovery["request_parameter_supported"] is False
    asked = party.request()
    # State and response mode stand in the object alone: the refusal goes by them.
    told = party.answer(asked, party.ask(request_object(party, asked)))
    assert told["error"] == "request_not_supported" and "code" not in told
    # An address that stands in the object alone is proven by nothing.
    party.shown({name: value for name, value in request_object(party, asked).items() if name != "redirect_uri"})


@pytest.mark.choice("refused on an error page")
def test_oidcc_ensure_request_object_with_redirect_uri(party: Party):
    asked = party.request()
    party.shown(request_object(party, asked) | {"redirect_uri": party.client.redirect_uri + "/unregistered"})


def test_oidcc_claims_essential(party: Party):
    assert party.provider.discovery["claims_parameter_supported"] is True
    told = party.told(party.flow(claims=json.dumps({"userinfo": {"name": {"essential": True}}})))
    assert told["name"] == "Buffy Summers"

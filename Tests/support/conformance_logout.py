"""Leaving, as a relying party of the logout modules asks for it and a person confirms it.

Owns: end-session requests, what the browser does after them, the tokens that prove nothing.
Must not know: which module asks for what.
"""

import secrets
from urllib.parse import urlencode

from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from .conformance import NEEDS_A_PAGE, Arrival, Flow, Party
from .waiting import wait_for
from .walking import STEP_SECONDS

RETURNED = "/signed-out"

# What the page in the browser is: one that asks whether to sign out, or one that asks nothing.
LOOK = """() => document.readyState !== 'complete' || window.acted ? null
  : document.querySelector('[data-sign-out]') ? 'asks' : 'says'"""


class Leaver(Party):
    """A relying party whose person signs out by its request."""

    def parameters(self, flow: Flow, **changes: str | None) -> dict[str, str]:
        """The suite's end-session request: hint, URI, and a long state; a change to None leaves a parameter out."""
        asked = {"id_token_hint": flow.tokens["id_token"], "post_logout_redirect_uri": self.listener.url + RETURNED,
                 "state": secrets.token_urlsafe(96)}
        return {name: value for name, value in (asked | changes).items() if value is not None}

    def _open(self, asked: dict[str, str]) -> None:
        query = f"?{urlencode(asked)}" if asked else ""
        self.browser.page.goto(self.provider.discovery["end_session_endpoint"] + query, wait_until="commit")

    def returns(self, asked: dict[str, str]) -> Arrival:
        """Goes to the end-session endpoint and comes back without a question, with the state that was sent alone."""
        known = len(self.listener.at(RETURNED))
        self._open(asked)
        wait_for(lambda: len(self.listener.at(RETURNED)) > known, "the browser comes back", STEP_SECONDS)
        [arrival] = self.listener.at(RETURNED)[known:]
        assert arrival.method == "GET" and arrival.parameters() == {
            name: value for name, value in asked.items() if name == "state"}
        self.browser.page.wait_for_url(lambda url: url.startswith(self.listener.url))
        return arrival

    def stays(self, asked: dict[str, str], asks: bool) -> None:
        """Goes to the end-session endpoint, confirms if it asks, and stays there, whatever the request wished for."""
        page, known = self.browser.page, len(self.listener.arrivals)
        self._open(asked)
        look = wait_for(lambda: page.evaluate(LOOK), "the page is there", STEP_SECONDS)
        assert (look == "asks") == asks, f"the page {look}: {page.locator('body').inner_text()}"
        if asks:
            # A link that anybody may write ends nothing by itself.
            page.wait_for_load_state("networkidle")
            assert self.is_signed_in()
            page.locator("[data-sign-out]").first.click()
            wait_for(lambda: page.evaluate(LOOK) == "says", "signing out is confirmed", STEP_SECONDS)
        page.wait_for_load_state("networkidle")
        assert page.url.startswith(self.provider.url), page.url
        assert self.listener.arrivals[known:] == [], "an address that is not proven was gone to"

    def is_signed_in(self) -> bool:
        """Asked with the browser's cookies, beside the page."""
        answer = self.browser.page.request.get(self.url_of(self.request(prompt="none")), max_redirects=0)
        return "code=" in answer.headers["location"]

    def check_over(self) -> None:
        """The suite's second authorization request: silent, and refused since nobody is signed in."""
        assert self.refusal(prompt="none")["error"] in NEEDS_A_PAGE


def forged(id_token: str, claims: dict) -> str:
    """The same token, signed by a key of somebody else's under the same name."""
    header = jws.extract_compact(id_token.encode()).headers()
    return jwt.encode(header, claims, RSAKey.generate_key(2048), algorithms=[header["alg"]])

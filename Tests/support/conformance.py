"""A relying party of ours for the conformance modules: it asks, listens at its callback, and checks what it gets.

Owns: the callback listener, the authorization request, what a person does in the browser, the token requests.
Must not know: which module asks for what. What an answer must be is in conformance_checks.

It lives on 127.0.0.1 while the provider lives on localhost, so that to the browser they are two sites.
"""

import base64
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from cryptography.hazmat.primitives import serialization

from .browser import Window
from .client import Client, Person
from .conformance_checks import (check_id_token, check_keys, check_random, check_token_response, check_userinfo,
                                 json_of, verified)
from .server import Latchkey
from .softauthn import Passkey
from .waiting import wait_for
from .walking import read, walk

# What one may call the errors of a silent request that would have needed a page (Core §3.1.2.6).
NEEDS_A_PAGE = {"login_required", "interaction_required", "consent_required", "account_selection_required"}


@dataclass(frozen=True)
class Arrival:
    """A request that reached the relying party."""

    method: str
    path: str
    query: str
    body: str
    content_type: str | None

    def sent_in(self, mode: str) -> dict[str, str]:
        """The parameters of an authorization response, which stand where its mode puts them and nowhere else."""
        if mode == "form_post":
            # Form Post Response Mode §2: all of it in the body.
            assert self.method == "POST" and self.content_type == "application/x-www-form-urlencoded", self
            assert self.query == "", f"something stands in the query: {self.query}"
            return self.form()
        assert self.method == "GET" and self.body == "", self
        return _pairs(self.query)

    def form(self) -> dict[str, str]:
        return _pairs(self.body)

    def parameters(self) -> dict[str, str]:
        return _pairs(self.query)


def _pairs(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    assert len(dict(pairs)) == len(pairs), f"a parameter stands twice: {text}"
    return dict(pairs)


class Listener:
    """The relying party's own address: it answers every path with an empty page and remembers who called."""

    def __init__(self):
        self.arrivals: list[Arrival] = []
        # Pages that the browser can be sent to, by path.
        self.pages: dict[str, str] = {}
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                listener.take(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        page = self.pages.get(parts.path)
        if page is None and parts.path != "/favicon.ico":
            self.arrivals.append(
                Arrival(handler.command, parts.path, parts.query, body, handler.headers.get("Content-Type")))
        content = (page or "<!doctype html><link rel=icon href='data:,'><title>App</title>").encode()
        handler.send_response(200)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content))),
                            ("Cache-Control", "no-store")):
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def at(self, path: str) -> list[Arrival]:
        return [each for each in self.arrivals if each.path == path]


@dataclass
class Shown:
    """A page of the provider's that leads nowhere."""

    status: int
    text: str


class Browser:
    """A person in front of a window: does what the provider's pages ask for, with a passkey that is in this window alone."""

    def __init__(self, window: Window, listener: Listener, person: Person | None = None):
        self.window, self.page, self.listener = window, window.page, listener
        # The steps that were asked for since the last request.
        self.steps: list[str] = []
        if person:
            # A copy would count its signatures beside the original, and be taken for a clone.
            person.add_passkey()
            window.take_passkeys([_credential(person.authenticator.passkeys.pop(0))])

    def follow(self, url: str) -> Arrival | Shown:
        """Opens an address and goes on until the relying party is reached or a page shows an error."""
        self.steps, known = [], len(self.listener.arrivals)
        answer = self.page.goto(url, wait_until="commit")
        return self.proceed(known, answer.status if answer else 200)

    def proceed(self, known: int, status: int = 200) -> Arrival | Shown:
        if status >= 400 and not self.page.url.startswith(self.listener.url):
            return Shown(status, read(self.page))
        arrival, self.steps = walk(self.page, lambda: self._arrival(known), self.window.complaints)
        self.page.wait_for_url(lambda url: url.startswith(self.listener.url))
        # Core §3.1.2.5: a code never stands in the fragment unless it was asked for there.
        assert urlsplit(self.page.url).fragment == "", self.page.url
        return arrival

    def _arrival(self, known: int) -> Arrival | None:
        if len(self.listener.arrivals) == known:
            return None
        [arrival] = self.listener.arrivals[known:]
        return arrival


def _credential(passkey: Passkey) -> dict:
    """A software authenticator's passkey as Chromium's virtual authenticator takes it."""
    key = passkey.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    parts = {"credentialId": passkey.credential_id, "privateKey": key, "userHandle": passkey.user_handle}
    return {name: base64.b64encode(value).decode() for name, value in parts.items()} | {
        "isResidentCredential": True, "rpId": passkey.rp_id, "signCount": passkey.sign_count}


@dataclass
class Flow:
    """A code flow that went through, with all that came of it."""

    asked: dict[str, str]
    # What the person was asked for on the way.
    steps: list[str]
    response: dict[str, str]
    tokens: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)


class Provider:
    """The provider under test with its published documents, and the person who signs in there."""

    def __init__(self, server: Latchkey, person: Person):
        self.server, self.person, self.url = server, person, server.url
        self.discovery = json_of(requests.get(self.url + "/.well-known/openid-configuration", timeout=20))

    def keys(self) -> list[dict]:
        """The JWKS, asked for and checked each time: keys may come and go."""
        return check_keys(requests.get(self.discovery["jwks_uri"], timeout=20))

    def pass_time(self, seconds: int) -> None:
        """Moves the person's sessions into the past, in the test's own database, instead of waiting."""
        self.server.psql(f"UPDATE sessions SET auth_time = auth_time - interval '{seconds} seconds', "
                         f"created_at = created_at - interval '{seconds} seconds' WHERE user_id = '{self.person.user['id']}'")


class Party:
    """The relying party of a plan: a client, the response mode that the plan asks for, and the browser of its person."""

    def __init__(self, provider: Provider, client: Client, browser: Browser, listener: Listener, mode: str = "query"):
        self.provider, self.client, self.browser, self.listener, self.mode = provider, client, browser, listener, mode

    def another(self, **changes) -> "Party":
        """The same with another client or browser."""
        kept = {name: getattr(self, name) for name in ("provider", "client", "browser", "listener", "mode")}
        return Party(**(kept | changes))

    # Asking

    def request(self, **changes: str | None) -> dict[str, str]:
        """The plan's authorization request; a change to None leaves a parameter out."""
        asked = {"client_id": self.client.id, "redirect_uri": self.client.redirect_uri, "response_type": "code",
                 "scope": "openid", "state": secrets.token_urlsafe(16), "nonce": secrets.token_urlsafe(16)}
        if self.mode != "query":
            asked["response_mode"] = self.mode
        return {name: value for name, value in (asked | changes).items() if value is not None}

    def url_of(self, asked: dict[str, str]) -> str:
        return f"{self.provider.discovery['authorization_endpoint']}?{urlencode(asked)}"

    def ask(self, asked: dict[str, str]) -> Arrival | Shown:
        return self.browser.follow(self.url_of(asked))

    def answer(self, asked: dict[str, str], arrived: Arrival | Shown | None = None) -> dict[str, str]:
        """The authorization response, checked as far as it has nothing to do with success or error."""
        arrived = arrived or self.ask(asked)
        assert isinstance(arrived, Arrival), f"a page of the provider's instead of an answer: {arrived}"
        assert self.listener.url + arrived.path == asked["redirect_uri"]
        told = arrived.sent_in(self.mode)
        assert told.get("state") == asked.get("state"), "the state is not what was sent"
        # RFC 9207 §2.4.
        assert told["iss"] == self.provider.discovery["issuer"]
        return told

    def refusal(self, **changes: str | None) -> dict[str, str]:
        """Asks for what is refused by redirect (Core §3.1.2.6)."""
        told = self.answer(self.request(**changes))
        assert "code" not in told and told["error"], told
        assert set(told) <= {"error", "error_description", "error_uri", "state", "iss"}, told
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", told.get("error_description", ""))
        return told

    def shown(self, asked: dict[str, str]) -> Shown:
        """Asks for what ends on an error page: no redirect, by whatever means."""
        known = len(self.listener.arrivals)
        arrived = self.ask(asked)
        assert isinstance(arrived, Shown) and arrived.status in (400, 403, 404), arrived
        assert len(self.listener.arrivals) == known and self.browser.page.url.startswith(self.provider.url)
        return arrived

    def code(self, arrived: Arrival | None = None, asked: dict[str, str] | None = None, **changes: str | None) -> Flow:
        """A code, by a request with changes or by one that was already answered."""
        asked = asked or self.request(**changes)
        told = self.answer(asked, arrived)
        assert set(told) == {"code", "iss"} | ({"state"} & set(asked)), told
        check_random(told["code"])
        return Flow(asked, list(self.browser.steps), told)

    def flow(self, arrived: Arrival | None = None, asked: dict[str, str] | None = None, post: bool = False,
             verifier: str | None = None, **changes: str | None) -> Flow:
        """The whole code flow, with every check that the suite makes in each of them."""
        flow = self.code(arrived, asked, **changes)
        flow.tokens = check_token_response(self.redeem(flow, post=post, code_verifier=verifier))
        flow.claims = self.check(flow.asked, flow.tokens)
        return flow

    def signed_in(self) -> "Party":
        """Whatever it takes, the person is signed in afterwards and has agreed."""
        self.code()
        return self

    def check(self, asked: dict[str, str], tokens: dict) -> dict:
        return check_id_token(
            tokens["id_token"], self.provider.keys(), self.provider.discovery, asked, tokens["access_token"])

    # The token endpoint and userinfo

    def redeem(self, flow: Flow, post: bool = False, **changes: str | None) -> requests.Response:
        return self.token({"grant_type": "authorization_code", "code": flow.response["code"],
                           "redirect_uri": flow.asked["redirect_uri"]} | changes, post)

    def refresh(self, refresh_token: str, **changes: str | None) -> requests.Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token} | changes)

    def token(self, form: dict[str, str | None], post: bool = False) -> requests.Response:
        """A request to the token endpoint: client_secret_basic, or client_secret_post."""
        headers = {} if post else self.client.basic
        if post:
            form = form | {"client_id": self.client.id, "client_secret": self.client.secret}
        form = {name: value for name, value in form.items() if value is not None}
        return requests.post(self.provider.discovery["token_endpoint"], data=form, headers=headers, timeout=20)

    def userinfo(self, access_token: str, method: str = "GET", in_form: bool = False) -> requests.Response:
        address = self.provider.discovery["userinfo_endpoint"]
        if in_form:
            return requests.request(method, address, data={"access_token": access_token}, timeout=20)
        return requests.request(method, address, headers={"Authorization": f"Bearer {access_token}"}, timeout=20)

    def told(self, flow: Flow, **how) -> dict:
        """What userinfo says, checked."""
        return check_userinfo(self.userinfo(flow.tokens["access_token"], **how), flow.claims["sub"])

    def header(self, flow: Flow) -> dict:
        return verified(flow.tokens["id_token"], self.provider.keys())[0]

    def wait_for_the_next_second(self, moment: int) -> None:
        """`iat` counts seconds: what is issued next must be issued in a later one."""
        wait_for(lambda: time.time() >= moment + 1, "the next second", 3)

"""A person at a browser, without the browser: the HTTP calls that the pages' scripts make, with their cookies.

Owns: cookies, the headers a browser adds, the order of calls.
Must not know: processes or the database.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

import requests

from .softauthn import SoftAuthenticator

REDIRECT_URI = "http://127.0.0.1:9/callback"


@dataclass
class Client:
    """A relying party's registration."""

    id: str
    secret: str | None
    redirect_uri: str = REDIRECT_URI

    @property
    def basic(self) -> dict[str, str]:
        """RFC 6749 §2.3.1: both halves form-encoded before they are joined."""
        pair = f"{quote(self.id, safe='')}:{quote(self.secret, safe='')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@dataclass
class Request:
    """An authorization request and the secrets that its client keeps."""

    client: Client
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    verifier: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))
    scope: str = "openid profile email groups"
    more: dict[str, str] = field(default_factory=dict)

    def parameters(self) -> dict[str, str]:
        found = {
            "client_id": self.client.id, "redirect_uri": self.client.redirect_uri, "response_type": "code",
            "scope": self.scope, "state": self.state, "nonce": self.nonce,
        }
        if self.verifier:
            digest = hashlib.sha256(self.verifier.encode()).digest()
            found["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            found["code_challenge_method"] = "S256"
        return {key: value for key, value in (found | self.more).items() if value is not None}


def query(url: str) -> dict[str, str]:
    """The parameters of a redirect, none of them twice."""
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values()), url
    return {key: values[0] for key, values in found.items()}


class Person:
    """Somebody with a passkey and a browser."""

    def __init__(self, url: str, authenticator: SoftAuthenticator | None = None, timeout: float = 20):
        self.url = url
        self.authenticator = authenticator or SoftAuthenticator(url)
        self.timeout = timeout
        self.http = requests.Session()
        self.http.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Latchkey-Tests/1.0"
        self.user: dict = {}

    def another_browser(self) -> "Person":
        """The same person with the same passkeys at a browser with no cookies."""
        return Person(self.url, self.authenticator, self.timeout)

    # Calls

    def page(self, path: str, **options) -> requests.Response:
        """A navigation. Redirects are the caller's to follow."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
        headers |= options.pop("headers", {})
        return self.http.get(self._url(path), headers=headers, allow_redirects=False, timeout=self.timeout, **options)

    def call(self, method: str, path: str, json=None, **options) -> requests.Response:
        """What `fetch` of a page of ours sends."""
        headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
        if method != "GET":
            headers["Origin"] = self.url
        headers |= options.pop("headers", {})
        return self.http.request(
            method, self._url(path), json=json, headers=headers, allow_redirects=False, timeout=self.timeout, **options)

    def ok(self, method: str, path: str, json=None, status: int = 200, **options):
        answer = self.call(method, path, json, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.content else None

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.url + path

    # Ceremonies

    def set_up(self, username: str = "ada", **profile) -> dict:
        """Becomes the first administrator."""
        profile = {"username": username, "email": f"{username}@example.org", "firstName": "Ada",
                   "lastName": "Lovelace"} | profile
        options = self.ok("POST", "/api/signup/setup/start", profile)
        credential = self.authenticator.create(options)
        self.user = self.ok("POST", "/api/signup/setup", profile | {"credential": credential}, status=201)
        return self.user

    def sign_in(self) -> dict:
        options = self.ok("GET", "/api/webauthn/login/start")
        self.user = self.ok("POST", "/api/webauthn/login/finish", self.authenticator.get(options))
        return self.user

    def sign_out(self) -> None:
        self.ok("POST", "/api/webauthn/logout", status=204)

    def prove(self, purpose: str) -> None:
        """A fresh assertion for one purpose."""
        options = self.ok("GET", f"/api/webauthn/reauthenticate/start?purpose={quote(purpose)}")
        self.ok("POST", "/api/webauthn/reauthenticate", self.authenticator.get(options), status=204)

    def let_in(self, username: str, **profile) -> "Person":
        """Somebody whom this administrator makes, signed in with a one-time code and without a passkey yet."""
        made = self.ok("POST", "/api/users", {"username": username, "email": f"{username}@example.org"} | profile, status=201)
        self.prove("one-time-link")
        code = self.ok("POST", f"/api/users/{made['id']}/one-time-access-token", {}, status=201)["token"]
        person = Person(self.url)
        person.user = person.ok("POST", f"/api/one-time-access-token/{code}", {})
        return person

    def add_passkey(self) -> dict:
        """Adds a passkey from an authenticator of its own, since an authenticator holds one per account."""
        self.prove("add-passkey")
        options = self.ok("GET", "/api/webauthn/register/start")
        other = SoftAuthenticator(self.url)
        added = self.ok("POST", "/api/webauthn/register/finish", other.create(options))
        self.authenticator.passkeys.insert(0, other.passkeys[0])
        return added

    def is_signed_in(self) -> bool:
        return self.call("GET", "/api/users/me").status_code == 200

    # Clients

    def create_client(self, name: str = "App", redirect_uri: str = REDIRECT_URI, **settings) -> Client:
        settings = {"name": name, "callbackURLs": [redirect_uri], "isPublic": False} | settings
        made = self.ok("POST", "/api/oidc/clients", settings, status=201)
        secret = None
        if not settings["isPublic"]:
            answer = self.call("POST", f"/api/oidc/clients/{made['id']}/secrets", {})
            if answer.status_code == 401:
                self.prove("client-secret")
                answer = self.call("POST", f"/api/oidc/clients/{made['id']}/secrets", {})
            assert answer.status_code in (200, 201), f"{answer.status_code} {answer.text}"
            secret = answer.json()["secret"]
        return Client(made["id"], secret, redirect_uri)

    # Authorizations

    def authorize(self, request: Request) -> requests.Response:
        return self.page("/authorize", params=request.parameters())

    def interaction_of(self, answer: requests.Response) -> str:
        """The id of the interaction that a redirect leads to."""
        location = answer.headers.get("Location", "")
        assert answer.status_code in (302, 303) and "/interaction?" in location, \
            f"no interaction: {answer.status_code} {location} {answer.text[:400]}"
        return query(location)["interaction"]

    def finish_interaction(self, interaction: str) -> str:
        """Does every step that is asked for. Returns where the browser goes then."""
        step = self.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"]
        for _ in range(6):
            if step == "authenticate":
                if not self.is_signed_in():
                    self.sign_in()
            elif step == "reauthenticate":
                self.prove(f"authorize:{interaction}")
            done = self.ok("POST", f"/api/oidc/interactions/{interaction}/complete", {"step": step})
            if done.get("redirectUrl"):
                return done["redirectUrl"]
            # What the browser carried has an id once somebody is signed in.
            interaction, step = done["interaction"]["id"], done["interaction"]["currentStep"]
        raise AssertionError(f"the interaction never ends; last step {step}")

    def response_to(self, request: Request) -> str:
        """The authorization response's URL, whatever has to be done for it."""
        answer = self.authorize(request)
        location = answer.headers.get("Location", "")
        if location.startswith(request.client.redirect_uri):
            return location
        return self.finish_interaction(self.interaction_of(answer))

    def code_for(self, request: Request) -> str:
        found = query(self.response_to(request))
        assert "code" in found, f"no code: {found}"
        assert found["state"] == request.state and found["iss"] == self.url
        return found["code"]

    def tokens_for(self, request: Request) -> dict:
        answer = exchange(self.url, request, self.code_for(request))
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()


def exchange(url: str, request: Request, code: str, *, timeout: float = 20, headers: dict | None = None,
             **changes: str | None) -> requests.Response:
    """The relying party's token request; a change to None leaves a parameter out."""
    client = request.client
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri,
            "code_verifier": request.verifier}
    if client.secret is None:
        form["client_id"] = client.id
    elif headers is None:
        headers = client.basic
    form = {key: value for key, value in (form | changes).items() if value is not None}
    return requests.post(url + "/api/oidc/token", data=form, headers=headers or {}, timeout=timeout)


def ask(url: str, client: Client, form: dict, *, headers: dict | None = None, **changes: str | None) -> requests.Response:
    """A form that a client posts to one of its endpoints, proving itself the usual way unless headers are given."""
    if client.secret is None:
        form = {"client_id": client.id} | form
    elif headers is None:
        headers = client.basic
    form = {key: value for key, value in (form | changes).items() if value is not None}
    return requests.post(url, data=form, headers=headers or {}, timeout=20)


def refresh(url: str, client: Client, token: str, **changes) -> requests.Response:
    return ask(url + "/api/oidc/token", client, {"grant_type": "refresh_token", "refresh_token": token}, **changes)


def userinfo(url: str, access_token: str, method: str = "GET") -> requests.Response:
    return requests.request(
        method, url + "/api/oidc/userinfo", headers={"Authorization": f"Bearer {access_token}"}, timeout=20)


def random_text(length: int = 12) -> str:
    return os.urandom(length).hex()[:length]

"""What is measured: sign-ins and code exchanges over HTTP, as scripts of the load generator."""

import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from load import Answer, Recorder, Script, request
from support.client import Client, Request
from support.softauthn import Passkey, SoftAuthenticator

JSON = {"Content_Type": "application/json", "Accept": "application/json"}


def cookie_header(cookies: dict[bytes, bytes]) -> str:
    return "; ".join(f"{key.decode()}={value.decode()}" for key, value in cookies.items())


def one_sign_in(origin: str, authenticator: SoftAuthenticator, passkey: Passkey):
    """Begins and finishes a sign-in; its result is (the last answer, seconds of both on the wire, all cookies)."""
    begun: Answer = yield request("GET", "/api/webauthn/login/start", origin, Accept="application/json")
    if begun.status != 200:
        return begun, begun.seconds, {}
    cookies = begun.cookies()
    body = json.dumps(authenticator.get(json.loads(begun.body), passkey)).encode()
    finished: Answer = yield request(
        "POST", "/api/webauthn/login/finish", origin, body, Cookie=cookie_header(cookies), **JSON)
    return finished, begun.seconds + finished.seconds, cookies | finished.cookies()


def signing_in(origin: str, passkeys: list[Passkey], until: float, recorder: Recorder) -> Script:
    """One person after another signs in, until the time is over."""
    authenticator = SoftAuthenticator(origin)
    number = 0
    while time.perf_counter() < until:
        answer, seconds, _ = yield from one_sign_in(origin, authenticator, passkeys[number % len(passkeys)])
        number += 1
        if answer.status == 200:
            recorder.note("sign-in", seconds)
        else:
            recorder.fail("sign-in", answer)


def opening_session(origin: str, passkey: Passkey, sessions: list[str], recorder: Recorder) -> Script:
    """Signs in once and keeps the cookies as a ready header."""
    answer, _, cookies = yield from one_sign_in(origin, SoftAuthenticator(origin), passkey)
    if answer.status == 200:
        sessions.append(cookie_header({key: value for key, value in cookies.items() if value}))
    else:
        recorder.fail("session", answer)


def collecting_codes(origin: str, session: str, client: Client, until: float, exchanges: list[bytes],
                     recorder: Recorder) -> Script:
    """Asks for codes with a live session, and prepares the token request for each."""
    asked = Request(client)
    path = "/authorize?" + urlencode(asked.parameters())
    while time.perf_counter() < until:
        answer = yield request("GET", path, origin, Cookie=session, Accept="text/html")
        location = (answer.header(b"location") or b"").decode()
        code = parse_qs(urlsplit(location).query).get("code")
        if not code:
            recorder.fail(f"authorize ({location[:200]})", answer)
            return
        recorder.note("authorize", answer.seconds)
        form = urlencode({"grant_type": "authorization_code", "code": code[0], "redirect_uri": client.redirect_uri,
                          "code_verifier": asked.verifier}).encode()
        exchanges.append(request("POST", "/api/oidc/token", origin, form, Content_Type="application/x-www-form-urlencoded",
                                 **client.basic))


def exchanging(exchanges: list[bytes], recorder: Recorder) -> Script:
    """Sends prepared token requests, each once, until there are none left."""
    while exchanges:
        answer = yield exchanges.pop()
        if answer.status == 200:
            recorder.note("exchange", answer.seconds)
        else:
            recorder.fail("exchange", answer)


def asking(origin: str, path: str, status: int, until: float, name: str, recorder: Recorder) -> Script:
    """The same GET over and over."""
    ready = request("GET", path, origin)
    while time.perf_counter() < until:
        answer = yield ready
        if answer.status == status:
            recorder.note(name, answer.seconds)
        else:
            recorder.fail(name, answer)

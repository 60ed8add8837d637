"""People who sign in while something breaks, and what they were promised.

Owns: threads that go through passkey, session, authorization, code and tokens over and over, each with its own browser,
and a ledger of every answer that acknowledged a write.
Must not know: what is being broken.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from .client import Client, Person, Request, exchange, query, refresh, userinfo
from .waiting import wait_for

# Somebody at a browser waits about this long before they call it broken.
PATIENCE = 20


class Broken(Exception):
    """An answer that is no answer: what it was and to which request."""


@dataclass
class Ledger:
    """What was acknowledged, by everybody."""

    sessions: list[str] = field(default_factory=list)
    access_tokens: list[str] = field(default_factory=list)
    refresh_tokens: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    # Per code, how many token requests were answered with tokens.
    given: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    # How long each request took that was answered as it should be.
    seconds: list[float] = field(default_factory=list)
    rounds: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Traffic:
    """`with Traffic(admin, client) as traffic:` runs until the block ends."""

    def __init__(self, admin: Person, client: Client, people: int = 4, administers: bool = False):
        self.admin, self.client = admin, client
        self.ledger = Ledger()
        self._stop = threading.Event()
        jobs = [self._signs_in] * people + [self._administers] * administers
        self._threads = [threading.Thread(target=self._run, args=(job,), daemon=True) for job in jobs]
        # Two requests with one code at the same moment.
        self._twice = ThreadPoolExecutor(2 * people)

    def __enter__(self) -> "Traffic":
        for each in self._threads:
            each.start()
        self.wait_for_rounds(len(self._threads))
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for each in self._threads:
            each.join(PATIENCE + 10)
        self._twice.shutdown()
        assert not any(each.is_alive() for each in self._threads), "a request hangs"

    def wait_for_rounds(self, count: int, seconds: float = 30) -> None:
        """Waits until that many more rounds have succeeded."""
        goal = self.ledger.rounds + count
        wait_for(lambda: self.ledger.rounds >= goal, f"{count} more rounds succeed: {self.ledger.failures[-3:]}", seconds)

    def _run(self, job) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                job(number)
                with self.ledger.lock:
                    self.ledger.rounds += 1
            except Broken as problem:
                with self.ledger.lock:
                    self.ledger.failures.append(str(problem))
                # What is down does not come back sooner for being asked at once.
                self._stop.wait(0.05)

    # Jobs

    def _signs_in(self, number: int) -> None:
        person = self.admin.another_browser()
        person.timeout = PATIENCE
        options = self._answer(lambda: person.call("GET", "/api/webauthn/login/start"), 200).json()
        assertion = person.authenticator.get(options)
        self._answer(lambda: person.call("POST", "/api/webauthn/login/finish", assertion), 200)
        with self.ledger.lock:
            self.ledger.sessions.append(person.http.cookies["access_token"])
        request = Request(self.client)
        redirect = self._answer(lambda: person.authorize(request), 302, 303).headers["Location"]
        if not redirect.startswith(self.client.redirect_uri):
            raise Broken(f"authorize led to {redirect}")
        code = query(redirect)["code"]
        with self.ledger.lock:
            self.ledger.given[code] = 0
        if number % 3 == 0:
            self._exchanges_twice(request, code)
        else:
            self._exchanges(request, code)

    def _exchanges(self, request: Request, code: str) -> None:
        answer = self._answer(lambda: exchange(self.admin.url, request, code, timeout=PATIENCE), 200)
        with self.ledger.lock:
            self.ledger.given[code] += 1
        token = answer.json()["access_token"]
        self._answer(lambda: userinfo(self.admin.url, token), 200)
        successor = self._answer(lambda: refresh(
            self.admin.url, self.client, answer.json()["refresh_token"]), 200).json()["refresh_token"]
        with self.ledger.lock:
            self.ledger.access_tokens.append(token)
            self.ledger.refresh_tokens.append(successor)

    def _exchanges_twice(self, request: Request, code: str) -> None:
        def one(_) -> requests.Response | None:
            try:
                return self._answer(lambda: exchange(self.admin.url, request, code, timeout=PATIENCE), 200, 400)
            except Broken as problem:
                with self.ledger.lock:
                    self.ledger.failures.append(str(problem))
                return None
        answers = [each for each in self._twice.map(one, range(2)) if each is not None]
        with self.ledger.lock:
            self.ledger.given[code] += sum(each.status_code == 200 for each in answers)

    def _administers(self, number: int) -> None:
        answer = self._answer(lambda: self.admin.call("POST", "/api/oidc/clients", {
            "name": f"Client {number}", "callbackURLs": ["https://app.example/callback"]}), 201)
        with self.ledger.lock:
            self.ledger.clients.append(answer.json()["id"])

    def _answer(self, ask, *statuses: int) -> requests.Response:
        began = time.monotonic()
        try:
            answer = ask()
        except requests.RequestException as error:
            raise Broken(f"{type(error).__name__} after {time.monotonic() - began:.1f} s") from None
        if answer.status_code not in statuses:
            raise Broken(f"{answer.request.method} {answer.request.path_url.split('?')[0]}: {answer.status_code} "
                         f"{answer.text[:200]}")
        with self.ledger.lock:
            self.ledger.seconds.append(time.monotonic() - began)
        return answer

    # Afterwards

    def slowest(self, share: float = 1.0) -> float:
        """Within how many seconds this share of the requests was answered."""
        ordered = sorted(self.ledger.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def assert_promises_kept(self, sample: int = 60) -> None:
        """Every acknowledged write is there, and no code was given for twice."""
        url, ledger = self.admin.url, self.ledger
        twice = {code: count for code, count in ledger.given.items() if count > 1}
        assert not twice, f"codes that were spent twice: {twice}"
        lost = [each for each in ledger.sessions[-sample:] if requests.get(
            url + "/api/users/me", cookies={"access_token": each}, timeout=PATIENCE).status_code != 200]
        assert not lost, f"{len(lost)} of the last {sample} acknowledged sessions are gone"
        dead = [each for each in ledger.access_tokens[-sample:] if userinfo(url, each).status_code != 200]
        assert not dead, f"{len(dead)} of the last {sample} acknowledged access tokens are dead"
        ended = [each for each in ledger.refresh_tokens[-sample:] if refresh(url, self.client, each).status_code != 200]
        assert not ended, f"{len(ended)} of the last {sample} acknowledged refresh tokens give nothing"
        missing = [each for each in ledger.clients[-sample:]
                   if self.admin.call("GET", f"/api/oidc/clients/{each}").status_code != 200]
        assert not missing, f"acknowledged clients are gone: {missing}"

"""Chromium under Playwright, with virtual authenticators: what a person sees and clicks.

Owns: the browser, its contexts, passkeys in pages and popups.
Must not know: what the pages say; tests find things by role, label or the pages' own data attributes.
"""

import itertools
import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# A platform authenticator that keeps passkeys and always verifies its user.
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}

# A virtual authenticator answers a conditional request at once, as no person would: pages that offer passkeys in a field's
# suggestions would sign in before anybody has clicked.
NO_SUGGESTIONS = "if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false;"


class Chromium:
    """One browser process; every test opens windows of its own in it."""

    def __init__(self):
        self._playwright = sync_playwright().start()
        program = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
        self._browser = self._playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def window(self, viewport: dict = DESKTOP, suggestions: bool = False, **options):
        """A window with an empty cookie jar and an authenticator that holds no passkey yet.

        `suggestions`: whether the browser offers passkeys in the suggestions of a field (and then picks one at once).
        """
        context = self._browser.new_context(viewport=viewport, locale="en-GB", **options)
        if not suggestions:
            context.add_init_script(NO_SUGGESTIONS)
        context.set_default_timeout(15_000)
        context.set_default_navigation_timeout(30_000)
        try:
            yield Window(context)
        finally:
            context.close()


class Window:
    """A page, its authenticator, and what went wrong in its console."""

    def __init__(self, context: BrowserContext):
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self._watch(self.page)
        self._session, self._authenticator = _plug_in(self.page)

    def passkeys(self) -> list[dict]:
        return self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._authenticator})["credentials"]

    def give_passkeys(self, page: Page) -> None:
        """Another page (a popup) gets an authenticator with the same passkeys: Chromium's are per page."""
        session, authenticator = _plug_in(page)
        self._watch(page)
        _add(session, authenticator, self.passkeys())

    def take_passkeys(self, credentials: list[dict]) -> None:
        _add(self._session, self._authenticator, credentials)

    def cookies(self) -> dict[str, dict]:
        return {each["name"]: each for each in self.context.cookies()}

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._note)

    def _note(self, message) -> None:
        # Chromium reports a broken Content-Security-Policy as an error on the console.
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")


# Counts the copies of passkeys: each copy's signature counter begins beyond every earlier one's, or a relying party would
# rightly take it for a clone.
_copies = itertools.count(1)


def _add(session: CDPSession, authenticator: str, credentials: list[dict]) -> None:
    ahead = 1000 * next(_copies)
    for each in credentials:
        copy = each | {"signCount": each["signCount"] + ahead}
        session.send("WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": copy})


def _plug_in(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]

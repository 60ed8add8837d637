"""Chromium under Playwright, with virtual authenticators: what a person sees and clicks.

Owns: the browser, its contexts, passkeys in pages and popups.
Must not know: what the pages say; tests find things by role, label or the pages' own data attributes.
"""

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
    def window(self, viewport: dict = DESKTOP, **options):
        """A window with an empty cookie jar and an authenticator that holds no passkey yet."""
        context = self._browser.new_context(viewport=viewport, locale="en-GB", **options)
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
        for each in self.passkeys():
            session.send("WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": each})

    def take_passkeys(self, credentials: list[dict]) -> None:
        for each in credentials:
            self._session.send(
                "WebAuthn.addCredential", {"authenticatorId": self._authenticator, "credential": each})

    def cookies(self) -> dict[str, dict]:
        return {each["name"]: each for each in self.context.cookies()}

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._note)

    def _note(self, message) -> None:
        # Chromium reports a broken Content-Security-Policy as an error on the console.
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")


def _plug_in(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]

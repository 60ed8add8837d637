"""A relying party on Ruby's OmniAuth with ruby-omniauth-openid-connect, which nobody here wrote the protocol of."""

import json
import subprocess
from pathlib import Path

import requests

from .client import Client
from .server import free_port, temporary_folder
from .waiting import wait_for

SITE = Path(__file__).with_name("omniauth_site.rb")


class OmniAuthApp:
    """`with OmniAuthApp(provider_url) as app:` then `app.connect(client)`, which starts it."""

    def __init__(self, provider: str):
        self.provider = provider
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redirect_uri = f"{self.url}/auth/openid_connect/callback"
        self.login = f"{self.url}/auth/openid_connect"
        self.home = f"{self.url}/who"
        self.folder = temporary_folder("lk-ruby-")
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "OmniAuthApp":
        return self

    def __exit__(self, *_) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)

    def connect(self, client: Client) -> None:
        settings = {"provider": self.provider, "client": client.id, "secret": client.secret, "port": self.port}
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                ["ruby", str(SITE), json.dumps(settings)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(lambda: requests.get(self.home, timeout=5).ok, "the Ruby site answers", 60)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

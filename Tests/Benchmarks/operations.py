"""What is measured: each operation's requests, and the limits that bound it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from prepare import CHALLENGE, SCOPES, VERIFIER, World, opaque
from requests_file import bodies, post, request
from support.client import Client


@dataclass
class Limit:
    """What the machine does at most, and how much of it the operation has to reach."""

    # A key of the figures that `limits` measured.
    key: str
    target: float | None = None


@dataclass
class Operation:
    name: str
    # For people; what it costs at least.
    title: str
    limits: list[Limit]
    # So many requests, for operations whose requests are good only once; else all there are.
    requests: Callable[[int], list[bytes]]
    once: bool = False
    status: int = 200
    # Told where the answers are, for what is measured next.
    keep: Callable[[Path], None] | None = None


class Operations:
    """The operations in the order in which one provides what the next ones need."""

    def __init__(self, world: World):
        self.world, self.origin = world, world.origin
        self.access: list[str] = []
        self.refresh: list[str] = []

    def all(self) -> list[Operation]:
        empty, rsa = "empty handler", "rsa2048"
        return [
            Operation("discovery", "Discovery (`GET /.well-known/openid-configuration`)", [Limit(empty)],
                      lambda _: [self.get("/.well-known/openid-configuration")]),
            Operation("keys", "Public keys (`GET /.well-known/jwks.json`)", [Limit(empty)],
                      lambda _: [self.get("/.well-known/jwks.json")]),
            Operation("authorize", "Authorization, session and consent in place (`GET /authorize` to a code; one durable write)",
                      [Limit("authorization write"), Limit(empty)], lambda _: self.authorizations(), status=302),
            Operation("exchange RS256", "Code exchange, ID token RS256, access token ES256 (one durable write)",
                      [Limit(rsa, 0.55), Limit("exchange write")], lambda count: self.exchanges(self.world.client, count),
                      once=True, keep=self.keep),
            Operation("exchange ES256", "Code exchange, both tokens ES256 (one durable write)",
                      [Limit("exchange write", 0.45)], lambda count: self.exchanges(self.world.es256, count), once=True),
            Operation("refresh", "Refresh, ID token RS256 (one durable write)", [Limit(rsa), Limit("refresh write")],
                      self.refreshes, once=True, keep=self.keep),
            Operation("client credentials", "Client credentials, ES256", [Limit(empty, 0.35)],
                      lambda _: [self.token({"grant_type": "client_credentials"})]),
            Operation("introspection", "Introspection of an access token", [Limit(empty, 0.35)],
                      lambda _: [post("/api/oidc/introspect", self.origin, {"token": each}, self.world.client.basic)
                                 for each in self.access[:1000]]),
            Operation("userinfo", "Userinfo", [Limit(empty, 0.35)], lambda _: [
                self.get("/api/oidc/userinfo", {"Authorization": f"Bearer {each}"}) for each in self.access[:1000]]),
        ]

    def keep(self, answers: Path) -> None:
        """Access tokens for introspection and userinfo, refresh tokens to be used once each."""
        tokens = [json.loads(each) for each in bodies(answers)]
        self.access = [each["access_token"] for each in tokens if "access_token" in each]
        self.refresh += [each["refresh_token"] for each in tokens if "refresh_token" in each]

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        return request("GET", path, self.origin, headers=headers)

    def token(self, form: dict[str, str], client: Client | None = None) -> bytes:
        return post("/api/oidc/token", self.origin, form, (client or self.world.client).basic)

    def authorizations(self) -> list[bytes]:
        client = self.world.client
        parameters = {
            "client_id": client.id, "redirect_uri": client.redirect_uri, "response_type": "code", "scope": " ".join(SCOPES),
            "state": "a-state-of-some-length", "nonce": "a-nonce-of-some-length", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256"}
        return [self.get("/authorize?" + urlencode(parameters), {
            "Accept": "text/html", "Sec-Fetch-Site": "cross-site",
            "Cookie": f"access_token={opaque('session', number)}; browser={opaque('browser', number)}",
        }) for number in range(1, self.world.people + 1)]

    def exchanges(self, client: Client, count: int) -> list[bytes]:
        return [self.token({"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri,
                            "code_verifier": VERIFIER}, client) for code in self.world.codes(client, count)]

    def refreshes(self, count: int) -> list[bytes]:
        mine, self.refresh = self.refresh[:count], self.refresh[count:]
        return [self.token({"grant_type": "refresh_token", "refresh_token": each}) for each in mine]

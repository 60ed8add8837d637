"""The module of the plan Config: what the discovery document says.

The module wants https of every endpoint. The server of the other modules is reached by http, so its endpoints are held to the
scheme of its issuer; and a server with an https `APP_URL`, asked through its port as a proxy would, is held to https.
"""

import pytest
import requests
from support.conformance import Provider
from support.conformance_discovery import WELL_KNOWN, addresses, check_discovery
from support.server import Latchkey


@pytest.mark.plans("config")
def test_oidcc_discovery_endpoint_verification(provider: Provider, plan):
    check_discovery(provider.url)
    check_https()


def check_https() -> None:
    """Every address of a server whose `APP_URL` is https."""
    with Latchkey(APP_URL="https://id.example.org") as server:
        document = requests.get(server.url + WELL_KNOWN, timeout=20).json()
    assert document["issuer"] == "https://id.example.org"
    assert all(value.startswith("https://id.example.org/") for value in addresses(document).values()), addresses(document)

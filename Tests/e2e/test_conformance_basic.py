"""The modules of the plans Basic and Form Post: the code flow, ID tokens, userinfo, scopes, codes and refresh tokens.

The other half, the parameters of the authorization request, is in test_conformance_requests.
"""

import base64
import hashlib
import secrets

import pytest
from support.conformance import Party
from support.conformance_checks import SCOPE_CLAIMS, check_refreshed, check_token_error, check_token_response

pytestmark = pytest.mark.plans("basic", "form_post")


def test_oidcc_server(party: Party):
    flow = party.flow()
    assert party.told(flow)["sub"] == flow.claims["sub"]


def test_oidcc_idtoken_signature(party: Party):
    assert party.header(party.flow())["alg"] == "RS256"


@pytest.mark.choice("not applicable: alg none is not offered")
def test_oidcc_idtoken_unsigned(party: Party):
    assert "none" not in party.provider.discovery["id_token_signing_alg_values_supported"]
    assert party.header(party.flow())["alg"] != "none"


def test_oidcc_userinfo_get(party: Party):
    party.told(party.flow())


def test_oidcc_userinfo_post_header(party: Party):
    party.told(party.flow(), method="POST")


def test_oidcc_userinfo_post_body(party: Party):
    party.told(party.flow(), method="POST", in_form=True)


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party: Party):
    assert "nonce" not in party.flow(nonce=None).claims


# Scopes

def check_scopes(party: Party, scope: str) -> None:
    """The claims of the scopes that the provider offers come from userinfo, and no claims of others."""
    told = party.told(party.flow(scope=f"openid {scope}"))
    offered, claims = party.provider.discovery["scopes_supported"], party.provider.discovery["claims_supported"]
    for name, belonging in SCOPE_CLAIMS.items():
        due = belonging & set(claims) if name in offered and name in scope.split() else set()
        assert belonging & set(told) == due, f"scope {name}"


def test_oidcc_scope_profile(party: Party):
    check_scopes(party, "profile")


def test_oidcc_scope_email(party: Party):
    check_scopes(party, "email")


@pytest.mark.choice("the scope is not offered; asking for it is no error")
def test_oidcc_scope_address(party: Party):
    assert "address" not in party.provider.discovery["scopes_supported"]
    check_scopes(party, "address")


@pytest.mark.choice("the scope is not offered; asking for it is no error")
def test_oidcc_scope_phone(party: Party):
    assert "phone" not in party.provider.discovery["scopes_supported"]
    check_scopes(party, "phone")


@pytest.mark.choice("with the claims of profile and email; address and phone are not offered")
def test_oidcc_scope_all(party: Party):
    check_scopes(party, "profile email address phone")


def test_oidcc_alternate_happy_flow(party: Party):
    asked = party.request(scope="email profile openid")
    flow = party.flow(asked=dict(reversed(asked.items())))
    assert party.told(flow)["email"]


# Client authentication and PKCE

def test_oidcc_server_client_secret_post(party: Party):
    assert "client_secret_post" in party.provider.discovery["token_endpoint_auth_methods_supported"]
    party.told(party.flow(post=True))


def test_oidcc_ensure_request_with_valid_pkce_succeeds(party: Party):
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    party.flow(verifier=verifier, code_challenge=challenge, code_challenge_method="S256")
    wrong = party.code(code_challenge=challenge, code_challenge_method="S256")
    check_token_error(party.redeem(wrong, code_verifier=secrets.token_urlsafe(32)), "invalid_grant")


# Codes

def test_oidcc_codereuse(party: Party):
    check_token_error(party.redeem(party.flow()), "invalid_grant")


@pytest.mark.choice("the first access token is dead; the 30 s pass in the database")
def test_oidcc_codereuse_30seconds(party: Party):
    flow = party.flow()
    party.told(flow)
    party.provider.server.psql(
        "UPDATE grants SET issued_at = issued_at - interval '31 seconds', "
        "code_expires_at = code_expires_at - interval '31 seconds', spent_at = spent_at - interval '31 seconds' "
        f"WHERE client_id = '{party.client.id}'")
    check_token_error(party.redeem(flow), "invalid_grant")
    assert party.userinfo(flow.tokens["access_token"]).status_code == 401
    if refresh_token := flow.tokens.get("refresh_token"):
        check_token_error(party.refresh(refresh_token), "invalid_grant")


# Refresh tokens

def refreshed(party: Party):
    """Signs in and refreshes; everything of the refresh is checked beside the first tokens."""
    first = party.flow(scope="openid profile email")
    assert "refresh_token" in first.tokens, "every grant of a person brings a refresh token"
    party.wait_for_the_next_second(first.claims["iat"])
    tokens = check_token_response(party.refresh(first.tokens["refresh_token"], scope="openid profile email"))
    assert tokens["access_token"] != first.tokens["access_token"]
    assert tokens["refresh_token"] != first.tokens["refresh_token"]
    # Core §12.2: it should not have a nonce, and ours has none.
    claims = party.check({name: value for name, value in first.asked.items() if name != "nonce"}, tokens)
    check_refreshed(first.claims, claims)
    first.tokens, first.claims = tokens, claims
    assert party.told(first)["email"]
    return first


def test_oidcc_refresh_token(party: Party, other_client):
    assert "refresh_token" in party.provider.discovery["grant_types_supported"]
    refreshed(party)
    # Another client's refresh token is refused, and stays that client's own.
    other = party.another(client=other_client)
    flow = other.flow()
    check_token_error(party.refresh(flow.tokens["refresh_token"]), "invalid_grant")
    check_token_response(other.refresh(flow.tokens["refresh_token"]))

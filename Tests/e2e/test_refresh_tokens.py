"""Refresh tokens and clients' own tokens over HTTP: what they give, and what ends them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from support.client import Request, ask, refresh, userinfo
from support.conformance_fixtures import newcomer
from support.waiting import wait_for


@pytest.fixture(scope="module")
def keys(server):
    return KeySet.import_key_set(requests.get(server.url + "/.well-known/jwks.json", timeout=20).json())


def claims(token: str, keys: KeySet) -> dict:
    algorithm = jws.extract_compact(token.encode()).headers()["alg"]
    assert algorithm in ("RS256", "ES256")
    return jwt.decode(token, keys, algorithms=[algorithm]).claims


def own_token(url, client, **changes):
    return ask(url + "/api/oidc/token", client, {"grant_type": "client_credentials"}, **changes)


def assert_dead(url, client, tokens):
    refused = refresh(url, client, tokens["refresh_token"])
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    assert userinfo(url, tokens["access_token"]).status_code == 401


def test_oidcc_refresh_token(admin, client, keys):
    """The module of the Basic OP plan: what a refresh answers, and that it is bound to its client."""
    first = admin.tokens_for(Request(client))
    other = admin.create_client("Other")
    refused = refresh(admin.url, other, first["refresh_token"])
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    # iat counts seconds, and the module wants a newer one.
    old = claims(first["id_token"], keys)
    wait_for(lambda: int(time.time()) > old["iat"], "the next second")
    answer = refresh(admin.url, client, first["refresh_token"])
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("application/json")
    second = answer.json()
    assert second["token_type"].lower() == "bearer" and second["expires_in"] == 3600
    assert second["refresh_token"] != first["refresh_token"] and second["access_token"] != first["access_token"]
    assert second["refresh_token"].isascii() and len(second["refresh_token"]) >= 43
    new = claims(second["id_token"], keys)
    for name in ("iss", "sub", "aud", "auth_time", "sid"):
        assert old[name] == new[name], name
    assert new["iat"] > old["iat"] and "nonce" not in new and "azp" not in new
    assert userinfo(admin.url, second["access_token"]).json()["sub"] == old["sub"]


def test_authlib_refreshes_and_revokes(admin, client):
    first = admin.tokens_for(Request(client))
    endpoint = admin.url + "/api/oidc/token"
    with OAuth2Session(client.id, client.secret, token=first, token_endpoint=endpoint) as session:
        second = session.refresh_token(endpoint, refresh_token=first["refresh_token"])
        assert second["refresh_token"] != first["refresh_token"]
        assert session.get(admin.url + "/api/oidc/userinfo").json()["sub"] == admin.user["id"]
        revoked = session.revoke_token(
            admin.url + "/api/oidc/revoke", token=second["refresh_token"], token_type_hint="refresh_token")
        assert revoked.status_code == 200
        asked = session.introspect_token(admin.url + "/api/oidc/introspect", token=second["access_token"])
        assert asked.json() == {"active": False}
    assert_dead(admin.url, client, second)
    # What was agreed to stays: nobody is asked again.
    assert "code=" in admin.authorize(Request(client)).headers["Location"]


def test_many_at_once_get_one_successor(admin, client):
    first = admin.tokens_for(Request(client))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(admin.url, client, first["refresh_token"]), range(8)))
    assert [each.status_code for each in answers] == [200] * 8
    successors = {each.json()["refresh_token"] for each in answers}
    assert len(successors) == 1
    assert refresh(admin.url, client, successors.pop()).status_code == 200


def test_a_token_used_again_later_ends_what_came_of_it(server, admin, client):
    first = admin.tokens_for(Request(client))
    second = refresh(admin.url, client, first["refresh_token"]).json()
    # Half a minute passes in the database instead of in the test.
    server.psql("UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds' WHERE used_at IS NOT NULL")
    assert_dead(admin.url, client, first)
    assert_dead(admin.url, client, second)
    events = [each["event"] for each in admin.ok("GET", "/api/audit-logs/all?pagination[limit]=20")["data"]]
    assert "TOKEN_REUSED" in events


def test_the_scope_may_be_narrowed_and_not_widened(admin, client, keys):
    first = admin.tokens_for(Request(client, scope="openid email"))
    refused = refresh(admin.url, client, first["refresh_token"], scope="openid email profile")
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_scope"
    narrow = refresh(admin.url, client, first["refresh_token"], scope="openid").json()
    assert narrow["scope"] == "openid" and claims(narrow["access_token"], keys)["scope"] == "openid"
    assert "email" not in userinfo(admin.url, narrow["access_token"]).json()
    assert refresh(admin.url, client, narrow["refresh_token"]).json()["scope"] == "openid email"


def test_a_disabled_user_gets_nothing_more(server, admin, client):
    tokens = admin.tokens_for(Request(client))
    server.psql(f"UPDATE users SET disabled = true WHERE id = '{admin.user['id']}'")
    try:
        assert_dead(admin.url, client, tokens)
    finally:
        server.psql(f"UPDATE users SET disabled = false WHERE id = '{admin.user['id']}'")
    assert refresh(admin.url, client, tokens["refresh_token"]).status_code == 200


def test_with_its_client_everything_ends(admin, client):
    tokens = admin.tokens_for(Request(client))
    admin.ok("DELETE", f"/api/oidc/clients/{client.id}", status=204)
    refused = refresh(admin.url, client, tokens["refresh_token"])
    assert refused.status_code == 401 and refused.json()["error"] == "invalid_client"


def test_a_session_that_expires_ends_nothing(server, admin, client):
    tokens = admin.tokens_for(Request(client))
    server.psql(f"UPDATE sessions SET expires_at = now() - interval '1 hour' WHERE user_id = '{admin.user['id']}'")
    assert not admin.is_signed_in()
    assert refresh(admin.url, client, tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("scope, survives", [("openid", False), ("openid offline_access", True)])
def test_signing_out_ends_what_was_given_without_offline_access(admin, client, scope, survives):
    tokens = admin.tokens_for(Request(client, scope=scope))
    admin.sign_out()
    answer = refresh(admin.url, client, tokens["refresh_token"])
    assert answer.status_code == (200 if survives else 400)
    if not survives:
        assert_dead(admin.url, client, tokens)


def test_signing_out_everywhere_ends_it_all(admin, client):
    # Somebody of their own: other tests on the same server have sessions of the administrator.
    person = newcomer(admin, "wanderer")
    elsewhere = person.another_browser()
    elsewhere.sign_in()
    tokens = elsewhere.tokens_for(Request(client, scope="openid offline_access"))
    person.ok("DELETE", "/api/sessions", {}, status=204)
    assert_dead(admin.url, client, tokens)


# Clients on their own behalf

def test_a_client_gets_a_token_of_its_own(admin, client, keys):
    answer = own_token(admin.url, client)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"} and tokens["scope"] == ""
    header = jws.extract_compact(tokens["access_token"].encode()).headers()
    assert header["alg"] == "RS256" and header["typ"] == "at+jwt"
    told = claims(tokens["access_token"], keys)
    assert told["sub"] == f"client-{client.id}" and told["aud"] == [client.id] and told["client_id"] == client.id
    assert told["iss"] == admin.url and told["exp"] - told["iat"] == 3600 and "scope" not in told


def test_a_public_client_cannot_act_on_its_own_behalf(admin):
    answer = own_token(admin.url, admin.create_client(isPublic=True))
    assert answer.status_code == 400 and answer.json()["error"] == "unauthorized_client"


def test_a_clients_own_token_is_nobodys(admin, client):
    """GHSA-q4xm-p75h-h9p3."""
    token = own_token(admin.url, client, scope="openid profile email").json()["access_token"]
    refused = userinfo(admin.url, token)
    assert refused.status_code == 401 and 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    other = admin.create_client("Other")
    asked = ask(admin.url + "/api/oidc/introspect", other, {"token": token})
    assert asked.status_code == 200 and asked.json() == {"active": False}

"""Introspection (RFC 7662) and revocation (RFC 7009) over HTTP, beside what an independent JOSE library reads in the tokens."""

import pytest
import requests
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from support.client import Client, Request, ask, refresh, userinfo


@pytest.fixture
def tokens(admin, client):
    return admin.tokens_for(Request(client, scope="openid profile"))


def introspect(url, client, token, **changes):
    return ask(url + "/api/oidc/introspect", client, {"token": token}, **changes)


def revoke(url, client, token, **changes):
    return ask(url + "/api/oidc/revoke", client, {"token": token}, **changes)


def test_an_access_token_is_what_it_says_of_itself(server, admin, client, tokens):
    answer = introspect(admin.url, client, tokens["access_token"], token_type_hint="access_token")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    keys = KeySet.import_key_set(requests.get(server.url + "/.well-known/jwks.json", timeout=20).json())
    algorithm = jws.extract_compact(tokens["access_token"].encode()).headers()["alg"]
    said = jwt.decode(tokens["access_token"], keys, algorithms=[algorithm]).claims
    assert told["active"] is True and told["token_type"] == "Bearer" and told["username"] == admin.user["username"]
    for name in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "acr"):
        assert told[name] == said[name], name


def test_a_refresh_token_is_active_until_it_is_used(admin, client, tokens):
    told = introspect(admin.url, client, tokens["refresh_token"], token_type_hint="nonsense").json()
    assert told["active"] is True and told["client_id"] == client.id and told["sub"] == admin.user["id"]
    assert told["exp"] - told["iat"] == 43200 * 60 and "token_type" not in told
    assert refresh(admin.url, client, tokens["refresh_token"]).status_code == 200
    assert introspect(admin.url, client, tokens["refresh_token"]).json() == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_another_client_is_told_nothing_and_takes_nothing_back(admin, client, tokens, kind):
    other = admin.create_client("Other")
    assert introspect(admin.url, other, tokens[kind]).json() == {"active": False}
    refused = revoke(admin.url, other, tokens[kind])
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    assert introspect(admin.url, client, tokens[kind]).json()["active"] is True


@pytest.mark.parametrize("token", ["nonsense", "lkr_" + "x" * 43, "a.b.c", "é"])
def test_what_is_no_token_is_not_active_and_as_good_as_revoked(admin, client, token):
    assert introspect(admin.url, client, token).json() == {"active": False}
    done = revoke(admin.url, client, token)
    assert done.status_code == 200 and done.content == b""


def test_a_revoked_access_token_dies_alone(admin, client, tokens):
    assert revoke(admin.url, client, tokens["access_token"]).status_code == 200
    assert userinfo(admin.url, tokens["access_token"]).status_code == 401
    assert introspect(admin.url, client, tokens["access_token"]).json() == {"active": False}
    assert refresh(admin.url, client, tokens["refresh_token"]).status_code == 200


def test_with_a_refresh_token_all_of_the_grant_dies(admin, client, tokens):
    newer = refresh(admin.url, client, tokens["refresh_token"]).json()
    assert revoke(admin.url, client, newer["refresh_token"]).status_code == 200
    for each in (tokens["access_token"], newer["access_token"]):
        assert userinfo(admin.url, each).status_code == 401
    assert refresh(admin.url, client, newer["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_public_client_shows_a_token_to_ask_and_its_name_to_revoke(admin):
    client = admin.create_client(isPublic=True)
    tokens = admin.tokens_for(Request(client))
    refused = introspect(admin.url, client, tokens["access_token"])
    assert refused.status_code == 401 and refused.json()["error"] == "invalid_client"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert introspect(admin.url, client, tokens["refresh_token"], headers=bearer).json()["active"] is True
    assert revoke(admin.url, client, tokens["refresh_token"]).status_code == 200
    dead = introspect(admin.url, client, tokens["access_token"], headers=bearer)
    assert dead.status_code == 401 and 'error="invalid_token"' in dead.headers["WWW-Authenticate"]


@pytest.mark.parametrize("endpoint", ["introspect", "revoke"])
def test_who_asks_proves_it_once_and_in_the_body(admin, client, tokens, endpoint):
    url = f"{admin.url}/api/oidc/{endpoint}"
    form = {"token": tokens["access_token"]}
    wrong = ask(url, Client(client.id, "wrong"), form)
    assert wrong.status_code == 401 and wrong.json()["error"] == "invalid_client"
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    assert ask(url, client, form, headers={}).status_code == 401
    twice = ask(url, client, form, client_secret=client.secret + "x")
    assert twice.status_code == 400 and twice.json()["error"] == "invalid_request"
    assert requests.post(url, params=form, headers=client.basic, timeout=20).status_code in (400, 415)
    assert requests.get(url, headers=client.basic, timeout=20).status_code == 405
    assert ask(url, client, {}).json()["error"] == "invalid_request"
    double = requests.post(url, data=[("token", "a"), ("token", "b")], headers=client.basic, timeout=20)
    assert double.status_code == 400 and "'token'" in double.json()["error_description"]

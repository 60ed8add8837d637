"""What is issued, checked with a JOSE library that nobody here wrote; and that discovery promises only what is there."""

import base64
import hashlib
import time

import pytest
import requests
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from support.client import Request, exchange, query, userinfo


@pytest.fixture(scope="module")
def discovery(server):
    answer = requests.get(server.url + "/.well-known/openid-configuration")
    assert answer.headers["Content-Type"].startswith("application/json")
    return answer.json()


@pytest.fixture(scope="module")
def keys(discovery):
    return KeySet.import_key_set(requests.get(discovery["jwks_uri"]).json())


def verified(token: str, keys: KeySet, typ: str | None = None) -> dict:
    header = jws.extract_compact(token.encode()).headers()
    algorithm = "RS256"
    assert header["alg"] == algorithm and header["kid"] in [each.kid for each in keys.keys]
    if typ:
        assert header["typ"] == typ
    return jwt.decode(token, keys, algorithms=[algorithm]).claims


def test_the_id_token_says_who_for_whom_when_and_how(admin, client, keys):
    request = Request(client)
    tokens = admin.tokens_for(request)
    claims = verified(tokens["id_token"], keys)
    assert claims["iss"] == admin.url and claims["nonce"] == request.nonce
    assert claims["aud"] in (client.id, [client.id]) and claims.get("azp", client.id) == client.id
    assert claims["sub"] == admin.user["id"]
    assert abs(claims["iat"] - time.time()) < 30 and claims["exp"] - claims["iat"] == 3600
    assert abs(claims["auth_time"] - time.time()) < 120 and claims["auth_time"] <= claims["iat"]
    assert {"phr", "user"} <= set(claims["amr"])
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert claims["jti"] and not {"rat", "type"} & set(claims)


def test_the_access_token_is_rfc_9068s(admin, client, keys):
    tokens = admin.tokens_for(Request(client))
    claims = verified(tokens["access_token"], keys, typ="at+jwt")
    assert claims["iss"] == admin.url and claims["client_id"] == client.id and claims["sub"] == admin.user["id"]
    assert admin.url in claims["aud"] and claims["jti"]
    assert set(claims["scope"].split()) == {"openid", "profile", "email", "groups"}
    assert claims["exp"] - claims["iat"] == tokens["expires_in"] == 3600


def test_the_token_response_is_as_rfc_6749_says(admin, client):
    request = Request(client)
    answer = exchange(admin.url, request, admin.code_for(request))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("application/json")
    tokens = answer.json()
    assert tokens["token_type"].lower() == "bearer" and set(tokens["scope"].split()) >= {"openid"}
    assert tokens["refresh_token"].startswith("lkr_") and len(tokens["refresh_token"]) == 47


def test_without_a_nonce_there_is_none(admin, client, keys):
    tokens = admin.tokens_for(Request(client, more={"nonce": None}))
    assert "nonce" not in verified(tokens["id_token"], keys)


def test_without_openid_there_is_no_id_token_and_no_userinfo(admin, client):
    tokens = admin.tokens_for(Request(client, scope="profile"))
    assert "id_token" not in tokens
    refused = userinfo(admin.url, tokens["access_token"])
    assert refused.status_code == 403 and "insufficient_scope" in refused.headers["WWW-Authenticate"]


def test_signing_in_again_keeps_sub_and_auth_time(admin, client, keys):
    first, second = (verified(admin.tokens_for(Request(client))["id_token"], keys) for _ in range(2))
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])
    assert first["jti"] != second["jti"]


def test_max_age_asks_for_a_newer_proof_and_auth_time_shows_it(server, admin, client, keys):
    first = verified(admin.tokens_for(Request(client))["id_token"], keys)
    # Five minutes pass in the database instead of in the test.
    server.psql(f"UPDATE sessions SET auth_time = auth_time - interval '5 minutes' WHERE user_id = '{admin.user['id']}'")
    old = verified(admin.tokens_for(Request(client, more={"max_age": "10000"}))["id_token"], keys)
    assert old["auth_time"] == first["auth_time"] - 300
    request = Request(client, more={"max_age": "60"})
    interaction = admin.interaction_of(admin.authorize(request))
    assert admin.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"] == "reauthenticate"
    code = query(admin.finish_interaction(interaction))["code"]
    new = verified(exchange(admin.url, request, code).json()["id_token"], keys)
    assert new["auth_time"] >= first["auth_time"]


@pytest.mark.parametrize("scope, present, absent", [
    ("openid", [], ["name", "email", "groups"]),
    ("openid profile", ["name", "given_name", "family_name", "preferred_username", "display_name", "picture"], ["email", "groups"]),
    ("openid email", ["email", "email_verified"], ["name", "groups"]),
    ("openid groups", ["groups"], ["name", "email"]),
    ("groups email profile openid", ["name", "email", "groups"], []),
])
def test_userinfo_tells_what_each_scope_allows_and_no_more(admin, client, scope, present, absent):
    tokens = admin.tokens_for(Request(client, scope=scope))
    told = userinfo(admin.url, tokens["access_token"]).json()
    assert told["sub"] == admin.user["id"]
    assert [each for each in present if each not in told] == [] and [each for each in absent if each in told] == []


def test_userinfo_answers_get_post_and_a_token_in_the_body(admin, client):
    token = admin.tokens_for(Request(client))["access_token"]
    answers = [userinfo(admin.url, token), userinfo(admin.url, token, "POST"),
               requests.post(admin.url + "/api/oidc/userinfo", data={"access_token": token})]
    assert [each.status_code for each in answers] == [200] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert requests.get(admin.url + "/api/oidc/userinfo", params={"access_token": token}).status_code == 401


# Discovery

def test_both_documents_are_the_same_and_name_the_issuer(server, discovery):
    other = requests.get(server.url + "/.well-known/oauth-authorization-server").json()
    assert other == discovery and discovery["issuer"] == server.url


def test_the_keys_are_public_only(discovery):
    for key in requests.get(discovery["jwks_uri"]).json()["keys"]:
        assert key["use"] == "sig" and key["alg"] in discovery["id_token_signing_alg_values_supported"] and key["kid"]
        assert not {"d", "p", "q", "dp", "dq", "qi", "k", "oth"} & set(key)


def test_discovery_promises_nothing_that_is_not_there(discovery):
    assert discovery["response_types_supported"] == ["code"]
    assert discovery["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert discovery["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert discovery["code_challenge_methods_supported"] == ["S256"]
    assert discovery["id_token_signing_alg_values_supported"] == ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
    assert discovery["subject_types_supported"] == ["public"]
    assert discovery["authorization_response_iss_parameter_supported"] is True
    assert discovery["request_uri_parameter_supported"] is False
    assert discovery["claims_parameter_supported"] is True and discovery["acr_values_supported"] == ["phr"]
    assert set(discovery["scopes_supported"]) == {"openid", "profile", "email", "groups", "offline_access"}
    for absent in ("registration_endpoint", "pushed_authorization_request_endpoint", "device_authorization_endpoint"):
        assert absent not in discovery


def test_every_endpoint_that_discovery_names_answers(server, discovery):
    expected = {"authorization_endpoint": 400, "token_endpoint": 405, "userinfo_endpoint": 401, "jwks_uri": 200,
                "introspection_endpoint": 405, "revocation_endpoint": 405, "end_session_endpoint": 200}
    named = {key for key in discovery if key.endswith("_endpoint") or key == "jwks_uri"}
    assert named == set(expected)
    for name, status in expected.items():
        assert discovery[name].startswith(server.url)
        assert requests.get(discovery[name]).status_code == status, name


def test_every_way_of_client_authentication_that_discovery_names_works(admin, client, discovery):
    assert set(discovery["token_endpoint_auth_methods_supported"]) == {
        "client_secret_basic", "client_secret_post", "none"}
    request = Request(client)
    assert exchange(admin.url, request, admin.code_for(request)).status_code == 200
    posted = exchange(admin.url, request, admin.code_for(request), headers={}, client_id=client.id,
                      client_secret=client.secret)
    assert posted.status_code == 200
    public = Request(admin.create_client("Public", isPublic=True))
    assert exchange(admin.url, public, admin.code_for(public)).status_code == 200


def test_every_claim_that_discovery_names_can_be_had(server, admin, client, discovery, keys):
    # Its language has whoever chose one.
    choose = "UPDATE users SET locale = {} WHERE id = '" + admin.user["id"] + "'"
    server.psql(choose.format("'en'"))
    try:
        tokens = admin.tokens_for(Request(client))
        told = userinfo(admin.url, tokens["access_token"]).json() | verified(tokens["id_token"], keys)
    finally:
        server.psql(choose.format("NULL"))
    assert set(discovery["claims_supported"]) - set(told) == set()
    assert told["locale"] == "en" and abs(told["updated_at"] - time.time()) < 3600


@pytest.mark.parametrize("prompt", ["none", "login", "consent", "select_account"])
def test_every_prompt_that_discovery_names_works(admin, client, discovery, prompt):
    assert prompt in discovery["prompt_values_supported"]
    admin.tokens_for(Request(client))
    assert admin.code_for(Request(client, more={"prompt": prompt}))

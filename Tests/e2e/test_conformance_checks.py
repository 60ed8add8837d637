"""The checks of the conformance modules, held against tokens that each have one thing wrong: a check that lets everything pass proves
nothing of the provider."""

import time
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from support.conformance_checks import (check_id_token, check_keys, check_logout_token, check_random, check_refreshed,
                                        check_standard_claims, check_token_response, check_userinfo, left_half, unsigned)

ISSUER, CLIENT, ACCESS_TOKEN = "https://id.example.org", "app", "an-access-token"
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"}), RSAKey.generate_key(2048, {"kid": "one"})
DISCOVERY = {"issuer": ISSUER, "id_token_signing_alg_values_supported": ["RS256"]}
ASKED = {"client_id": CLIENT, "nonce": "n-0"}
KEYS = [KEY.as_dict(private=False)]


@dataclass(frozen=True)
class Now:
    """When the test runs, plus or minus so many seconds: the same parameter in every process that collects it."""

    offset: int
    factor: int = 1

    def __str__(self) -> str:
        return f"now {self.offset:+}" + (f" times {self.factor}" if self.factor != 1 else "")

    __repr__ = __str__


def id_token(key: RSAKey = KEY, header: dict | None = None, **changes) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": CLIENT, "sub": "user", "iat": now, "exp": now + 3600, "nonce": "n-0", "auth_time": now,
              "at_hash": left_half(ACCESS_TOKEN, "RS256"), "sid": "session"} | changes
    claims = {name: (now + value.offset) * value.factor if isinstance(value, Now) else value
              for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one"} | (header or {}), claims, key, algorithms=["RS256", "RS384"])


def test_a_good_id_token_passes():
    claims = check_id_token(id_token(), KEYS, DISCOVERY, ASKED, ACCESS_TOKEN)
    assert claims["sub"] == "user"
    check_id_token(id_token(acr="phr", nonce=None), KEYS, DISCOVERY, {"client_id": CLIENT, "acr_values": "phr"})


@pytest.mark.parametrize("changes", [
    {"iss": ISSUER + "/"}, {"aud": "another"}, {"aud": [CLIENT, "another"]}, {"azp": "another"}, {"sub": ""}, {"sub": "u" * 256},
    {"sub": None}, {"exp": 1}, {"exp": "tomorrow"}, {"iat": Now(600)}, {"iat": Now(-600)},
    {"nbf": Now(600)}, {"nonce": None}, {"nonce": "other"}, {"at_hash": "wrong"}, {"auth_time": True},
    {"amr": "phr"}, {"email_verified": "true"}, {"updated_at": "2026-01-01"}, {"name": 7}, {"picture": "data:,"},
    {"updated_at": Now(0, 1000)}, {"address": "Elm Street"}, {"email": "nobody"}, {"given_name": ""},
], ids=str)
def test_an_id_token_with_one_thing_wrong_does_not(changes):
    with pytest.raises((AssertionError, KeyError)):
        check_id_token(id_token(**changes), KEYS, DISCOVERY, ASKED, ACCESS_TOKEN)


@pytest.mark.parametrize("asked", [{"nonce": "n-1"}, {"acr_values": "phr"}, {"client_id": "another"}], ids=str)
def test_an_id_token_is_held_against_the_request(asked):
    with pytest.raises((AssertionError, KeyError)):
        check_id_token(id_token(), KEYS, DISCOVERY, ASKED | asked, ACCESS_TOKEN)


def test_max_age_wants_an_auth_time():
    with pytest.raises(AssertionError):
        check_id_token(id_token(auth_time=None), KEYS, DISCOVERY, ASKED | {"max_age": "1"}, ACCESS_TOKEN)


@pytest.mark.parametrize("token", [
    id_token(OTHER), id_token(header={"kid": "two"}), id_token(OTHER, {"alg": "RS384"}), unsigned({"iss": ISSUER}), id_token()[:-4]],
    ids=["another key", "an unknown key", "another key and algorithm", "none", "cut"])
def test_a_signature_that_is_not_the_providers_does_not_pass(token):
    with pytest.raises(Exception):  # noqa: B017 - joserfc's refusal or ours
        check_id_token(token, KEYS, DISCOVERY, ASKED, ACCESS_TOKEN)


def answer(document: dict, status: int = 200, **headers: str) -> SimpleNamespace:
    return SimpleNamespace(status_code=status, text=str(document), json=lambda: document, headers={
        "Content-Type": "application/json", "Cache-Control": "no-store"} | headers)


@pytest.mark.parametrize("keys", [
    [], [KEY.as_dict(private=True)], KEYS * 2, [KEYS[0] | {"use": "enc"}], [KEYS[0] | {"alg": "ES256"}],
    [{name: value for name, value in KEYS[0].items() if name != "kid"}], [{"kty": "oct", "kid": "two", "k": "c2VjcmV0"}]])
def test_keys_that_should_not_be_published_do_not_pass(keys):
    assert check_keys(answer({"keys": KEYS + [ECKey.generate_key("P-256", {"kid": "ec"}, private=False).as_dict()]}))
    with pytest.raises((AssertionError, KeyError)):
        check_keys(answer({"keys": keys}))


TOKENS = {"access_token": "vF3a8Kq0ZtW5xJm1RcYh7LbNpSdGeUoIi2Q4w6E9", "token_type": "Bearer", "expires_in": 3600}


@pytest.mark.parametrize("spoiled", [
    answer(TOKENS | {"token_type": "mac"}), answer(TOKENS | {"expires_in": "3600"}), answer(TOKENS | {"access_token": "1234"}),
    answer(TOKENS | {"access_token": TOKENS["access_token"] + " "}), answer(TOKENS | {"refresh_token": "a" * 43}),
    answer(TOKENS, 201), answer(TOKENS, **{"Cache-Control": "private"}), answer(TOKENS, **{"Content-Type": "text/html"})])
def test_a_token_response_with_one_thing_wrong_does_not_pass(spoiled):
    assert check_token_response(answer(TOKENS))
    with pytest.raises(AssertionError):
        check_token_response(spoiled)


def test_entropy_is_that_of_the_text():
    check_random("vF3a8Kq0ZtW5xJm1RcYh7LbNpSdGeUoIi2Q4w6E9")
    for weak in ("2026-11-22T08:46:55Z", "a" * 200, "0123456789abcdef"):
        with pytest.raises(AssertionError):
            check_random(weak)


def test_userinfo_is_about_the_one_who_signed_in():
    check_userinfo(answer({"sub": "user", "email_verified": False}), "user")
    with pytest.raises(AssertionError):
        check_userinfo(answer({"sub": "another"}), "user")
    with pytest.raises(AssertionError):
        check_standard_claims({"phone_number": None})


@pytest.mark.parametrize("changes", [{"sub": "another"}, {"iat": 1}, {"auth_time": 2}, {"azp": CLIENT}, {"aud": "another"}], ids=str)
def test_a_refreshed_id_token_is_the_same_person_later(changes):
    first = {"iss": ISSUER, "sub": "user", "aud": CLIENT, "iat": 1, "auth_time": 1}
    check_refreshed(first, first | {"iat": 2})
    with pytest.raises(AssertionError):
        check_refreshed(first, first | {"iat": 2} | changes)


EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.mark.parametrize("changes", [
    {"events": {}}, {"events": None}, {"events": {"http://schemas.openid.net/event/backchannel-logout": {"a": 1}}}, {"nonce": "n-0"},
    {"sid": "another"}, {"sid": None}, {"sub": "another"}, {"aud": "another"}, {"iss": "another"}, {"jti": None},
    {"iat": Now(-90_000)}, {"iat": Now(600)}], ids=str)
def test_a_logout_token_with_one_thing_wrong_does_not_pass(changes):
    about = {"iss": ISSUER, "aud": CLIENT, "sub": "user", "sid": "session"}
    good = {"events": EVENTS, "jti": "j", "nonce": None}
    check_logout_token(id_token(header={"typ": "logout+jwt"}, **good), KEYS, about)
    with pytest.raises((AssertionError, KeyError)):
        check_logout_token(id_token(header={"typ": "logout+jwt"}, **(good | changes)), KEYS, about)
    with pytest.raises((AssertionError, KeyError)):
        check_logout_token(id_token(**good), KEYS, about)

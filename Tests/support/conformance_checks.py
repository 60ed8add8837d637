"""What the certification suite asserts of every answer, as functions over what was received.

Owns: the rules and their clauses; joserfc verifies what is signed.
Must not know: how an answer came about.
"""

import base64
import hashlib
import json
import math
import re
import time
from collections import Counter

import requests
from joserfc import jws, jwt
from joserfc.jwk import JWKRegistry

# RFC 6749 §10.10 asks for 128 bits; what is measured is Shannon's entropy of the text itself, which random text of 43
# base64url characters exceeds by far and no counter or date comes near.
ENTROPY_BITS = 128
# How far apart the clocks of the test and of the server may be, and how long a request may take.
CLOCK_SECONDS = 30

# RFC 6750 §2.1, as it must be for a header; RFC 6749 §A.12 allows more.
BEARER_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
# RFC 6749 §A.11 and §A.17: VSCHAR.
VISIBLE_CHARACTERS = re.compile(r"[\x20-\x7e]+")
# RFC 6749 §3.3.
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")

# RFC 7518 §6: members of a private or symmetric key.
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
# The families of keys that an algorithm signs with (RFC 7518 §3.1, RFC 8037 §3.1).
KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}

# OpenID Connect Core §5.1: the standard claims and their types.
STRINGS = {"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
           "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number"}
BOOLEANS = {"email_verified", "phone_number_verified"}
ADDRESS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
# Which of them each scope asks for (Core §5.4), as far as the provider's discovery offers them.
SCOPE_CLAIMS = {
    "profile": {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
                "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"},
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


def entropy(text: str) -> float:
    """Shannon's entropy of the text's characters, in bits."""
    length = len(text)
    return -sum(count * math.log2(count / length) for count in Counter(text).values())


def check_random(text: str, characters: re.Pattern = VISIBLE_CHARACTERS) -> None:
    assert characters.fullmatch(text), f"characters that are not allowed: {text!r}"
    assert entropy(text) >= ENTROPY_BITS, f"{entropy(text):.0f} bits: {text!r}"


def json_of(answer: requests.Response, status: int = 200) -> dict:
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:600]}"
    assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers["Content-Type"]
    found = answer.json()
    assert isinstance(found, dict)
    return found


# Keys

def check_keys(answer: requests.Response) -> list[dict]:
    """The provider's JWKS (RFC 7517 §5): valid, public only, every key to be told from the others."""
    keys = json_of(answer)["keys"]
    assert keys
    for key in keys:
        assert not PRIVATE_MEMBERS & set(key), f"a private key is published: {key.get('kid')}"
        assert key["kty"] in KEY_TYPES.values() and key.get("use", "sig") == "sig", key
        # RFC 7517 §4.3: the two ways to say what a key is for should not be used together.
        assert not ("use" in key and "key_ops" in key), key
        public = JWKRegistry.import_key(key)
        assert not public.is_private
        if key["kty"] == "RSA":
            # RFC 7518 §3.3.
            assert public.raw_value.key_size >= 2048
        if "alg" in key:
            assert KEY_TYPES[key["alg"][:2]] == key["kty"], key
    # Core §10.1: with several keys, each token names its own.
    names = [key["kid"] for key in keys]
    assert len(set(names)) == len(names), f"two keys have one kid: {names}"
    return keys


def verified(token: str, keys: list[dict]) -> tuple[dict, dict]:
    """(header, claims) of a token whose signature was verified with the key that it names."""
    header = jws.extract_compact(token.encode()).headers()
    assert header["alg"] != "none" and "crit" not in header, header
    [key] = [key for key in keys if key["kid"] == header["kid"]]
    assert KEY_TYPES[header["alg"][:2]] == key["kty"] and key.get("alg", header["alg"]) == header["alg"]
    return header, jwt.decode(token, JWKRegistry.import_key(key), algorithms=[header["alg"]]).claims


# ID tokens

def check_id_token(token: str, keys: list[dict], discovery: dict, asked: dict, access_token: str | None = None) -> dict:
    """Core §3.1.3.7 and what the suite adds; `asked` are the authorization request's parameters."""
    header, claims = verified(token, keys)
    assert header["alg"] in discovery["id_token_signing_alg_values_supported"]
    now = time.time()
    assert claims["iss"] == discovery["issuer"] and asked["client_id"] in audience(claims)
    # Core §3.1.3.7: with several audiences, azp says who the token is for.
    assert audience(claims) == [asked["client_id"]] or "azp" in claims
    assert claims.get("azp", asked["client_id"]) == asked["client_id"]
    for name in ("exp", "iat"):
        assert is_number(claims[name]), f"{name}: {claims[name]!r}"
    assert claims["exp"] > now - CLOCK_SECONDS and now - CLOCK_SECONDS <= claims["iat"] <= now + CLOCK_SECONDS
    assert claims["iat"] < claims["exp"] and claims.get("nbf", 0) <= now + CLOCK_SECONDS
    assert claims.get("nonce") == asked.get("nonce"), "the nonce is not what was sent"
    check_subject(claims["sub"])
    if "auth_time" in claims:
        assert is_number(claims["auth_time"]) and claims["auth_time"] <= claims["iat"] + CLOCK_SECONDS
    if "max_age" in asked:
        # Core §3.1.2.1.
        assert "auth_time" in claims
    if "amr" in claims:
        assert isinstance(claims["amr"], list) and all(isinstance(each, str) for each in claims["amr"])
    if wanted := asked.get("acr_values"):
        assert claims["acr"] in wanted.split(), f"acr {claims.get('acr')!r} is none of {wanted!r}"
    if access_token and "at_hash" in claims:
        assert claims["at_hash"] == left_half(access_token, header["alg"])
    check_standard_claims(claims)
    return claims


def left_half(token: str, algorithm: str) -> str:
    """Core §3.1.3.6: the left half of the hash that belongs to the ID token's algorithm."""
    function = hashlib.sha512 if algorithm in ("EdDSA", "Ed25519") else getattr(hashlib, f"sha{algorithm[2:]}")
    digest = function(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:len(digest) // 2]).rstrip(b"=").decode()


def audience(claims: dict) -> list[str]:
    return [claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_subject(value: object) -> None:
    # Core §2: at most 255 ASCII characters.
    assert isinstance(value, str) and 0 < len(value) <= 255 and value.isascii()


def check_standard_claims(claims: dict) -> None:
    """Core §5.1: each standard claim that is there has its type."""
    for name, value in claims.items():
        assert value is not None and value != "", f"{name} is empty rather than left out (Core §5.3.2)"
        if name in STRINGS:
            assert isinstance(value, str), f"{name}: {value!r}"
        if name in BOOLEANS:
            assert isinstance(value, bool), f"{name}: {value!r}"
    for name in {"profile", "picture", "website"} & set(claims):
        assert re.match(r"https?://", claims[name]), f"{name}: {claims[name]!r}"
    if "email" in claims:
        assert re.fullmatch(r"[^@\s]+@[^@\s]+", claims["email"])
    if "birthdate" in claims:
        assert re.fullmatch(r"\d{4}(-\d{2}-\d{2})?|0000-\d{2}-\d{2}", claims["birthdate"])
    if "updated_at" in claims:
        # Seconds, neither milliseconds nor a date in the future.
        assert is_number(claims["updated_at"]) and 0 < claims["updated_at"] <= time.time() + CLOCK_SECONDS
    if "address" in claims:
        assert isinstance(claims["address"], dict) and set(claims["address"]) <= ADDRESS
        assert all(isinstance(each, str) for each in claims["address"].values())


# Token responses

def check_token_response(answer: requests.Response) -> dict:
    """RFC 6749 §5.1."""
    tokens = json_of(answer)
    assert "error" not in tokens and "no-store" in answer.headers["Cache-Control"]
    assert tokens["token_type"].lower() == "bearer"
    assert isinstance(tokens["expires_in"], int) and 0 < tokens["expires_in"] <= 366 * 86400
    check_random(tokens["access_token"], BEARER_CHARACTERS)
    if "refresh_token" in tokens:
        check_random(tokens["refresh_token"])
    if "scope" in tokens:
        assert all(SCOPE_TOKEN.fullmatch(each) for each in tokens["scope"].split(" "))
    return tokens


def check_token_error(answer: requests.Response, error: str, status: int = 400) -> None:
    """RFC 6749 §5.2."""
    told = json_of(answer, status)
    assert told["error"] == error, told
    assert "access_token" not in told and "no-store" in answer.headers["Cache-Control"]
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", told.get("error_description", ""))


def check_userinfo(answer: requests.Response, subject: str) -> dict:
    """Core §5.3.2."""
    told = json_of(answer)
    assert told["sub"] == subject
    check_standard_claims(told)
    return told


def check_refreshed(first: dict, second: dict) -> None:
    """Core §12.2: the claims of the ID token of a refresh, beside those of the first."""
    for name in ("iss", "sub", "aud"):
        assert first[name] == second[name], name
    assert second["iat"] > first["iat"]
    assert second.get("auth_time") == first.get("auth_time"), "a refresh is no authentication"
    assert second.get("azp") == first.get("azp")


# Logout tokens

def check_logout_token(token: str, keys: list[dict], id_token: dict) -> dict:
    """Back-Channel Logout §2.4 and §2.6, beside the ID token of the session that ended."""
    header, claims = verified(token, keys)
    # §2.4: so that it cannot be taken for another kind of token.
    assert header["typ"] == "logout+jwt"
    now = time.time()
    assert claims["iss"] == id_token["iss"] and audience(claims) == audience(id_token)
    assert is_number(claims["iat"]) and now - 86400 < claims["iat"] <= now + CLOCK_SECONDS
    assert claims["exp"] > now and claims["jti"]
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["sub"] == id_token["sub"] and claims["sid"] == id_token["sid"]
    assert "nonce" not in claims
    return claims


def unsigned(claims: dict) -> str:
    """A token with alg none (RFC 7519 §6)."""
    parts = [json.dumps(each, separators=(",", ":")).encode() for each in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts) + "."

"""What the certification suite asserts of the discovery document."""

import re
from urllib.parse import urlsplit

import requests

from .conformance_checks import SCOPE_TOKEN, check_keys, json_of

WELL_KNOWN = "/.well-known/openid-configuration"

# Discovery §3: what must be there.
REQUIRED = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
            "subject_types_supported", "id_token_signing_alg_values_supported"}
# Members of Discovery §3, RFC 8414 §2, RFC 9207 §3 and the logout specifications, by the kind of their value. The suite warns of
# any other.
STRINGS = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "registration_endpoint",
           "end_session_endpoint", "introspection_endpoint", "revocation_endpoint", "service_documentation", "op_policy_uri",
           "op_tos_uri"}
LISTS = {"response_types_supported", "response_modes_supported", "grant_types_supported", "acr_values_supported",
         "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported",
         "request_object_signing_alg_values_supported", "token_endpoint_auth_methods_supported",
         "token_endpoint_auth_signing_alg_values_supported", "introspection_endpoint_auth_methods_supported",
         "introspection_endpoint_auth_signing_alg_values_supported", "revocation_endpoint_auth_methods_supported",
         "revocation_endpoint_auth_signing_alg_values_supported", "display_values_supported", "claim_types_supported",
         "claims_supported", "scopes_supported", "claims_locales_supported", "ui_locales_supported",
         "code_challenge_methods_supported", "prompt_values_supported"}
FLAGS = {"claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported",
         "require_request_uri_registration", "authorization_response_iss_parameter_supported",
         "backchannel_logout_supported", "backchannel_logout_session_supported", "frontchannel_logout_supported",
         "frontchannel_logout_session_supported"}


def addresses(document: dict) -> dict[str, str]:
    return {name: value for name, value in document.items() if name.endswith("_endpoint") or name == "jwks_uri"}


def check_discovery(url: str) -> dict:
    """Discovery §3 and §4, and the JWKS; every endpoint has the scheme of the issuer."""
    answer = requests.get(url + WELL_KNOWN, allow_redirects=False, timeout=20)
    document = json_of(answer)
    assert REQUIRED <= set(document)
    issuer = document["issuer"]
    assert issuer + WELL_KNOWN == answer.url and re.fullmatch(r"https?://[^?#\s]+[^/?#\s]", issuer)
    for name, value in document.items():
        kinds = [kind for kind, names in ((str, STRINGS), (list, LISTS), (bool, FLAGS)) if name in names]
        assert kinds and isinstance(value, kinds[0]), f"{name}: {value!r}"
        if isinstance(value, list):
            assert value and all(isinstance(each, str) for each in value) and len(set(value)) == len(value), name
    assert "code" in document["response_types_supported"]
    assert set(document["subject_types_supported"]) <= {"public", "pairwise"}
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert {"authorization_code"} <= set(document["grant_types_supported"])
    assert {"query", "form_post"} <= set(document["response_modes_supported"])
    assert "openid" in document["scopes_supported"]
    assert all(SCOPE_TOKEN.fullmatch(each) for each in document["scopes_supported"])
    assert {"sub", "name", "email"} <= set(document["claims_supported"])
    for name in ("ui_locales_supported", "claims_locales_supported"):
        # BCP 47, in the case that it recommends: en, zh-CN, zh-Hans-CN.
        assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", each)
                   for each in document.get(name, [])), name
    # Discovery §3: what a missing member would mean differs from flag to flag, so each is said.
    assert {"claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported"} <= set(document)
    for name, value in addresses(document).items():
        parts = urlsplit(value)
        assert parts.scheme == urlsplit(issuer).scheme and parts.netloc and not parts.fragment, name
    check_keys(requests.get(document["jwks_uri"], timeout=20))
    return document

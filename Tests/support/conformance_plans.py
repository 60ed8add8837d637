"""The OpenID Foundation's certification plans for providers: their modules in order, and what each asserts.

Names and order are the suite's own, so that its results can be laid beside ours. A test of ours has its module's name with
underscores for hyphens.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    title: str
    # The suite's name of the plan.
    name: str
    # Module → what it asserts.
    modules: dict[str, str]


_BASIC = {
    "oidcc-server":
        "code flow: `state` and `iss` come back, the code stands where it belongs, the token response is JSON and not stored, "
        "the ID token holds (signature, iss, aud, exp, iat, nonce, types of the standard claims), userinfo answers",
    "oidcc-response-type-missing": "without `response_type`: `invalid_request` or `unsupported_response_type`",
    "oidcc-idtoken-signature": "the ID token is signed with RS256 by the key that its `kid` names in the JWKS",
    "oidcc-idtoken-unsigned": "`alg` none only for a client that asked for it",
    "oidcc-userinfo-get": "userinfo by GET with the token in the header; `sub` is the ID token's",
    "oidcc-userinfo-post-header": "userinfo by POST with the token in the header",
    "oidcc-userinfo-post-body": "userinfo by POST with the token in the form",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": "a request without `nonce` succeeds, and there is none in the ID token",
    "oidcc-scope-profile": "scope profile: its claims come from userinfo, with the right types",
    "oidcc-scope-email": "scope email: its claims come from userinfo, with the right types",
    "oidcc-scope-address": "scope address: its claim comes from userinfo where the scope is offered",
    "oidcc-scope-phone": "scope phone: its claims come from userinfo where the scope is offered",
    "oidcc-scope-all": "all of these scopes in one request",
    "oidcc-alternate-happy-flow": "scopes and parameters in another order",
    "oidcc-display-page": "`display=page` is no error",
    "oidcc-display-popup": "`display=popup` is no error",
    "oidcc-prompt-login": "`prompt=login` authenticates again; `auth_time` is later",
    "oidcc-prompt-none-not-logged-in": "`prompt=none` without a session: an error that names the need of a page, by redirect",
    "oidcc-prompt-none-logged-in": "`prompt=none` with a session: silent, with the same `sub` and `auth_time`",
    "oidcc-max-age-1": "`max_age=1` after a second authenticates again; `auth_time` is there and later",
    "oidcc-max-age-10000": "`max_age=10000` does not authenticate again; `auth_time` is there and unchanged",
    "oidcc-ensure-request-with-unknown-parameter-succeeds": "`extra=foobar` is ignored",
    "oidcc-id-token-hint": "`prompt=none` with the hint of the same person: silent",
    "oidcc-login-hint": "`login_hint` is no error",
    "oidcc-ui-locales": "`ui_locales=se` is no error",
    "oidcc-claims-locales": "`claims_locales=se` is no error",
    "oidcc-ensure-request-with-acr-values-succeeds": "`acr_values` succeeds, and `acr` is one of them",
    "oidcc-codereuse": "a code used twice at once: `invalid_grant`",
    "oidcc-codereuse-30seconds": "a code used again after 30 s: `invalid_grant`, and what it gave is dead",
    "oidcc-ensure-registered-redirect-uri": "an unregistered `redirect_uri` ends on an error page",
    "oidcc-ensure-post-request-succeeds": "the authorization request as a form by POST",
    "oidcc-server-client-secret-post": "code flow with client_secret_post",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported":
        "an unsigned `request_uri` is processed or refused as `request_uri_not_supported`",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported":
        "an unsigned `request` is processed or refused as `request_not_supported`; never ignored",
    "oidcc-claims-essential": "`claims` with an essential `name` in userinfo succeeds, and the name is there",
    "oidcc-ensure-request-object-with-redirect-uri":
        "a `redirect_uri` inside a request object wins over an unregistered one outside, or an error page",
    "oidcc-refresh-token":
        "discovery names the grant; a refresh answers 200 with fresh tokens of enough entropy, and an ID token with the same iss, "
        "sub, aud, azp, `auth_time` and a later iat; another client's refresh token is refused",
    "oidcc-ensure-request-with-valid-pkce-succeeds": "PKCE with S256",
}

_LOGOUT = {
    "oidcc-rp-initiated-logout-discovery-endpoint-verification": "discovery names `end_session_endpoint`",
    "oidcc-rp-initiated-logout":
        "with hint, URI and state: to the URI with that state and nothing else; `prompt=none` is then an error",
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": "an unregistered URI is never gone to",
    "oidcc-rp-initiated-logout-modified-id-token-hint": "a hint whose `alg` became none proves nothing: no redirect",
    "oidcc-rp-initiated-logout-no-id-token-hint": "a URI without a hint: no redirect",
    "oidcc-rp-initiated-logout-no-params": "without parameters: a page, and the session is over",
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri": "a hint without a URI: a page, and the session is over",
    "oidcc-rp-initiated-logout-no-state": "without state: to the URI, with no state made up",
    "oidcc-rp-initiated-logout-only-state": "with state alone: a page, and the session is over",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": "a registered URI with a query added: no redirect",
    "oidcc-rp-initiated-logout-bad-id-token-hint": "a hint signed by another key proves nothing: no redirect",
}

PLANS = {
    "basic": Plan("Basic OP", "oidcc-basic-certification-test-plan", _BASIC),
    "config": Plan("Config OP", "oidcc-config-certification-test-plan", {
        "oidcc-discovery-endpoint-verification":
            "200 and JSON at issuer + /.well-known/openid-configuration; the issuer to the letter; every member of the right kind; "
            "RS256 among the ID token's algorithms; https endpoints; the JWKS valid and public only; scopes, locales, PKCE methods",
    }),
    "form_post": Plan("Form Post OP", "oidcc-formpost-basic-certification-test-plan", {
        module: asserts for module, asserts in _BASIC.items()}),
    "rp_initiated_logout": Plan(
        "RP-Initiated Logout OP", "oidcc-rp-initiated-logout-certification-test-plan", _LOGOUT),
    "backchannel_logout": Plan(
        "Back-Channel Logout OP", "oidcc-backchannel-rp-initiated-logout-certification-test-plan", {
            "oidcc-backchannel-logout-discovery-endpoint-verification":
                "discovery names `end_session_endpoint` and supports back-channel logout with `sid`",
            "oidcc-backchannel-rp-initiated-logout":
                "a POST with `logout_token` alone: signature, iss, aud, iat, jti, the event, `sub` and `sid` of the ID token, no nonce; "
                "then the redirect with state; `prompt=none` is then an error",
        }),
    "frontchannel_logout": Plan(
        "Front-Channel Logout OP", "oidcc-frontchannel-rp-initiated-logout-certification-test-plan", {
            "oidcc-frontchannel-logout-discovery-endpoint-verification":
                "discovery names `end_session_endpoint` and supports front-channel logout with `sid`",
            "oidcc-frontchannel-rp-initiated-logout":
                "an iframe's GET with `iss` and `sid` of the ID token and nothing else; then the redirect with state; `prompt=none` is "
                "then an error",
        }),
}

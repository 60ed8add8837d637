"""What went wrong in Pocket ID, each with the test that would have caught it. Those that have to do with refresh tokens, clients' own
tokens and signing out are here; a test holds the others to being there.

| What | Test |
|---|---|
| CVE-2026-28512: redirect URI with an `@` | e2e/test_refusals_authorization.py: test_a_redirect_uri_that_is_not_registered_ends_on_a_page |
| CVE-2026-28513: code of another client, or expired | e2e/test_refusals_token.py: test_only_the_owner_of_a_fresh_code_gets_tokens |
| CVE-2026-43983: refresh ignored what it rests on | e2e/test_known_vulnerabilities.py: test_a_refresh_token_dies_with_what_it_rests_on |
| GHSA-hp74-gm6m-2qm5: a code stood in for the passkey | e2e/test_one_time_access.py: test_a_code_is_no_reauthentication |
| CVE-2026-55834: open redirect with prompt=none | e2e/test_groups.py: test_prompt_none_redirects_nobody_to_a_foreign_address |
| CVE-2026-62662: audience of client credentials | e2e/test_known_vulnerabilities.py: test_a_clients_own_token_is_good_for_nobodys_data |
| GHSA-252c-qmvj-75c9: a form of another site made an administrator | e2e/test_sign_up.py: test_another_site_cannot_sign_somebody_up |
| GHSA-rm8c-2cv8-jwf6: a link outlived the address | e2e/test_mail.py: test_a_link_dies_with_the_address_that_it_was_sent_to |
| modulo bias of random codes | ServiceKitTests/RandomnessTests.swift: bytes that would favour low numbers are thrown away |
| requests into the own network for logos | e2e/test_pictures.py: test_logos_are_not_fetched_from_inside_the_network |
| user verification not enforced | AuthServiceTests/SignInTests.swift: an unknown passkey, a disabled user and an unverified one are refused, each with its reason |
| two first administrators | AuthServiceTests/SetupTests.swift: of many who finish set-up at once, exactly one wins |
| an assertion used twice | AuthServiceTests/SignInTests.swift: a challenge answered twice is refused as spent |
| a stranger deleted logos | e2e/test_pictures.py: test_a_stranger_changes_no_logo |
| an API key made API keys | e2e/test_rest_setup.py: test_the_static_key_makes_no_keys_and_goes_with_its_variable |
| an API key registered passkeys | e2e/test_recovery.py: test_an_api_key_registers_no_passkey |
| the token endpoint took query parameters | e2e/test_known_vulnerabilities.py: test_no_grant_takes_parameters_from_the_query |
| unknown PKCE methods | e2e/test_refusals_authorization.py: test_pkce_other_than_s256_is_refused_with_the_sentence_that_helps |
| signing out left refresh tokens usable | e2e/test_known_vulnerabilities.py: test_signing_out_ends_refresh_tokens_that_were_not_asked_for_to_last |
| access tokens outlived their grant | e2e/test_known_vulnerabilities.py: test_access_tokens_die_with_their_grant |
| a small file that unpacks to a huge picture | PicturesTests/HostileFileTests.swift: A small file that claims to be a huge picture is refused before it is decoded |
| the own machine was exempt from limits | e2e/test_floods.py: test_guessing_login_codes_is_stopped_and_told_when_to_come_back |

Pushed requests and device codes, of which there were three more, are not offered.
"""

import base64
import json
import re
from pathlib import Path

import pytest
import requests
from support.client import Person, Request, exchange, random_text, userinfo
from support.conformance_checks import json_of
from support.conformance_fixtures import newcomer

TESTS = Path(__file__).resolve().parents[1]


def test_each_has_its_test():
    rows = re.findall(r"^\| (.+?) \| (\S+): (.+) \|$", __doc__, re.MULTILINE)
    assert len(rows) == 22
    for what, file, name in rows:
        sought = f"def {name}(" if file.endswith(".py") else f'"{name}'
        assert sought in (TESTS / file).read_text(), f"{what}: {file} has no {name}"


class Case:
    """An app for a group, somebody who is in it, and what they were given there."""

    def __init__(self, admin: Person):
        self.admin = admin
        self.url = admin.url
        self.person = newcomer(admin, "v" + random_text(), firstName="Vic", lastName="Tim")
        self.group = admin.ok(
            "POST", "/api/user-groups", {"name": f"case-{random_text()}", "friendlyName": "Case"}, status=201)
        self.path = f"/api/user-groups/{self.group['id']}"
        admin.ok("PUT", f"{self.path}/users", {"userIds": [self.person.user["id"]]})
        self.client = admin.create_client("Vault", isGroupRestricted=True)
        admin.ok("PUT", f"/api/oidc/clients/{self.client.id}/allowed-user-groups", {"userGroupIds": [self.group["id"]]})

    def tokens(self, scope: str = "openid email") -> dict:
        return self.person.tokens_for(Request(self.client, scope=scope))

    def post(self, **form: str) -> requests.Response:
        return requests.post(self.url + "/api/oidc/token", data=form, headers=self.client.basic, timeout=20)

    def refresh(self, tokens: dict) -> requests.Response:
        return self.post(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def introspects(self, token: str, headers: dict | None = None) -> bool:
        answer = requests.post(self.url + "/api/oidc/introspect", data={"token": token},
                               headers=headers or self.client.basic, timeout=20)
        return json_of(answer)["active"]

    def check_dead(self, tokens: dict) -> None:
        refused = self.refresh(tokens)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), refused.text
        told = userinfo(self.url, tokens["access_token"])
        assert told.status_code == 401 and 'error="invalid_token"' in told.headers["WWW-Authenticate"]
        assert not self.introspects(tokens["access_token"]) and not self.introspects(tokens["refresh_token"])

    def check_alive(self, tokens: dict) -> dict:
        """Returns the tokens of a refresh."""
        assert userinfo(self.url, tokens["access_token"]).status_code == 200
        assert self.introspects(tokens["access_token"])
        return json_of(self.refresh(tokens))


@pytest.fixture
def case(admin) -> Case:
    return Case(admin)


# What a grant rests on

def leaves_the_group(case: Case) -> None:
    case.admin.ok("PUT", f"{case.path}/users", {"userIds": []})


def group_goes(case: Case) -> None:
    case.admin.ok("DELETE", case.path, {}, status=204)


def app_forgets_the_group(case: Case) -> None:
    case.admin.ok("PUT", f"/api/oidc/clients/{case.client.id}/allowed-user-groups", {"userGroupIds": []})


def consent_is_taken_back(case: Case) -> None:
    case.person.ok("DELETE", f"/api/oidc/users/me/authorized-clients/{case.client.id}", {}, status=204)


def account_is_disabled(case: Case) -> None:
    user = case.admin.ok("GET", f"/api/users/{case.person.user['id']}")
    case.admin.ok("PUT", f"/api/users/{user['id']}", user | {"disabled": True})


def account_is_deleted(case: Case) -> None:
    case.admin.ok("DELETE", f"/api/users/{case.person.user['id']}", {}, status=204)


def sessions_are_ended_everywhere(case: Case) -> None:
    case.admin.ok("DELETE", f"/api/users/{case.person.user['id']}/sessions", {}, status=204)


ENDS = [leaves_the_group, group_goes, app_forgets_the_group, consent_is_taken_back, account_is_disabled, account_is_deleted,
        sessions_are_ended_everywhere]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("scope", ["openid email", "openid email offline_access"])
def test_a_refresh_token_dies_with_what_it_rests_on(case, end, scope):
    """CVE-2026-43983."""
    tokens = case.check_alive(case.tokens(scope))
    end(case)
    case.check_dead(tokens)


def test_what_came_back_does_not_bring_a_dead_grant_back(case):
    tokens = case.check_alive(case.tokens())
    consent_is_taken_back(case)
    case.check_dead(tokens)
    assert case.check_alive(case.tokens())
    case.check_dead(tokens)


@pytest.mark.parametrize("end", [
    pytest.param(lambda case, tokens: case.refresh(tokens["first"]), id="an old refresh token is used again"),
    pytest.param(lambda case, tokens: requests.post(
        case.url + "/api/oidc/revoke", data={"token": tokens["refresh_token"]}, headers=case.client.basic, timeout=20),
        id="the refresh token is revoked"),
    pytest.param(lambda case, tokens: exchange(case.url, tokens["request"], tokens["code"]), id="the code is used again"),
])
def test_access_tokens_die_with_their_grant(case, end):
    request = Request(case.client, scope="openid email")
    code = case.person.code_for(request)
    first = json_of(exchange(case.url, request, code))
    second = case.check_alive(first)
    # Only once the successor was used is the first one's use a reuse, and no repetition of an answer that got lost.
    third = case.check_alive(second)
    end(case, third | {"first": {"refresh_token": first["refresh_token"]}, "request": request, "code": code})
    for tokens in (third, second, first):
        case.check_dead(tokens)


# Signing out

def sign_out(case: Case, tokens: dict) -> None:
    """By the app's request, with the cookies of the browser that signed in."""
    discovery = requests.get(case.url + "/.well-known/openid-configuration", timeout=20).json()
    answer = case.person.page(discovery["end_session_endpoint"], params={"id_token_hint": tokens["id_token"]})
    assert answer.status_code in (200, 302, 303) and not case.person.is_signed_in()


def test_signing_out_ends_refresh_tokens_that_were_not_asked_for_to_last(case):
    tokens = case.check_alive(case.tokens())
    sign_out(case, tokens)
    case.check_dead(tokens)


def test_signing_out_leaves_what_was_asked_for_to_last(case):
    """Core §11: offline_access is for when nobody is there."""
    tokens = case.check_alive(case.tokens("openid email offline_access"))
    sign_out(case, tokens)
    case.check_alive(tokens)


# A client's own tokens

@pytest.mark.parametrize("wish", [
    {}, {"scope": "openid profile email"}, {"resource": "{url}"}, {"audience": "{url}"}, {"resource": "{url}/api/oidc/userinfo"}],
    ids=["nothing", "scopes", "resource", "audience", "userinfo"])
def test_a_clients_own_token_is_good_for_nobodys_data(case, admin, wish):
    """GHSA-q4xm-p75h-h9p3: it was believed beyond its audience."""
    wish = {name: value.format(url=case.url) for name, value in wish.items()}
    answer = case.post(grant_type="client_credentials", **wish)
    if answer.status_code == 400:
        assert answer.json()["error"] in ("invalid_target", "invalid_scope") and wish
        return
    tokens = json_of(answer)
    assert "id_token" not in tokens and "refresh_token" not in tokens
    claims = json.loads(_decoded(tokens["access_token"].split(".")[1]))
    assert claims["sub"] == f"client-{case.client.id}" and claims["aud"] in (case.client.id, [case.client.id])
    assert claims.get("scope", "") == ""
    assert userinfo(case.url, tokens["access_token"]).status_code in (401, 403)
    # It opens nothing of the REST API, and another client learns nothing of it.
    assert requests.get(case.url + "/api/users/me", headers={"Authorization": f"Bearer {tokens['access_token']}"},
                        timeout=20).status_code == 401
    assert case.introspects(tokens["access_token"])
    assert not case.introspects(tokens["access_token"], admin.create_client("Other").basic)


def test_a_public_client_has_no_token_of_its_own(case, admin):
    public = admin.create_client("Public", isPublic=True)
    answer = requests.post(case.url + "/api/oidc/token", timeout=20,
                           data={"grant_type": "client_credentials", "client_id": public.id})
    assert answer.status_code in (400, 401) and answer.json()["error"] in ("unauthorized_client", "invalid_client")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


# The token endpoint's form

def test_no_grant_takes_parameters_from_the_query(case):
    request = Request(case.client)
    code = case.person.code_for(request)
    tokens = case.tokens()
    for form in ({"grant_type": "authorization_code", "code": code, "redirect_uri": case.client.redirect_uri,
                  "code_verifier": request.verifier},
                 {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
                 {"grant_type": "client_credentials"}):
        grant_alone = {"grant_type": form["grant_type"]}
        for query_part, body in ((form, {}), (form, grant_alone), (grant_alone, form)):
            answer = requests.post(case.url + "/api/oidc/token", params=query_part, data=body, headers=case.client.basic,
                                   timeout=20)
            assert answer.status_code == 400 and answer.json()["error"] == "invalid_request", answer.text
    case.check_alive(tokens)

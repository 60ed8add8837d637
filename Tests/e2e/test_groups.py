"""Who may use which app, asked at every step: authorize, token, userinfo; and by whom groups and consents are changed."""

import uuid

import pytest
import requests
from support.client import Person, Request, exchange, query, random_text, refresh, userinfo


@pytest.fixture
def circle(admin):
    """A group of this test's own with the administrator in it, and an app that is for that group alone."""
    return Circle(admin)


class Circle:
    def __init__(self, admin: Person):
        self.admin = admin
        self.group = admin.ok(
            "POST", "/api/user-groups", {"name": f"circle-{random_text()}", "friendlyName": "Circle"}, status=201)
        self.path = f"/api/user-groups/{self.group['id']}"
        self.client = admin.create_client("Vault", isGroupRestricted=True, launchURL="https://vault.example.com/")
        admin.ok("PUT", f"/api/oidc/clients/{self.client.id}/allowed-user-groups",
                 {"userGroupIds": [self.group["id"]]})
        self.admit(admin)

    def admit(self, *people: Person) -> None:
        self.admin.ok("PUT", f"{self.path}/users", {"userIds": [each.user["id"] for each in people]})

    def tokens(self) -> dict:
        return self.admin.tokens_for(Request(self.client))


def test_a_group_and_its_app_name_each_other(circle):
    group = circle.admin.ok("GET", circle.path)
    assert [each["id"] for each in group["allowedOidcClients"]] == [circle.client.id]
    assert [each["username"] for each in group["users"]] == ["ada"]
    client = circle.admin.ok("GET", f"/api/oidc/clients/{circle.client.id}")
    assert client["isGroupRestricted"] and [each["id"] for each in client["allowedUserGroups"]] == [circle.group["id"]]


def test_outside_the_group_there_is_a_page_with_a_way_back_and_for_programs_access_denied(circle):
    circle.admit()
    request = Request(circle.client)
    page = circle.admin.authorize(request)
    assert page.status_code == 403 and 'href="https://vault.example.com/"' in page.text
    silent = circle.admin.authorize(Request(circle.client, more={"prompt": "none"}))
    answer = query(silent.headers["Location"])
    assert silent.headers["Location"].startswith(circle.client.redirect_uri)
    assert answer["error"] == "access_denied" and "code" not in answer


@pytest.mark.parametrize("uri", [
    "https://evil.example/", "http://127.0.0.1:9@evil.example/callback", "//evil.example/", "/\\evil.example"])
def test_prompt_none_redirects_nobody_to_a_foreign_address(circle, uri):
    """GHSA-2wvm-8mvp-22qv."""
    circle.admit()
    for person in (circle.admin, Person(circle.admin.url)):
        request = Request(circle.client, more={"prompt": "none", "redirect_uri": uri})
        answer = person.authorize(request)
        assert "evil" not in answer.headers.get("Location", ""), answer.headers
        assert answer.status_code == 400


def leaves(circle: Circle) -> None:
    circle.admit()


def group_goes(circle: Circle) -> None:
    circle.admin.ok("DELETE", circle.path, {}, status=204)


def app_forgets_the_group(circle: Circle) -> None:
    circle.admin.ok("PUT", f"/api/oidc/clients/{circle.client.id}/allowed-user-groups", {"userGroupIds": []})


def consent_is_taken_back(circle: Circle) -> None:
    circle.admin.ok("DELETE", f"/api/oidc/users/me/authorized-clients/{circle.client.id}", {}, status=204)


@pytest.mark.parametrize("end", [leaves, group_goes, app_forgets_the_group, consent_is_taken_back])
def test_codes_and_tokens_die_with_what_they_rest_on(circle, end):
    """CVE-2026-43983: what was given before counts for nothing afterwards."""
    tokens = circle.tokens()
    request = Request(circle.client)
    code = circle.admin.code_for(request)
    assert userinfo(circle.admin.url, tokens["access_token"]).status_code == 200
    end(circle)
    refused = exchange(circle.admin.url, request, code)
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    renewed = refresh(circle.admin.url, circle.client, tokens["refresh_token"])
    assert renewed.status_code == 400 and renewed.json()["error"] == "invalid_grant"
    told = userinfo(circle.admin.url, tokens["access_token"])
    assert told.status_code == 401 and 'error="invalid_token"' in told.headers["WWW-Authenticate"]


def test_a_consent_is_listed_and_asked_for_again_once_it_is_taken_back(circle):
    circle.tokens()
    mine = circle.admin.ok("GET", "/api/oidc/users/me/authorized-clients?pagination[limit]=100")["data"]
    assert {"openid", "email"} <= set(
        next(each for each in mine if each["client"]["id"] == circle.client.id)["scope"].split())
    consent_is_taken_back(circle)
    asked = circle.admin.authorize(Request(circle.client))
    interaction = circle.admin.interaction_of(asked)
    assert circle.admin.ok("GET", f"/api/oidc/interactions/{interaction}")["currentStep"] == "consent"
    assert circle.admin.call(
        "DELETE", f"/api/oidc/users/me/authorized-clients/{circle.client.id}", {}).status_code == 404


def test_custom_claims_reach_the_app_and_replace_nothing_of_ours(circle):
    admin = circle.admin
    admin.ok("PUT", f"/api/custom-claims/user-group/{circle.group['id']}",
             [{"key": "quota", "value": "5"}, {"key": "team", "value": "red"}])
    picture = "https://cdn.example.org/ada.png"
    admin.ok("PUT", f"/api/custom-claims/user/{admin.user['id']}", [
        {"key": "quota", "value": '{"gb": 10}'}, {"key": "picture", "value": picture}])
    try:
        told = userinfo(admin.url, circle.tokens()["access_token"]).json()
        assert told["quota"] == {"gb": 10} and told["picture"] == picture
        assert told["team"] == "red" and circle.group["name"] in told["groups"]
        assert "quota" in admin.ok("GET", "/api/custom-claims/suggestions")
        for key in ("sub", "groups", "sid", "scope", "at_hash"):
            refused = admin.call("PUT", f"/api/custom-claims/user/{admin.user['id']}", [{"key": key, "value": "x"}])
            assert refused.status_code == 400 and refused.json()["code"] == "reserved_claim", key
        twice = admin.call("PUT", f"/api/custom-claims/user/{admin.user['id']}",
                           [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])
        assert twice.json()["code"] == "duplicate_claim"
    finally:
        admin.ok("PUT", f"/api/custom-claims/user/{admin.user['id']}", [])


def test_a_preview_says_what_userinfo_says(circle):
    told = userinfo(circle.admin.url, circle.tokens()["access_token"]).json()
    preview = circle.admin.ok(
        "GET", f"/api/oidc/clients/{circle.client.id}/preview/{circle.admin.user['id']}"
               "?scopes=openid+profile+email+groups")
    assert preview["userInfo"] == told and preview["idToken"]["aud"] == circle.client.id
    circle.admit()
    refused = circle.admin.call("GET", f"/api/oidc/clients/{circle.client.id}/preview/{circle.admin.user['id']}")
    assert refused.status_code == 403 and refused.json()["code"] == "oidc_access_denied"


def test_the_apps_that_one_may_use_are_listed_for_oneself(circle):
    path = "/api/oidc/users/me/clients?pagination[limit]=100&search=Vault"
    assert circle.client.id in [each["id"] for each in circle.admin.ok("GET", path)["data"]]
    circle.admit()
    assert circle.client.id not in [each["id"] for each in circle.admin.ok("GET", path)["data"]]


def test_nobody_without_a_session_touches_groups_or_consents(server):
    stranger = Person(server.url)
    some = uuid.uuid4()
    for method, path in [
        ("GET", "/api/user-groups"), ("POST", "/api/user-groups"), ("GET", f"/api/user-groups/{some}"),
        ("PUT", f"/api/user-groups/{some}"), ("DELETE", f"/api/user-groups/{some}"),
        ("PUT", f"/api/user-groups/{some}/users"), ("PUT", f"/api/user-groups/{some}/allowed-oidc-clients"),
        ("GET", "/api/custom-claims/suggestions"), ("GET", "/api/oidc/users/me/authorized-clients"),
        ("GET", f"/api/oidc/users/{some}/authorized-clients"), ("GET", "/api/oidc/users/me/clients"),
        ("DELETE", "/api/oidc/users/me/authorized-clients/x"), ("GET", f"/api/oidc/clients/x/preview/{some}"),
    ]:
        body = {"name": "xx", "friendlyName": "xx", "userIds": [], "oidcClientIds": []} if method != "GET" else None
        answer = stranger.call(method, path, body)
        assert answer.status_code == 401 and answer.json()["code"] == "not_signed_in", f"{method} {path}"
    claims = stranger.call("PUT", f"/api/custom-claims/user/{some}", [])
    assert claims.status_code == 401


def test_another_site_cannot_take_a_consent_back(circle):
    """GHSA-252c-qmvj-75c9: a change needs a JSON content type and comes from our own pages."""
    circle.tokens()
    path = f"{circle.admin.url}/api/oidc/users/me/authorized-clients/{circle.client.id}"
    answer = circle.admin.http.delete(
        path, data="{}", timeout=20,
        headers={"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (400, 403, 415)
    listed = circle.admin.ok("GET", "/api/oidc/users/me/authorized-clients?pagination[limit]=100")["data"]
    assert circle.client.id in [each["client"]["id"] for each in listed]


def test_secrets_have_a_prefix_an_expiry_and_a_last_use(circle):
    tokens = circle.tokens()
    assert tokens["access_token"]
    [secret] = circle.admin.ok("GET", f"/api/oidc/clients/{circle.client.id}/secrets")
    assert circle.client.secret.startswith(secret["prefix"]) and secret["lastUsedAt"] and secret["isActive"]
    for chosen in ("short", "fifteen chars..", "with a ü in the middle of it"):
        refused = circle.admin.call("POST", f"/api/oidc/clients/{circle.client.id}/secrets", {"secret": chosen})
        assert refused.status_code == 400 and refused.json()["code"] == "validation_failed", chosen
    unproven = circle.admin.call("POST", f"/api/oidc/clients/{circle.client.id}/secrets", {})
    assert unproven.status_code == 401 and unproven.json()["code"] == "reauthentication_required"


def test_what_is_asked_of_us_without_a_token_names_nobody(server):
    assert requests.get(server.url + "/api/oidc/userinfo", timeout=20).status_code == 401

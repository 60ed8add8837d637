"""A whole instance from nothing by the documented REST API alone: settings, groups, people, apps, claims, links, keys."""

import pytest
import requests
from support.client import Client, Person, Request, exchange, userinfo
from support.server import Latchkey

KEY = "a-static-key-for-tests-0123456789"


class API:
    def __init__(self, url: str, key: str = KEY):
        self.url = url
        self.key = key

    def __call__(self, method: str, path: str, json=None, status: int = 200):
        answer = requests.request(method, self.url + path, json=json, headers={"X-API-Key": self.key}, timeout=20)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def instance():
    with Latchkey(STATIC_API_KEY=KEY) as server:
        yield server


def test_a_script_sets_up_everything(instance):
    api = API(instance.url)
    me = api("GET", "/api/users/me")
    assert me["username"].startswith("static-api-user-") and me["isAdmin"] and me["displayName"] == "Static API User"

    settings = {each["key"]: each["value"] for each in api("GET", "/api/application-configuration/all")}
    changed = api("PUT", "/api/application-configuration",
                  settings | {"appName": "Home", "allowUserSignups": "withToken", "smtpPassword": "correct horse"})
    shown = {each["key"]: each["value"] for each in changed}
    assert shown["appName"] == "Home" and shown["smtpPassword"] == "XXXXXXXXXX"
    # The mask, sent back, keeps what is stored.
    again = {each["key"]: each["value"] for each in api("PUT", "/api/application-configuration", shown)}
    assert again == shown
    public = {each["key"]: each["value"] for each in requests.get(
        instance.url + "/api/application-configuration", timeout=20).json()}
    assert public["appName"] == "Home" and public["uiConfigDisabled"] == "false" and "smtpHost" not in public

    family = api("POST", "/api/user-groups", {"name": "family", "friendlyName": "Family"}, 201)
    others = api("POST", "/api/user-groups", {"name": "others", "friendlyName": "Others"}, 201)
    people = {}
    for name, group in (("ada", family), ("grace", others)):
        people[name] = api("POST", "/api/users", {
            "username": name, "email": f"{name}@example.org", "firstName": name.title(), "lastName": "",
            "emailVerified": True, "userGroupIds": [group["id"]]}, 201)
    api("PUT", f"/api/users/{people['grace']['id']}/user-groups", {"userGroupIds": [others["id"]]})
    api("PUT", f"/api/custom-claims/user/{people['ada']['id']}", [{"key": "desk", "value": "window"}])
    api("PUT", f"/api/custom-claims/user-group/{family['id']}", [{"key": "household", "value": "1"}])

    app = api("POST", "/api/oidc/clients", {
        "id": "linkding", "name": "Linkding", "callbackURLs": ["http://127.0.0.1:9/callback"], "isGroupRestricted": True,
        "skipConsent": True}, 201)
    secret = api("POST", f"/api/oidc/clients/{app['id']}/secrets", {}, 201)["secret"]
    api("PUT", f"/api/oidc/clients/{app['id']}/allowed-user-groups", {"userGroupIds": [family["id"]]})
    client = Client(app["id"], secret)

    link = api("POST", "/api/signup-tokens", {"ttl": "24h", "usageLimit": 1, "userGroupIds": [family["id"]]}, 201)
    assert link["usageCount"] == 0
    code = api("POST", f"/api/users/{people['ada']['id']}/one-time-access-token", {"ttl": "15m"}, 201)["token"]

    # What the script made works: the code signs in, the app's tokens carry groups and claims.
    ada = Person(instance.url)
    ada.ok("POST", f"/api/one-time-access-token/{code}", {})
    request = Request(client)
    tokens = exchange(instance.url, request, ada.code_for(request)).json()
    claims = userinfo(instance.url, tokens["access_token"]).json()
    assert claims["groups"] == ["family"] and claims["desk"] == "window"

    record = api("GET", "/api/audit-logs/all?pagination[limit]=100")["data"]
    events = {each["event"] for each in record}
    assert {"SETTINGS_UPDATED", "GROUP_CREATED", "USER_CREATED", "CLIENT_CREATED"} <= events
    assert "correct horse" not in str(record)


def test_the_static_key_makes_no_keys_and_goes_with_its_variable(instance):
    api = API(instance.url)
    refused = api("POST", "/api/api-keys", {"name": "More", "expiresAt": "2099-01-01T00:00:00Z"}, 403)
    assert refused["code"] == "api_key_auth_not_allowed"
    me = api("GET", "/api/users/me")
    # Nobody signs in as it, not even by a one-time code.
    code = requests.post(f"{instance.url}/api/users/{me['id']}/one-time-access-token", json={},
                         headers={"X-API-Key": KEY}, timeout=20)
    if code.status_code == 201:
        person = Person(instance.url)
        person.ok("POST", f"/api/one-time-access-token/{code.json()['token']}", {}, status=401)
        assert not person.is_signed_in()

    instance.stop()
    del instance.environment["STATIC_API_KEY"]
    instance.start()
    assert api("GET", "/api/users/me", status=401)["code"] == "not_signed_in"
    assert instance.psql("SELECT count(*) FROM users WHERE username LIKE 'static-api-user-%'") == "0"

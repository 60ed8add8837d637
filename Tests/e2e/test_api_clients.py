"""What programs that were written for Pocket ID's REST API send and read, one story for each: a story calls what its client's
functions call, with the members that they send, in their order, and checks the type of every field that they read."""

import base64
import json

import pytest
import requests
from support.server import Latchkey

KEY = "a-static-key-for-tests-0123456789"
UNKNOWN = "11111111-2222-4333-8444-555555555555"

# What the clients' own types demand. `None` beside a type: a pointer or an option, which may be null.
CLAIM = {"key": str, "value": str}
GROUP_MINIMAL = {
    "id": str, "name": str, "friendlyName": str, "createdAt": str, "ldapId": (str, None), "userCount": int,
    "customClaims": [CLAIM]}
USER = {
    "id": str, "username": str, "email": (str, None), "emailVerified": bool, "firstName": str, "lastName": (str, None),
    "displayName": str, "isAdmin": bool, "disabled": bool, "locale": (str, None), "ldapId": (str, None),
    "customClaims": [CLAIM], "userGroups": [GROUP_MINIMAL]}
CLIENT_METADATA = {
    "id": str, "name": str, "description": str, "clientType": str, "hasLogo": bool, "hasDarkLogo": bool,
    "launchURL": (str, None), "requiresReauthentication": bool}
SECRET = {"id": str, "prefix": str, "createdAt": str, "expiresAt": (str, None), "isActive": bool}
CLIENT_IN_LIST = CLIENT_METADATA | {
    "callbackURLs": [str], "logoutCallbackURLs": [str], "isPublic": bool, "isGroupRestricted": bool, "pkceEnabled": bool,
    "requiresPushedAuthorizationRequests": bool, "skipConsent": bool, "accessTokenDurationMinutes": int,
    "refreshTokenDurationMinutes": int, "credentials": {"secrets": [SECRET]}}
CLIENT = CLIENT_IN_LIST | {"allowedUserGroups": [GROUP_MINIMAL]}
GROUP = {
    "id": str, "name": str, "friendlyName": str, "createdAt": str, "ldapId": (str, None), "customClaims": [CLAIM],
    "users": [USER], "allowedOidcClients": [CLIENT_METADATA]}
PAGE = {"totalPages": int, "totalItems": int, "currentPage": int, "itemsPerPage": int}
API_KEY = {
    "id": str, "name": str, "description": (str, None), "createdAt": str, "expiresAt": str, "lastUsedAt": (str, None),
    "expirationEmailSent": bool}
SIGNUP_TOKEN = {
    "id": str, "token": str, "expiresAt": str, "createdAt": str, "usageLimit": int, "usageCount": int,
    "userGroups": [GROUP_MINIMAL]}
SETTING = {"key": str, "type": str, "value": str, "isPublic": bool}
RECORD = {
    "id": str, "event": str, "userID": str, "username": str, "actorUsername": str, "ipAddress": str, "country": str,
    "city": str, "device": str, "createdAt": str, "data": dict}


def fits(value, shape, place="answer"):
    """Fails where a field is missing or has another type than its reader's."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{place}: {value!r}"
        for name, inner in shape.items():
            assert name in value, f"{place}.{name} is missing"
            fits(value[name], inner, f"{place}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{place}: {value!r}"
        for index, element in enumerate(value):
            fits(element, shape[0], f"{place}[{index}]")
    elif isinstance(shape, tuple):
        assert value is None or type(value) is shape[0], f"{place}: {value!r}"
    else:
        # A truth value is an int in Python, and none in Go.
        assert type(value) is shape, f"{place}: {value!r} is no {shape.__name__}"
    return value


class Program:
    """Sends JSON with a key; keeps no cookies."""

    def __init__(self, url: str, key: str = KEY):
        self.url = url
        self.headers = {"X-API-KEY": key, "Accept": "application/json"}

    def send(self, method, path, json=None, **options) -> requests.Response:
        return requests.request(
            method, self.url + path, json=json, headers=self.headers, allow_redirects=False, timeout=20, **options)

    def __call__(self, method, path, json=None, shape=None, status=None, **options):
        """The answer's JSON, which has the shape; `None` for an answer without any."""
        answer = self.send(method, path, json, **options)
        wanted = (status,) if status else (200, 201, 204)
        assert answer.status_code in wanted, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        found = answer.json() if answer.content else None
        return fits(found, shape, f"{method} {path}") if shape else found

    def page(self, path, element, **query):
        return self("GET", path, shape={"data": [element], "pagination": PAGE}, params=query)


@pytest.fixture(scope="module")
def instance():
    with Latchkey(STATIC_API_KEY=KEY) as server:
        yield server


@pytest.fixture
def program(instance):
    return Program(instance.url)


class Terraform:
    """The state of one configuration, and what the provider's resources do with it.

    Members that the provider's structs leave out when empty (`omitempty`) are left out here.
    """

    def __init__(self, api: Program):
        self.api = api
        self.state: dict[str, str] = {}

    @staticmethod
    def client_request(plan):
        """`buildCreateRequestFromPlan`."""
        return {
            "name": plan["name"], "callbackURLs": plan["callback_urls"], "isPublic": False, "pkceEnabled": True,
            "isGroupRestricted": True, "credentials": {}, "launchURL": "https://wiki.example.org/#/home"}

    def apply(self, plan):
        """`Create` and `Update` of groups, people and clients, in the order of their references."""
        groups = self.state.get("group")
        body = {"name": "engineers", "friendlyName": plan["group"]}
        group = self.api("PUT" if groups else "POST", f"/api/user-groups{'/' + groups if groups else ''}", body, GROUP)
        self.state["group"] = group["id"]
        self.api("PUT", f"/api/custom-claims/user-group/{group['id']}", [{"key": "team", "value": "blue"}], [CLAIM])

        person = self.state.get("user")
        body = {
            "username": "tess", "email": "tess@example.org", "firstName": "Tess", "lastName": plan["last_name"],
            "isAdmin": True, "disabled": False, "locale": "en"}
        user = self.api("PUT" if person else "POST", f"/api/users{'/' + person if person else ''}", body, USER)
        self.state["user"] = user["id"]
        self.api("PUT", f"/api/users/{user['id']}/user-groups", {"userGroupIds": [group["id"]]}, USER)
        self.api("PUT", f"/api/custom-claims/user/{user['id']}", [{"key": "desk", "value": "4"}], [CLAIM])

        client = self.state.get("client")
        body = self.client_request(plan)
        made = self.api("PUT" if client else "POST", f"/api/oidc/clients{'/' + client if client else ''}", body, CLIENT)
        self.state["client"] = made["id"]
        if not client:
            # `GenerateClientSecret`: the version decides which address it is.
            version = self.api("GET", "/api/version/current", shape={"currentVersion": str})["currentVersion"]
            assert tuple(map(int, version.split("."))) >= (2, 14, 0)
            secret = self.api("POST", f"/api/oidc/clients/{made['id']}/secrets", {"secret": ""}, {"secret": str})
            assert len(secret["secret"]) > 16
        allowed = {"userGroupIds": [group["id"], UNKNOWN]}
        self.api("PUT", f"/api/oidc/clients/{made['id']}/allowed-user-groups", allowed, CLIENT)

    def read(self):
        """`Read` of each resource: what a plan is compared with. An import knows the ids alone, and reads the same."""
        group = self.api("GET", f"/api/user-groups/{self.state['group']}", shape=GROUP)
        user = self.api("GET", f"/api/users/{self.state['user']}", shape=USER)
        client = self.api("GET", f"/api/oidc/clients/{self.state['client']}", shape=CLIENT)
        return {
            "group": group["friendlyName"], "last_name": user["lastName"], "name": client["name"],
            "callback_urls": client["callbackURLs"],
        }, {
            "username": user["username"], "email": user["email"], "isAdmin": user["isAdmin"], "locale": user["locale"],
            "disabled": user["disabled"], "groups": [each["id"] for each in user["userGroups"]],
            "claims": user["customClaims"], "launchURL": client["launchURL"], "isPublic": client["isPublic"],
            "pkceEnabled": client["pkceEnabled"], "hasLogo": client["hasLogo"],
            "requiresPAR": client["requiresPushedAuthorizationRequests"],
            "allowed": [each["id"] for each in client["allowedUserGroups"]]}

    def destroy(self):
        for path in (f"/api/oidc/clients/{self.state['client']}", f"/api/users/{self.state['user']}",
                     f"/api/user-groups/{self.state['group']}"):
            assert self.api.send("DELETE", path).status_code == 204
            assert self.api.send("GET", path).status_code == 404
        self.state = {}


def test_terraform_applies_without_drift_changes_imports_destroys_and_applies_again(instance, program):
    """Trozz/terraform-provider-pocketid: `CreateUserGroup`, `CreateUser`, `UpdateUserGroups`, `UpdateUserCustomClaims`,
    `CreateClient`, `GenerateClientSecret`, `UpdateClientAllowedUserGroups`, their `Get…`, `Update…` and `Delete…`, and
    `ImportState`. Everybody is made by it: its `destroy` deletes the last administrator."""
    plan = {
        "group": "Engineers", "last_name": "Tube", "name": "Wiki",
        "callback_urls": ["https://*.wiki.example.org/callback", "https://wiki.example.org/callback"]}
    terraform = Terraform(program)
    for _ in range(2):
        terraform.apply(plan)
        planned, computed = terraform.read()
        assert planned == plan, "a plan right after an apply shows no drift"
        assert computed == {
            "username": "tess", "email": "tess@example.org", "isAdmin": True, "locale": "en", "disabled": False,
            "groups": [terraform.state["group"]], "claims": [{"key": "desk", "value": "4"}],
            "launchURL": "https://wiki.example.org/#/home", "isPublic": False, "pkceEnabled": True, "hasLogo": False,
            "requiresPAR": False, "allowed": [terraform.state["group"]]}
        changed = plan | {"last_name": "Tunnel", "group": "Builders", "callback_urls": ["https://wiki.example.org/in"]}
        terraform.apply(changed)
        imported = Terraform(program)
        imported.state = dict(terraform.state)
        assert imported.read() == (changed, computed)
        # Its data sources read every list.
        assert "tess" in {each["username"] for each in program.page("/api/users", USER)["data"]}
        assert program.page("/api/user-groups", GROUP_MINIMAL)["pagination"]["totalPages"] == 1
        program.page("/api/oidc/clients", CLIENT_IN_LIST | {"allowedUserGroupsCount": int})
        terraform.destroy()
    # Provider releases before 2.4 spell one member of a client as Go's reader takes it, too.
    older = program("POST", "/api/oidc/clients", {
        "name": "Old", "callbackURLs": [], "isPublic": False, "launchUrl": "https://old.example.org", "pkceEnabled": False,
        "credentials": {}}, CLIENT)
    assert older["launchURL"] == "https://old.example.org"
    program("DELETE", f"/api/oidc/clients/{older['id']}")


def test_the_operator_reconciles_instances_people_groups_and_apps(instance, program):
    """aclerici38/pocket-id-operator: `reconcileVersion`, `CreateOrAdopt` with `FindExistingUser`, `CreateUser`,
    `CreateAPIKeyForUser` (`exchangeOneTimeAccessToken`, `createAPIKeyWithCookies`), `DeleteAPIKey`, `CreateUserGroup`,
    `UpdateUserGroupUsers`, `CreateOIDCClient`, `UpdateOIDCClient`, `RegenerateOIDCClientSecret`, the retention of secrets, and
    `Delete…`."""
    version = program("GET", "/api/version/current", shape={"currentVersion": str})["currentVersion"]
    assert version == "2.14.0", "older ones than this stop it"

    wish = {
        "username": "olga", "firstName": "Olga", "lastName": "", "email": "olga@placeholder.local",
        "displayName": "Olga", "isAdmin": False, "disabled": False}
    assert program.page("/api/users", USER, search="olga")["data"] == []
    olga = program("POST", "/api/users", wish, USER)
    refused = program("POST", "/api/users", wish, {"error": str, "code": str}, status=409)
    assert refused["details"]["property"] == "username" and refused["error"] == "Username is already in use"
    assert [each["id"] for each in program.page("/api/users", USER, search="olga")["data"]] == [olga["id"]]
    # Go sends what was not said as an empty text.
    bare = program("PUT", f"/api/users/{olga['id']}", wish | {"displayName": "", "locale": ""}, USER)
    assert bare["displayName"] == "" and bare["locale"] is None

    code = program("POST", f"/api/users/{olga['id']}/one-time-access-token", {"ttl": "15m"}, {"token": str})["token"]
    exchanged = requests.post(f"{instance.url}/api/one-time-access-token/{code}", timeout=20)
    assert exchanged.status_code == 200 and exchanged.cookies
    made = requests.post(
        f"{instance.url}/api/api-keys", cookies=exchanged.cookies, timeout=20,
        json={"name": "operator", "expiresAt": "2036-01-01T00:00:00Z", "description": ""})
    assert made.status_code == 201, made.text
    key = fits(made.json(), {"apiKey": API_KEY, "token": str})
    hers = Program(instance.url, key["token"])
    assert hers("GET", "/api/users/me", shape=USER)["id"] == olga["id"]
    assert hers("DELETE", f"/api/api-keys/{key['apiKey']['id']}", status=204) is None
    assert hers("GET", "/api/users/me", status=401)["code"] == "not_signed_in"

    group = program("POST", "/api/user-groups", {"name": "cluster", "friendlyName": "Cluster"}, GROUP)
    # A person of the list was deleted before the group was reconciled.
    members = program("PUT", f"/api/user-groups/{group['id']}/users", {"userIds": [olga["id"], UNKNOWN]}, GROUP)
    assert [each["id"] for each in members["users"]] == [olga["id"]]
    program("PUT", f"/api/custom-claims/user-group/{group['id']}", [{"key": "cluster", "value": "1"}], [CLAIM])

    app = {
        "name": "Dashboards", "callbackURLs": ["https://*.apps.example.org/oauth2/callback"], "logoutCallbackURLs": [],
        "isPublic": False, "isGroupRestricted": True, "pkceEnabled": False, "requiresReauthentication": False,
        "hasLogo": False, "hasDarkLogo": False, "accessTokenDurationMinutes": 0, "refreshTokenDurationMinutes": 0}
    client = program("POST", "/api/oidc/clients", app | {"id": "operator-app"}, CLIENT)
    assert client["callbackURLs"] == app["callbackURLs"]
    assert (client["accessTokenDurationMinutes"], client["refreshTokenDurationMinutes"]) == (60, 43_200)
    path = "/api/oidc/clients/operator-app"
    allowed = {"userGroupIds": [UNKNOWN, group["id"]]}
    assert len(program("PUT", f"{path}/allowed-user-groups", allowed, CLIENT)["allowedUserGroups"]) == 1
    first = program("POST", f"{path}/secret", shape={"secret": str}, status=200)["secret"]
    second = program("POST", f"{path}/secret", shape={"secret": str}, status=200)["secret"]
    held = program("GET", f"{path}/secrets", shape=[SECRET])
    assert first != second and [each["prefix"] for each in held] == [second[:4]], "one secret, as it was then"
    # Since 2.14: what it declared is added, and the superseded one is deleted.
    declared = program("POST", f"{path}/secrets", {"secret": "declared-secret-0123"}, SECRET | {"secret": str})
    assert declared["prefix"] == "decl"
    assert program("DELETE", f"{path}/secrets/{held[0]['id']}", status=204) is None
    assert [each["id"] for each in program("GET", f"{path}/secrets", shape=[SECRET])] == [declared["id"]]
    updated = program("PUT", path, app | {"name": "Boards", "isPublic": True, "callbackURLs": ["https://a.example.org/cb"]})
    assert updated["isPublic"] and updated["name"] == "Boards"
    assert program("POST", f"{path}/secrets", {}, status=400)["code"] == "validation_failed", "it can hold none any more"

    for gone in (path, f"/api/user-groups/{group['id']}", f"/api/users/{olga['id']}"):
        program("DELETE", gone, status=204)
    # The resource is made again at once, under the name it had.
    again = program("POST", "/api/users", wish, USER)
    program("DELETE", f"/api/users/{again['id']}")


class Ansible:
    """`PocketIDClient`: no query but `page`, and a body only where there is one."""

    def __init__(self, api: Program):
        self.api = api

    def all(self, path, element):
        """`get_paginated`."""
        items, page = [], 1
        while True:
            answer = self.api.page(path, element, page=page)
            items += answer["data"]
            if answer["pagination"]["currentPage"] >= answer["pagination"]["totalPages"] or not answer["data"]:
                return items
            page = answer["pagination"]["currentPage"] + 1

    def user(self, state, **body):
        """The `user` module's `run`: found by name, read whole, compared, and only then changed."""
        match = [each for each in self.all("/api/users", USER) if each["username"] == body["username"]]
        current = self.api("GET", f"/api/users/{match[0]['id']}", shape=USER) if match else None
        if state == "absent":
            if current:
                self.api("DELETE", f"/api/users/{current['id']}", status=204)
            return bool(current)
        if not current:
            self.api("POST", "/api/users", body, USER)
            return True
        if all((current[name] or "") == (value or "") for name, value in body.items()):
            return False
        self.api("PUT", f"/api/users/{current['id']}", body, USER)
        return True

    def client(self, **body):
        """The `client` module's `run` for `state=present`: what is new, and the secret that is given once."""
        match = [each for each in self.all("/api/oidc/clients", CLIENT_IN_LIST) if each["name"] == body["name"]]
        if not match:
            body |= {"logoutCallbackURLs": [], "credentials": {"federatedIdentities": []}}
            made = self.api("POST", "/api/oidc/clients", body, CLIENT)
            secret = self.api("POST", f"/api/oidc/clients/{made['id']}/secret", shape={"secret": str})["secret"]
            return True, secret
        current = self.api("GET", f"/api/oidc/clients/{match[0]['id']}", shape=CLIENT)
        body["requiresPushedAuthorizationRequests"] = current["requiresPushedAuthorizationRequests"]
        if all(sorted(current[name]) == sorted(value) if isinstance(value, list) else (current[name] or "") == (value or "")
               for name, value in body.items()):
            return False, None
        self.api("PUT", f"/api/oidc/clients/{current['id']}", body, CLIENT)
        return True, None


def test_ansible_is_idempotent_and_makes_again_what_it_removed(instance, program):
    """Trozz/ansible-collection-pocketid: the modules `user`, `group`, `client`, `client_secret`, `application_config` and
    `one_time_access_token`, by `get_paginated`, `compute_diff` and `generate_client_secret`."""
    ansible = Ansible(program)
    alice = {"username": "alice", "email": "alice@example.org", "firstName": "Alice", "isAdmin": False}
    for state, changes in (("present", True), ("present", False), ("absent", True), ("absent", False), ("present", True)):
        assert ansible.user(state, **alice) is changes, state
    assert ansible.user("present", **(alice | {"firstName": "Alicia", "displayName": ""}))
    assert not ansible.user("present", **(alice | {"firstName": "Alicia", "displayName": ""}))

    app = {"name": "Grafana", "callbackURLs": ["https://*.grafana.example.org/login"], "isPublic": False}
    changed, secret = ansible.client(**app)
    assert changed and len(secret) > 16
    assert ansible.client(**app) == (False, None)
    found = [each for each in ansible.all("/api/oidc/clients", CLIENT_IN_LIST) if each["name"] == "Grafana"][0]
    # The module `client_secret` rotates: twenty runs and more leave one secret.
    for _ in range(21):
        latest = program("POST", f"/api/oidc/clients/{found['id']}/secret", shape={"secret": str})["secret"]
    assert latest != secret and len(program("GET", f"/api/oidc/clients/{found['id']}/secrets")) == 1

    claims = [{"key": "department", "value": "engineering"}, {"key": "picture", "value": "https://cdn.example.org/a.png"}]
    alicia = program.page("/api/users", USER, search="alice")["data"][0]
    program("PUT", f"/api/custom-claims/user/{alicia['id']}", claims, [CLAIM])
    assert program("GET", f"/api/users/{alicia['id']}", shape=USER)["customClaims"] == claims
    program("POST", f"/api/users/{alicia['id']}/one-time-access-token", {"ttl": "1h"}, {"token": str})

    # `application_config` reads everything, lays its options over it, and writes everything back.
    current = {each["key"]: each["value"] for each in program(
        "GET", "/api/application-configuration/all", shape=[SETTING])}
    wish = current | {"accentColor": "rebeccapurple", "signupDefaultUserGroupIDs": f'["{UNKNOWN}"]'}
    after = {each["key"]: each["value"] for each in program("PUT", "/api/application-configuration", wish, [SETTING])}
    assert after["accentColor"] == "rebeccapurple" and after["signupDefaultUserGroupIDs"] == "[]"
    program("PUT", "/api/application-configuration", current)
    program("DELETE", f"/api/oidc/clients/{found['id']}")
    assert ansible.user("absent", **alice)


def test_the_mcp_server_reads_and_writes_what_its_tools_name(instance, program):
    """vplme/pocket-id-mcp: the tools `list_users`, `create_user`, `update_user`, `list_user_groups_of_user`, `create_group`,
    `set_group_users`, `create_oidc_client`, `update_oidc_client`, `create_oidc_client_secret`, `preview_oidc_client_for_user`,
    `create_signup_token`, `list_all_audit_logs`, `get_current_version` and their like. serde writes null for what was not
    said."""
    assert program.send("GET", "/healthz").status_code == 204
    current = program("GET", "/api/version/current", shape={"currentVersion": str})
    latest = program("GET", "/api/version/latest", shape={"latestVersion": str})
    assert current["currentVersion"] == latest["latestVersion"], "nothing to update to"

    nothing = dict.fromkeys((
        "emailVerified", "lastName", "displayName", "isAdmin", "disabled", "locale", "id", "userGroupIds"))
    mia = program("POST", "/api/users", nothing | {
        "username": "mia", "email": "mia@example.org", "firstName": "Mia"}, USER)
    program("PUT", f"/api/users/{mia['id']}", nothing | {
        "username": "mia", "email": "mia@example.org", "firstName": "Mia", "isAdmin": True}, USER)
    group = program("POST", "/api/user-groups", {"name": "agents", "friendlyName": "Agents"}, GROUP)
    program("PUT", f"/api/user-groups/{group['id']}/users", {"userIds": [mia["id"]]}, GROUP)
    joined = program("GET", f"/api/users/{mia['id']}/groups", shape=[GROUP])
    assert [each["id"] for each in joined] == [group["id"]]

    # ListParams, with pages and directions that a model makes up.
    page = program.page("/api/users", USER, **{
        "pagination[page]": "0", "pagination[limit]": "-1", "sort[column]": "username", "sort[direction]": "up"})
    assert page["pagination"]["currentPage"] == 1 and page["pagination"]["itemsPerPage"] == 20
    assert program.page("/api/users", USER, **{"pagination[page]": "99"})["pagination"]["currentPage"] == 1
    # Pocket ID's own pages write a filter with its place.
    for spelling in ("filters[isAdmin]", "filters[isAdmin][]", "filters[isAdmin][0]"):
        some = program.page("/api/users", USER, **{spelling: "true"})
        assert all(each["isAdmin"] for each in some["data"]) and some["pagination"]["totalItems"] == 2, spelling
    refused = program("GET", "/api/users", status=400, params={"filters[admin][0]": "true"})
    assert refused["details"]["fields"][0]["field"] == "filters[admin]"

    unsaid = dict.fromkeys((
        "description", "id", "isPublic", "isGroupRestricted", "pkceEnabled", "requiresPushedAuthorizationRequests",
        "requiresReauthentication", "skipConsent", "logoutCallbackURLs", "logoUrl", "darkLogoUrl", "hasLogo",
        "hasDarkLogo", "accessTokenDurationMinutes", "refreshTokenDurationMinutes", "credentials"))
    wish = unsaid | {"name": "Agent", "callbackURLs": ["https://agent.example.org/callback"]}
    client = program("POST", "/api/oidc/clients", wish, CLIENT)
    path = f"/api/oidc/clients/{client['id']}"
    del wish["id"]
    program("PUT", path, wish | {"description": "An agent"}, CLIENT)
    program("GET", f"{path}/meta", shape=CLIENT_METADATA)
    # Without a body, and without a type of one.
    secret = program("POST", f"{path}/secret", shape={"secret": str})["secret"]
    chosen = program("POST", f"{path}/secret", {"secret": "chosen-secret-0123"}, {"secret": str})["secret"]
    assert secret != chosen == "chosen-secret-0123"
    preview = program("GET", f"{path}/preview/{mia['id']}", params={"scopes": "openid profile groups"}, shape={
        "idToken": dict, "accessToken": dict, "userInfo": dict})
    assert preview["userInfo"]["groups"] == ["agents"]
    program("PUT", f"/api/user-groups/{group['id']}/allowed-oidc-clients",
            {"oidcClientIds": ["nothing", client["id"]]}, GROUP)

    token = program("POST", "/api/signup-tokens", {"ttl": "1h", "usageLimit": 1, "userGroupIds": [group["id"], UNKNOWN]},
                    SIGNUP_TOKEN)
    assert [each["id"] for each in token["userGroups"]] == [group["id"]]
    program.page("/api/signup-tokens", SIGNUP_TOKEN)
    # Sign-up is off, as it is at first: the token counts all the same, and nothing else does.
    newcomer = {"username": "nat", "email": "nat@example.org", "firstName": "Nat", "lastName": ""}
    closed = requests.post(f"{instance.url}/api/signup", json=newcomer, timeout=20)
    assert closed.status_code == 403 and closed.json()["code"] == "open_signup_disabled"
    admitted = requests.post(f"{instance.url}/api/signup", json=newcomer | {"token": token["token"]}, timeout=20)
    assert admitted.status_code == 201, admitted.text
    nat = fits(admitted.json(), USER)
    assert [each["id"] for each in nat["userGroups"]] == [group["id"]]

    # A person who is disabled is told so by what they hold.
    program("PUT", f"/api/users/{nat['id']}", newcomer | {"disabled": True}, USER)
    turned_away = requests.get(f"{instance.url}/api/users/me", cookies=admitted.cookies, timeout=20)
    assert turned_away.status_code == 403 and turned_away.json()["code"] == "user_disabled"

    record = program.page("/api/audit-logs/all", RECORD, **{"filters[userId]": nat["id"], "pagination[limit]": "100"})
    assert {each["event"] for each in record["data"]} >= {"ACCOUNT_CREATED", "USER_UPDATED"}
    assert {each["userID"] for each in record["data"]} == {nat["id"]}
    program("GET", "/api/audit-logs/all", status=400, params={"filters[country]": "Ruritania"})
    names = program("GET", "/api/audit-logs/filters/users")
    assert names[nat["id"]] == "nat"
    program.page("/api/api-keys", API_KEY)
    program("GET", "/api/application-configuration", shape=[{"key": str, "type": str, "value": str}])
    empty = program.page("/api/oidc/users/me/clients", CLIENT_METADATA | {"lastUsedAt": (str, None)}, search="no such app")
    assert empty["pagination"]["totalPages"] == 1 and empty["data"] == []

    for gone in (path, f"/api/signup-tokens/{token['id']}", f"/api/user-groups/{group['id']}", f"/api/users/{mia['id']}",
                 f"/api/users/{nat['id']}"):
        program("DELETE", gone, status=204)


def test_clients_fixed_to_one_spelling_of_an_address_or_one_algorithm_are_answered(instance, program):
    """No client of its own: issuers and endpoints typed with a slash at the end, as configuration files of many have them, and
    resource servers that verify RS256 access tokens and no others."""
    discovery = requests.get(f"{instance.url}//.well-known/openid-configuration", timeout=20)
    assert discovery.status_code == 200 and discovery.json()["issuer"] == instance.url
    made = program("POST", "/api/oidc/clients", {"name": "Machine", "callbackURLs": []}, CLIENT)
    secret = program("POST", f"/api/oidc/clients/{made['id']}/secrets/", {}, {"secret": str})["secret"]
    answer = requests.post(f"{instance.url}/api/oidc/token/", timeout=20, allow_redirects=False, data={
        "grant_type": "client_credentials", "client_id": made["id"], "client_secret": secret})
    assert answer.status_code == 200, answer.text
    token = fits(answer.json(), {"access_token": str, "token_type": str, "expires_in": int, "scope": str})
    assert token["scope"] == ""
    head = token["access_token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["alg"] == "RS256"
    known = requests.post(f"{instance.url}/api/oidc/introspect/", timeout=20, auth=(made["id"], secret),
                          data={"token": token["access_token"]})
    assert known.json()["active"] is True
    for method, path in (("GET", "/api/users/me/"), ("HEAD", "/api/version/latest/")):
        moved = program.send(method, path)
        assert moved.status_code == 301 and moved.headers["Location"] == path.rstrip("/")
    assert program.send("POST", "/api/nothing/", {}).status_code == 404
    program("DELETE", f"/api/oidc/clients/{made['id']}/", status=204)

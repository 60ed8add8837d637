"""mozilla-django-oidc, Linkding's client: it signs in without PKCE, takes groups over, and is refused for whom we refuse."""

import re
import subprocess

import pytest
import requests
from support.client import Person, query
from support.django_app import DjangoApp
from support.server import Latchkey


class House:
    """A provider with two people, a group that one of them is in, and a Django site that is for that group."""

    def __init__(self, server: Latchkey, app: DjangoApp):
        self.server, self.app = server, app
        self.ada = server.first_admin.another_browser()
        self.ada.sign_in()
        self.group = self.ada.ok("POST", "/api/user-groups", {"name": "readers", "friendlyName": "Readers"}, status=201)
        for name in ("grace", "mallory"):
            made = self.ada.ok("POST", "/api/users", {
                "username": name, "email": f"{name}@example.org", "firstName": name.title(), "lastName": ""},
                status=201)
            setattr(self, name, made)
        self.admit(self.grace["id"])
        client = self.ada.create_client("Bookmarks", app.redirect_uri, isGroupRestricted=True)
        self.client = client.id
        self.ada.ok("PUT", f"/api/oidc/clients/{client.id}/allowed-user-groups", {"userGroupIds": [self.group["id"]]})
        app.connect(client)

    def admit(self, *users: str) -> None:
        self.ada.ok("PUT", f"/api/user-groups/{self.group['id']}/users", {"userIds": list(users)})

    def person(self, name: str) -> Person:
        """Somebody at a browser of their own, signed in at the provider by a one-time link."""
        done: subprocess.CompletedProcess = self.server.run("one-time-access-token", name)
        token = re.search(r"/lc/([A-Za-z0-9]+)", done.stdout)
        assert token, done.stdout + done.stderr
        person = Person(self.server.url)
        person.user = person.ok("POST", f"/api/one-time-access-token/{token[1]}", {})
        return person

    def begin(self, person: Person) -> requests.Response:
        """What the provider answers when the site sends somebody to it."""
        sent = person.http.get(self.app.url + "/oidc/authenticate/", allow_redirects=False, timeout=20)
        assert sent.status_code == 302 and sent.headers["Location"].startswith(self.server.url + "/authorize"), sent.text
        asked = query(sent.headers["Location"])
        assert "code_challenge" not in asked, "this client is one without PKCE"
        return person.page(sent.headers["Location"])

    def sign_in(self, person: Person) -> dict:
        answer = self.begin(person)
        back = answer.headers["Location"]
        if not back.startswith(self.app.url):
            back = person.finish_interaction(person.interaction_of(answer))
        done = person.http.get(back, allow_redirects=False, timeout=20)
        assert done.status_code == 302, f"{done.status_code} {self.app.log()}"
        assert done.headers["Location"] == "/who", f"{done.headers['Location']} {self.app.log()}"
        return self.who(person)

    def who(self, person: Person) -> dict:
        return person.http.get(self.app.url + "/who", timeout=20).json()


@pytest.fixture(scope="module")
def house(server):
    with DjangoApp(server.url) as app:
        yield House(server, app)


def test_somebody_of_the_group_signs_in_and_is_in_that_group_there(house):
    assert house.sign_in(house.person("grace")) == {
        "user": "grace", "email": "grace@example.org", "groups": ["readers"]}


def test_groups_follow_at_the_next_sign_in(house):
    other = house.ada.ok("POST", "/api/user-groups", {"name": "writers", "friendlyName": "Writers"}, status=201)
    house.ada.ok("PUT", f"/api/user-groups/{other['id']}/users/{house.grace['id']}", {}, status=204)
    assert house.sign_in(house.person("grace"))["groups"] == ["readers", "writers"]
    house.ada.ok("DELETE", f"/api/user-groups/{other['id']}", {}, status=204)
    assert house.sign_in(house.person("grace"))["groups"] == ["readers"]


def test_somebody_outside_is_told_so_on_our_page_and_the_site_never_hears_of_them(house):
    mallory = house.person("mallory")
    answer = house.begin(mallory)
    assert answer.status_code == 403 and "Bookmarks" in answer.text and "data-other-account" in answer.text
    assert "Location" not in answer.headers
    assert house.who(mallory) == {"user": None}


def test_who_leaves_the_group_is_out_at_the_sites_next_question(house):
    grace = house.person("grace")
    house.sign_in(grace)
    grace.http.get(house.app.url + "/expire", timeout=20)
    # Asked again with prompt=none, the provider lets through whoever still is in the group.
    asked = grace.http.get(house.app.url + "/who", allow_redirects=False, timeout=20)
    assert query(asked.headers["Location"])["prompt"] == "none"
    back = grace.page(asked.headers["Location"]).headers["Location"]
    assert "code" in query(back)
    grace.http.get(back, timeout=20)
    house.admit()
    try:
        grace.http.get(house.app.url + "/expire", timeout=20)
        asked = grace.http.get(house.app.url + "/who", allow_redirects=False, timeout=20)
        back = grace.page(asked.headers["Location"]).headers["Location"]
        assert back.startswith(house.app.redirect_uri) and query(back)["error"] == "access_denied"
        refused = grace.http.get(back, timeout=20)
        assert refused.status_code == 403 and refused.text == "refused"
        assert house.who(grace) == {"user": None}
    finally:
        house.admit(house.grace["id"])


def test_a_secret_of_ones_own_signs_in_too(house):
    """What somebody moves over from another provider: the site keeps its configuration, and the secret with it."""
    house.ada.prove("client-secret")
    made = house.ada.ok(
        "POST", f"/api/oidc/clients/{house.client}/secrets", {"secret": "brought along from elsewhere"}, status=201)
    assert made["secret"] == "brought along from elsewhere" and made["prefix"] == "brou"
    answer = requests.post(house.server.url + "/api/oidc/token", timeout=20, data={
        "grant_type": "authorization_code", "code": "unknown", "redirect_uri": house.app.redirect_uri,
        "client_id": house.client, "client_secret": "brought along from elsewhere"})
    assert answer.json()["error"] == "invalid_grant", "the client is known, the code is not"
    wrong = requests.post(house.server.url + "/api/oidc/token", timeout=20, data={
        "grant_type": "authorization_code", "code": "unknown", "client_id": house.client, "client_secret": "brought"})
    assert wrong.json()["error"] == "invalid_client"

"""The record: what happens is in it, secrets are not, and nobody changes it unseen."""

import json

import pytest
from support.browser import PHONE
from support.client import Person, Request
from support.server import Latchkey
from support.waiting import wait_for

# The job seals every thirty seconds.
SEALING_SECONDS = 75


@pytest.fixture(scope="module")
def installation():
    """A server of this module's own: it is tampered with in the end."""
    with Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


def entries(person, path="/api/audit-logs/all", **filters) -> list[dict]:
    query = [("sort[column]", "createdAt"), ("sort[direction]", "desc"), ("pagination[limit]", "100")]
    query += [(f"filters[{name}][]", value) for name, value in filters.items()]
    return person.ok("GET", path, params=query)["data"]


def verify(server, *arguments) -> tuple[int, dict]:
    done = server.run("audit", "verify", "--json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def wait_until_sealed(server) -> dict:
    return wait_for(lambda: (report := verify(server)[1])["waiting"] == 0 and report["entries"] > 0 and report,
                    "everything is sealed", SEALING_SECONDS)


def test_what_people_do_is_recorded_with_who_where_and_by_which_session(installation):
    admin = installation.first_admin.another_browser()
    admin.sign_in()
    admin.add_passkey()
    client = admin.create_client("Grafana")
    for _ in range(2):
        admin.tokens_for(Request(client))
    admin.sign_out()
    admin.sign_in()
    mine = entries(admin, "/api/audit-logs")
    assert [each["event"] for each in mine if each["event"] != "REAUTHENTICATED"][:6] == [
        "SIGN_IN", "SIGN_OUT", "CLIENT_AUTHORIZATION", "NEW_CLIENT_AUTHORIZATION", "PASSKEY_ADDED", "SIGN_IN"]
    for each in mine:
        assert each["userID"] == admin.user["id"] and each["username"] == "ada" and each["sessionId"]
        assert (each["country"], each["city"], each["ipAddress"]) == ("Internal Network", "localhost", "127.0.0.1")
        assert each["device"] == "Linux" and len(each["requestId"]) == 32
    agreed = next(each for each in mine if each["event"] == "NEW_CLIENT_AUTHORIZATION")
    assert agreed["data"]["clientName"] == "Grafana"
    made = entries(admin, event="CLIENT_CREATED")[0]
    assert made["actorUsername"] == "ada" and made["data"]["clientID"] == client.id
    assert entries(admin, event="SIGN_IN", location="external") == []
    assert entries(admin, clientName="Grafana", userId=admin.user["id"])
    assert admin.ok("GET", "/api/audit-logs/filters/client-names") == ["Grafana"]
    assert admin.ok("GET", "/api/audit-logs/filters/users") == {admin.user["id"]: "ada"}


def test_a_change_shows_what_was_and_what_became_of_it_and_outlives_the_person(installation, window):
    admin = installation.first_admin.another_browser()
    admin.sign_in()
    person = {"username": "grace", "email": "grace@example.org", "firstName": "Grace", "lastName": "Hopper",
              "displayName": "Grace Hopper", "isAdmin": False, "disabled": False}
    made = admin.ok("POST", "/api/users", person, status=201)
    admin.ok("PUT", f"/api/users/{made['id']}", person | {"displayName": "Amazing Grace", "disabled": True})
    admin.ok("DELETE", f"/api/users/{made['id']}", status=204)
    found = entries(admin, userId=made["id"])
    assert [each["event"] for each in found] == ["USER_DELETED", "USER_UPDATED", "USER_CREATED"]
    changed = found[1]
    assert changed["changes"]["displayName"] == {"before": "Grace Hopper", "after": "Amazing Grace"}
    assert changed["changes"]["disabled"] == {"before": False, "after": True}
    assert changed["actorUsername"] == "ada" and changed["username"] == "grace" and changed["sessionId"]

    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": admin.url} for each in admin.http.cookies])
    page = window.page
    page.goto(admin.url + "/settings/audit-log/all")
    page.get_by_text("Narrow down").click()
    page.get_by_label("Person").fill("grace")
    page.get_by_label("What happened").select_option(label="Person changed")
    page.get_by_role("button", name="Show").click()
    row = page.locator(".record details")
    assert row.count() == 1
    row.locator("summary").click()
    assert "Amazing Grace" in row.inner_text() and "by ada" in row.inner_text()
    page.get_by_role("link", name="Remove the filter Person changed").click()
    page.wait_for_url(lambda url: "USER_UPDATED" not in url)
    assert page.locator(".record details").count() == 3
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(admin.url + "/settings/audit-log")
    assert page.get_by_role("heading", name="Activity").is_visible() and page.locator(".record details").count() > 0
    assert not window.complaints


def test_only_administrators_read_everything(installation):
    stranger = Person(installation.url)
    for path in ["", "/all", "/filters/users", "/filters/client-names"]:
        assert stranger.call("GET", f"/api/audit-logs{path}").status_code == 401
    admin = installation.first_admin.another_browser()
    admin.sign_in()
    bad = admin.call("GET", "/api/audit-logs/all?filters[userId][]=nobody")
    assert bad.status_code == 400 and bad.json()["code"] == "validation_failed"


def test_no_secret_is_in_the_record(installation):
    admin = installation.first_admin.another_browser()
    admin.sign_in()
    client = admin.create_client("Immich")
    request = Request(client)
    tokens = admin.tokens_for(request)
    secrets = [client.secret, request.verifier, *(each.value for each in admin.http.cookies)]
    secrets += [value for name, value in tokens.items() if name.endswith("token")]
    whole = installation.psql("SELECT l::text FROM audit_log l")
    assert "SIGN_IN" in whole and "Immich" in whole
    for secret in secrets:
        assert len(secret) > 12 and secret not in whole


def test_a_flood_of_refusals_about_one_person_stays_bounded(installation):
    person = installation.first_admin.another_browser()
    before = len(entries_of(installation, "SIGN_IN_REFUSED"))
    for _ in range(30):
        options = person.ok("GET", "/api/webauthn/login/start")
        answer = person.authenticator.get(options)
        answer["response"]["signature"] = answer["response"]["signature"][:-8] + "AAAAAAAA"
        assert person.call("POST", "/api/webauthn/login/finish", answer).status_code in (400, 401)
    assert 0 < len(entries_of(installation, "SIGN_IN_REFUSED")) - before <= 20


def entries_of(server, event: str) -> list[str]:
    return server.psql(f"SELECT id FROM audit_log WHERE event = '{event}'").split()


def test_the_record_is_sealed_while_it_is_written_and_holds_over_a_restart(installation):
    report = wait_until_sealed(installation)
    assert report["whole"] and report["batches"] > 0 and report["problems"] == 0
    text = installation.run("audit", "verify")
    assert text.returncode == 0 and f"{report['entries']} entries in" in text.stdout and "whole" in text.stdout
    assert installation.run("audit", "verify", "--noted", report["newestSeal"]).returncode == 0
    installation.stop()
    # With nothing running, the command starts the database for itself.
    status, stopped = verify(installation)
    assert status == 0 and stopped["newestSeal"] == report["newestSeal"]
    installation.start()
    admin = installation.first_admin.another_browser()
    admin.sign_in()
    again = wait_until_sealed(installation)
    assert again["whole"] and again["batches"] > report["batches"]
    assert verify(installation, "--noted", report["newestSeal"])[0] == 0


@pytest.mark.parametrize("tampering, kind", [
    ("UPDATE audit_log SET username = 'mallory' WHERE id = '{id}'", "entry-changed"),
    ("UPDATE audit_sealed SET batch = batch + 1 WHERE seq = (SELECT seq FROM audit_log WHERE id = '{id}')",
     "entry-missing"),
    ("DELETE FROM audit_log WHERE id = '{id}'", "entry-missing"),
    ("UPDATE audit_seals SET entries = entries - 1 WHERE batch = 1", "seal-wrong"),
    ("DELETE FROM audit_seals WHERE batch = 1", "batches-missing"),
])
def test_what_the_owner_of_the_tables_changes_is_found(installation, tampering, kind):
    """The strongest hand: the tables' owner, with SQL, and without the key."""
    wait_until_sealed(installation)
    installation.psql("CREATE TABLE log_before AS TABLE audit_log; CREATE TABLE seals_before AS TABLE audit_seals; "
                      "CREATE TABLE sealed_before AS TABLE audit_sealed")
    try:
        victim = installation.psql("SELECT id FROM audit_log JOIN audit_sealed USING (seq) WHERE batch = 1 "
                                  "ORDER BY created_at, id LIMIT 1")
        installation.psql(tampering.format(id=victim))
        status, report = verify(installation)
        assert status == 1 and not report["whole"]
        assert kind in [each["kind"] for each in report["findings"]]
        if kind.startswith("entry"):
            assert victim in [each["entry"] for each in report["findings"]]
        text = installation.run("audit", "verify")
        assert text.returncode == 1 and "does not fit" in text.stdout
    finally:
        installation.psql("""
            DELETE FROM audit_log l USING log_before b WHERE l.id = b.id;
            INSERT INTO audit_log SELECT * FROM log_before;
            DELETE FROM audit_seals s USING seals_before b WHERE s.batch = b.batch;
            INSERT INTO audit_seals SELECT * FROM seals_before;
            DELETE FROM audit_sealed s USING sealed_before b WHERE s.seq = b.seq;
            INSERT INTO audit_sealed SELECT * FROM sealed_before; DROP TABLE log_before, seals_before, sealed_before""")
    assert verify(installation)[0] == 0


def test_the_command_explains_itself(installation):
    assert "--noted" in installation.run("audit", "verify", "--help").stdout
    wrong = installation.run("audit", "verify", "--noted", "abc")
    assert wrong.returncode not in (0, 1) and "abc" in wrong.stderr

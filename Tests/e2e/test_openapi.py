"""The description of the REST API against a running instance: it is public, it is kept to, and the rules that it states for
each route are those that are enforced."""

import re
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from support.client import Person
from support.server import Latchkey
from support.softauthn import SoftAuthenticator

KEY = "a-static-key-for-tests-0123456789"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def instance():
    with Latchkey(STATIC_API_KEY=KEY) as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


@pytest.fixture(scope="module")
def document(instance):
    answer = requests.get(instance.url + "/api/openapi.json", timeout=20)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


@pytest.fixture(scope="module")
def member_key(instance):
    """A key of somebody who administers nothing."""
    headers = {"X-API-Key": KEY}
    made = requests.post(instance.url + "/api/users", headers=headers, timeout=20, json={
        "username": "member", "email": "member@example.org", "firstName": "Member", "lastName": ""})
    assert made.status_code == 201, made.text
    code = requests.post(f"{instance.url}/api/users/{made.json()['id']}/one-time-access-token", headers=headers,
                         timeout=20, json={"ttl": "15m"})
    assert code.status_code == 201, code.text
    member = Person(instance.url)
    member.ok("POST", f"/api/one-time-access-token/{code.json()['token']}", {})
    # The first passkey of an account that has none needs no other one.
    if (begun := member.call("GET", "/api/webauthn/register/start")).status_code != 200:
        pytest.fail(f"a first passkey cannot be added: {begun.text}")
    member.ok("POST", "/api/webauthn/register/finish", member.authenticator.create(begun.json()))
    member.sign_in()
    member.prove("api-key")
    return member.ok("POST", "/api/api-keys", {
        "name": "Member", "expiresAt": (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()}, status=201)["token"]


def operations(document):
    for path, methods in sorted(document["paths"].items()):
        for method in METHODS:
            if method in methods:
                yield method, path, methods[method]


def send(instance, method, path, operation, **headers):
    """A request that is right in form, about things that do not exist."""
    def value(found):
        return {"token": "made-up"}.get(found[1], "00000000-0000-4000-8000-000000000000")

    url = instance.url + re.sub(r"\{(\w+)\}", value, path)
    if any(each.get("name") == "purpose" and each.get("required") for each in operation.get("parameters", [])):
        url += "?purpose=api-key"
    options = {}
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        options["json"] = body["application/json"].get("example", {})
    elif "multipart/form-data" in body:
        options["files"] = {"file": ("x.png", b"no picture", "image/png")}
    elif body:
        (kind, form), = body.items()
        options["data"] = form.get("example", {})
    elif method != "get":
        options["json"] = {}
    return requests.request(method, url, headers=headers, allow_redirects=False, timeout=30, **options)


def test_anonymous_and_member_and_key_get_what_the_document_says(instance, document, member_key):
    wrong = []
    seen = {"user": 0, "administrator": 0, "browser": 0, "public": 0}
    for method, path, operation in operations(document):
        access = operation["x-access"]
        if access not in seen:
            continue
        seen[access] += 1
        name = f"{method.upper()} {path}"
        anonymous = send(instance, method, path, operation)
        if access == "public":
            if anonymous.status_code == 401 and anonymous.json()["code"] == "not_signed_in":
                wrong.append(f"{name}: {anonymous.status_code} for nobody, though it is public")
            continue
        refusals = [(401, "not_signed_in")]
        if "/interactions/" in path:
            # It belongs to the browser that began it, and nobody else is told that it exists.
            refusals = [(404, "interaction_not_found")]
        if (anonymous.status_code, anonymous.json()["code"]) not in refusals:
            wrong.append(f"{name}: {anonymous.status_code} {anonymous.text[:120]} for nobody")
        stranger = send(instance, method, path, operation, **{"X-API-Key": "lkey_" + "0" * 32})
        expected = (403, "api_key_auth_not_allowed") if access == "browser" else (401, "not_signed_in")
        if (stranger.status_code, stranger.json()["code"]) != expected:
            wrong.append(f"{name}: {stranger.status_code} {stranger.text[:120]} for an unknown key")
        if access == "administrator":
            member = send(instance, method, path, operation, **{"X-API-Key": member_key})
            if (member.status_code, member.json()["code"]) != (403, "forbidden"):
                wrong.append(f"{name}: {member.status_code} {member.text[:120]} for a member's key")
        if access == "user" and method == "get":
            member = send(instance, method, path, operation, **{"X-API-Key": member_key})
            if member.status_code not in (200, 404):
                wrong.append(f"{name}: {member.status_code} {member.text[:120]} for a member's key")
    assert not wrong, "\n".join(wrong)
    assert seen["administrator"] > 30 and seen["user"] > 8 and seen["browser"] > 8


def test_no_change_can_be_sent_from_another_site(instance, document):
    """GHSA-252c-qmvj-75c9: text/plain is a content type that any page may send with the victim's cookies."""
    admin = instance.first_admin.another_browser()
    admin.sign_in()
    wrong = []
    for method, path, operation in operations(document):
        if method == "get" or operation["x-access"] in ("client", "token"):
            continue
        name = f"{method.upper()} {path}"
        url = instance.url + re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path)
        foreign = admin.http.request(
            method, url, data="{}", timeout=20,
            headers={"Content-Type": "text/plain", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
        if foreign.status_code != 403:
            wrong.append(f"{name}: {foreign.status_code} {foreign.text[:100]} from another site")
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
            continue
        # Even of our own origin: a form cannot send JSON, and nothing else is read.
        plain = admin.http.request(
            method, url, data="{}", timeout=20,
            headers={"Content-Type": "text/plain", "Origin": instance.url, "Sec-Fetch-Site": "same-origin"})
        # What has no body to read answers by what it is about.
        if plain.status_code not in (415, 404) and "requestBody" in operation:
            wrong.append(f"{name}: {plain.status_code} {plain.text[:100]} for text/plain")
        if plain.status_code < 300:
            wrong.append(f"{name}: {plain.status_code} took text/plain")
    assert not wrong, "\n".join(wrong)


def test_schemathesis_finds_nothing(instance, tmp_path):
    """Answers conform to the schemas and nothing breaks, whether what is sent fits them or not."""
    # QUERY, which it tries too, is no method that the HTTP decoder knows: 400, whatever the path.
    (tmp_path / "schemathesis.toml").write_text(
        '[phases.coverage]\nunexpected-methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]\n')
    tool = Path(sys.executable).parent / "schemathesis"
    began = time.monotonic()
    done = subprocess.run(
        [tool, "run", instance.url + "/api/openapi.json", "--url", instance.url, "-H", f"X-API-Key: {KEY}",
         "--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--mode", "all", "--workers", "1", "--max-time", "45",
         "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
                     "unsupported_method",
         "--exclude-path-regex", "^/(healthz|api/webauthn|api/signup/setup|api/oidc/interactions)",
         "--suppress-health-check", "all", "--generation-database", "none",
         "--request-timeout", "20", "--no-color"],
        capture_output=True, text=True, timeout=240, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
    assert time.monotonic() - began < 120

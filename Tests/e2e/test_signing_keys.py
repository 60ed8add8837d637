"""Signing keys: rotated and removed while apps go on signing people in, by page, REST API and command, at two processes."""

import base64
import hashlib
import re
from urllib.parse import urlparse

import pytest
import requests
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from support.client import Person, Request, userinfo
from support.relying_party import AuthlibApp
from support.server import Latchkey
from support.waiting import wait_for

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
HASHES = {"RS256": "sha256", "PS256": "sha256", "ES256": "sha256", "ES384": "sha384", "EdDSA": "sha512"}
PAGE = "/settings/admin/signing-keys"


@pytest.fixture(scope="module")
def pair():
    """A server with two `oidc` processes and its administrator."""
    with Latchkey(OIDC_PROCESSES="2") as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        # RSA takes a while, and the first sign-in needs only one of them.
        wait_for(lambda: len(published(server.url)) == 2 * len(ALGORITHMS), "every key is made", 60)
        yield server


@pytest.fixture
def keeper(pair) -> Person:
    person = pair.first_admin.another_browser()
    person.sign_in()
    return person


def published(url: str) -> list[dict]:
    return requests.get(url + "/.well-known/jwks.json").json()["keys"]


def header(token: str) -> dict:
    return jws.extract_compact(token.encode()).headers()


def listed(person: Person, algorithm: str) -> dict[str, dict]:
    """An algorithm's keys by state."""
    keys = person.ok("GET", "/api/signing-keys")["keys"]
    return {each["state"]: each for each in keys if each["alg"] == algorithm}


def let_keys_be_seen(server: Latchkey) -> None:
    """As if the next key of every algorithm had been published for as long as it takes before it may sign."""
    wait_for(
        lambda: server.psql("SELECT count(*) FROM signing_keys WHERE state = 'next'") == str(len(ALGORITHMS)),
        "a next key of each is published", 60)
    server.psql("UPDATE signing_keys SET created_at = created_at - interval '5 minutes' WHERE state = 'next'")


def rotate(server: Latchkey, person: Person, **wish) -> None:
    let_keys_be_seen(server)
    person.prove("signing-keys")
    person.ok("POST", "/api/signing-keys/rotate", wish)


def signs(person: Person, client, kid: str, times: int = 6) -> bool:
    """Whether every one of several sign-ins, which both processes share, is signed with a key."""
    return all(header(person.tokens_for(Request(client))["id_token"])["kid"] == kid for _ in range(times))


# Algorithms

@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_tokens_of_every_algorithm_are_good_to_a_library_that_nobody_here_wrote(pair, keeper, algorithm):
    client = keeper.create_client(
        idTokenSignedResponseAlg=algorithm, accessTokenSignedResponseAlg=algorithm)
    tokens = keeper.tokens_for(Request(client))
    keys = KeySet.import_key_set(requests.get(pair.url + "/.well-known/jwks.json").json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=[algorithm]).claims
    digest = hashlib.new(HASHES[algorithm], tokens["access_token"].encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    assert claims["at_hash"] == half
    jwt.decode(tokens["access_token"], keys, algorithms=[algorithm])
    assert userinfo(pair.url, tokens["access_token"]).status_code == 200


def test_a_current_and_a_next_key_of_each_are_published_and_nothing_private(pair):
    keys = published(pair.url)
    assert [each["alg"] for each in keys[:5]] == ALGORITHMS
    for algorithm in ALGORITHMS:
        assert len([each for each in keys if each["alg"] == algorithm]) >= 2
    assert len({each["kid"] for each in keys}) == len(keys)
    assert not any({"d", "p", "q", "dp", "dq", "qi", "k", "oth"} & set(each) for each in keys)


# Rotation

def test_an_app_that_keeps_the_key_set_signs_people_in_through_rotations_at_both_processes(pair, keeper, window):
    with AuthlibApp(pair.url) as app:
        app.connect(keeper.create_client("Notes", app.redirect_uri))
        window.context.add_cookies(
            [{"name": each.name, "value": each.value, "url": pair.url} for each in keeper.http.cookies])

        def sign_in() -> str:
            window.page.goto(app.url + "/logout")
            window.page.goto(app.url + "/login")
            if urlparse(window.page.url).path.startswith("/interaction"):
                window.page.get_by_role("button", name="Continue").click()
            window.page.get_by_role("heading", name="Hello").wait_for()
            return header(app.tokens["id_token"])["kid"]

        first = sign_in()
        before = listed(keeper, "RS256")
        assert first == before["current"]["kid"]
        # The app read the key set when the next key was in it already: it needs no other.
        rotate(pair, keeper)
        wait_for(lambda: sign_in() == before["next"]["kid"], "the app is given tokens of the next key", 20)
        for _ in range(2):
            rotate(pair, keeper, alg="RS256")
            for _ in range(3):
                sign_in()


def test_a_key_is_published_before_it_signs_and_after_it_signed(pair, keeper):
    client = keeper.create_client()
    old = keeper.tokens_for(Request(client))
    before = listed(keeper, "RS256")
    assert before["next"]["kid"] in [each["kid"] for each in published(pair.url)]
    rotate(pair, keeper, alg="RS256")
    wait_for(lambda: signs(keeper, client, before["next"]["kid"]), "both processes sign with the next key", 20)
    after = listed(keeper, "RS256")
    assert after["retired"]["believedUntil"] > after["retired"]["retiredAt"]
    assert header(old["id_token"])["kid"] in [each["kid"] for each in published(pair.url)]
    for _ in range(6):
        assert userinfo(pair.url, old["access_token"]).status_code == 200


def test_rotating_needs_an_administrator_and_the_passkey(pair, keeper):
    assert requests.get(pair.url + "/api/signing-keys").status_code == 401
    refused = keeper.call("POST", "/api/signing-keys/rotate", {})
    assert refused.status_code == 401 and refused.json()["code"] == "reauthentication_required"
    keeper.prove("signing-keys")
    refused = keeper.call("POST", "/api/signing-keys/rotate", {"alg": "HS256"})
    assert refused.status_code == 400 and refused.json()["code"] == "validation_failed"
    refused = keeper.call("POST", "/api/signing-keys/rotate", {"expected": ["nobody-saw-this"]})
    assert refused.status_code == 409 and refused.json()["code"] == "signing_keys_unchanged"


def test_a_key_that_apps_cannot_have_seen_does_not_sign(pair, keeper):
    rotate(pair, keeper, alg="ES384")
    wait_for(lambda: "next" in listed(keeper, "ES384"), "another key is published", 20)
    before = listed(keeper, "ES384")
    keeper.prove("signing-keys")
    refused = keeper.call("POST", "/api/signing-keys/rotate", {"alg": "ES384"})
    assert refused.status_code == 409 and refused.json()["code"] == "signing_keys_unchanged"
    command = pair.run("key-rotate", "--alg", "ES384", "--yes")
    assert command.returncode == 1 and "less than five minutes ago" in command.stderr
    after = listed(keeper, "ES384")
    assert (after["current"]["kid"], after["next"]["kid"]) == (before["current"]["kid"], before["next"]["kid"])


# Removal

def test_what_a_removed_key_signed_dies_at_both_processes(pair, keeper):
    client = keeper.create_client()
    tokens = keeper.tokens_for(Request(client))
    kid = header(tokens["access_token"])["kid"]
    keeper.prove("signing-keys")
    keeper.ok("DELETE", f"/api/signing-keys/{kid}", status=204)
    assert kid not in [each["kid"] for each in published(pair.url)]

    def is_dead() -> bool:
        return all(userinfo(pair.url, tokens["access_token"]).status_code == 401 for _ in range(6))

    wait_for(is_dead, "no process believes the token", 20)
    assert userinfo(pair.url, keeper.tokens_for(Request(client))["access_token"]).status_code == 200


# Commands

def test_the_command_rotates_a_running_installation(pair, keeper):
    client = keeper.create_client()
    let_keys_be_seen(pair)
    before = listed(keeper, "RS256")
    done = pair.run("key-rotate", "--alg", "RS256", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Key rotated successfully"
    assert before["next"]["kid"] in done.stdout and before["current"]["kid"] in done.stdout
    wait_for(lambda: signs(keeper, client, before["next"]["kid"]), "both processes were told", 20)
    wait_for(lambda: "next" in listed(keeper, "RS256"), "another key is published", 20)
    by_curve = pair.run("key-rotate", "-a", "EdDSA", "-c", "Ed25519", "-y")
    assert by_curve.returncode == 0, by_curve.stderr
    for wrong in (["-a", "HS256"], ["-a", "RS256", "-c", "P-256"]):
        refused = pair.run("key-rotate", "-y", *wrong)
        assert refused.returncode == 1 and "Key rotated" not in refused.stdout


def test_the_command_asks_first(pair, keeper):
    before = listed(keeper, "ES256")
    done = pair.run("key-rotate")
    assert done.returncode == 1 and "Aborted" in done.stderr
    assert listed(keeper, "ES256") == before


def test_the_command_removes_a_key_by_its_name(pair, keeper):
    shown = pair.run("key-revoke").stdout
    current = listed(keeper, "ES384")["current"]["kid"]
    assert re.search(rf"^ES384  {re.escape(current)}  current since ", shown, re.MULTILINE)
    done = pair.run("key-revoke", current, "-y")
    assert done.returncode == 0 and current in done.stdout, done.stderr
    wait_for(lambda: current not in [each["kid"] for each in published(pair.url)], "the key is gone", 20)
    assert pair.run("key-revoke", current, "-y").returncode == 1


@pytest.mark.parametrize("command", ["key-rotate", "key-revoke", "encryption-key-rotate"])
def test_each_command_says_what_it_does(pair, command):
    done = pair.run(command, "--help")
    assert done.returncode == 0 and "Examples:" in done.stdout and f"latchkey {command}" in done.stdout


def test_the_record_says_who_rotated_and_how(pair, keeper):
    rotate(pair, keeper, alg="PS256")
    entries = keeper.ok("GET", "/api/audit-logs/all?pagination[limit]=100&filters[event]=SIGNING_KEYS_ROTATED")["data"]
    assert {"page", "command"} <= {each["data"]["method"] for each in entries}


# The page

def test_the_page_shows_every_key_and_rotates_behind_the_passkey(pair, keeper, window):
    page = window.page
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": pair.url} for each in keeper.http.cookies])
    let_keys_be_seen(pair)
    page.goto(pair.url + PAGE)
    before = listed(keeper, "ES256")
    row = page.locator(f"[data-key='{before['current']['kid']}']")
    assert "Signs now" in row.inner_text()
    section = page.locator("section", has=page.get_by_role("heading", name="ES256", exact=True))
    section.get_by_role("button", name="Rotate the ES256 key").click()
    page.locator("#rotate-keys [data-confirm]").click()
    # Nobody has proven anything yet: the passkey is asked for.
    asked = page.locator("dialog#reauthentication")
    asked.wait_for()
    asked.get_by_role("button", name="Cancel").click()
    assert listed(keeper, "ES256") == before
    keeper.prove("signing-keys")
    section.get_by_role("button", name="Rotate the ES256 key").click()
    page.locator("#rotate-keys [data-confirm]").click()
    page.locator(f"[data-key='{before['next']['kid']}']", has_text="Signs now").wait_for()
    assert "Retired" in page.locator(f"[data-key='{before['current']['kid']}']").inner_text()
    # The browser notes every 401 by itself: the one that asked for a proof.
    assert not [each for each in window.complaints if "401" not in each]


def test_the_page_removes_a_key_after_saying_what_that_means(pair, keeper, window):
    page = window.page
    window.context.add_cookies(
        [{"name": each.name, "value": each.value, "url": pair.url} for each in keeper.http.cookies])
    page.goto(pair.url + PAGE)
    gone = listed(keeper, "ES384")["next"]["kid"]
    keeper.prove("signing-keys")
    page.locator(f"[data-key='{gone}'] [data-remove]").click()
    dialog = page.locator("#remove-key")
    assert gone in dialog.inner_text() and "sign people in again" in dialog.inner_text()
    dialog.locator("[data-confirm]").click()
    page.locator(f"[data-key='{gone}']").wait_for(state="detached")
    assert gone not in [each["kid"] for each in published(pair.url)]

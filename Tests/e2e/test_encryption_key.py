"""Changing ENCRYPTION_KEY: what was sealed, hashed and handed out with the old key goes on working with the new one."""

import random
import signal
import subprocess
import time

import pytest
import requests
from support.client import Client, Person, Request, exchange, userinfo
from support.server import Latchkey, binary

SECRET = "a secret that a person chose"


class Household:
    """An installation with something of everything that hangs on the key."""

    def __init__(self, server: Latchkey):
        self.server = server
        self.admin = Person(server.url)
        self.admin.set_up()
        self.client = self.admin.create_client()
        self.admin.prove("client-secret")
        self.admin.ok("POST", f"/api/oidc/clients/{self.client.id}/secrets", {"secret": SECRET}, status=201)
        self.tokens = self.admin.tokens_for(Request(self.client))
        self.link = self.admin.ok("POST", "/api/signup-tokens", {"ttl": "24h", "usageLimit": 5}, status=201)["token"]
        user = self.admin.ok("GET", "/api/users/me")["id"]
        self.admin.prove("one-time-link")
        self.code = self.admin.ok(
            "POST", f"/api/users/{user}/one-time-access-token", {"ttl": "24h"}, status=201)["token"]
        settings = {each["key"]: each["value"] for each in self.admin.ok("GET", "/api/application-configuration/all")}
        self.admin.prove("settings")
        self.admin.ok("PUT", "/api/application-configuration", settings | {
            "smtpHost": "127.0.0.1", "smtpPort": "9", "smtpFrom": "id@example.org", "smtpUser": "id",
            "smtpPassword": "hush", "smtpTls": "none"})

    def check(self) -> None:
        """Everything still works."""
        assert self.admin.is_signed_in()
        again = self.admin.another_browser()
        again.sign_in()
        assert userinfo(self.server.url, self.tokens["access_token"]).status_code == 200
        chosen = Client(self.client.id, SECRET, self.client.redirect_uri)
        request = Request(chosen)
        assert exchange(self.server.url, request, again.code_for(request)).status_code == 200
        links = again.ok("GET", "/api/signup-tokens")["data"]
        assert [each["token"] for each in links] == [self.link]
        verified = self.server.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout

    def use_code(self) -> None:
        person = self.admin.another_browser()
        person.ok("POST", f"/api/one-time-access-token/{self.code}", {})
        assert person.is_signed_in()


def test_a_key_of_ours_is_changed_with_one_command(tmp_path):
    with Latchkey() as server:
        home = Household(server)
        path = server.data / "encryption-key"
        before = path.read_text()
        refused = server.run("encryption-key-rotate", "-y")
        assert refused.returncode == 1 and "already running" in refused.stderr and path.read_text() == before
        server.stop()
        asked = server.run("encryption-key-rotate")
        assert asked.returncode == 1 and "Aborted" in asked.stderr and path.read_text() == before
        done = server.run("encryption-key-rotate", "--yes", timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[0] == "Encryption key rotation completed successfully."
        assert str(path) in done.stdout and path.read_text() != before
        assert path.stat().st_mode & 0o777 == 0o600
        server.start()
        home.check()
        home.use_code()
        # The old key opens nothing any more, and says so before anything is touched.
        server.stop()
        server.environment["ENCRYPTION_KEY"] = before.strip()
        server.start(ready=False)
        assert server.launcher.wait(60) == 78 and "is not the one that the data was made with" in server.log()
        server.end_everything()
        del server.environment["ENCRYPTION_KEY"]
        server.start()


def test_a_key_of_the_operators_is_changed_where_they_keep_it():
    old, new = "the operator's key, 32 bytes long", "another key of the operator's, longer"
    with Latchkey(ENCRYPTION_KEY=old) as server:
        home = Household(server)
        server.stop()
        missing = server.run("encryption-key-rotate", "-y")
        assert missing.returncode == 1 and "--new-key" in missing.stderr
        short = server.run("encryption-key-rotate", "-y", "--new-key", "short")
        assert short.returncode == 1 and "at least 16" in short.stderr
        done = server.run("encryption-key-rotate", "-y", "--new-key", new, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            "Encryption key rotation completed successfully.",
            "Restart latchkey with the new ENCRYPTION_KEY to use the rotated data."]
        server.environment["ENCRYPTION_KEY"] = new
        server.start()
        home.check()


def test_killed_at_any_moment_one_key_works():
    with Latchkey() as server:
        home = Household(server)
        server.stop()
        chance = random.Random(7)
        for _ in range(4):
            running = subprocess.Popen(
                [binary(), "encryption-key-rotate", "-y"], env=server.variables(), cwd=server.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            server._sessions.add(running.pid)
            # The private database has to start first, which takes about a second: the change itself is within the next.
            time.sleep(chance.uniform(0.8, 2.2))
            running.send_signal(signal.SIGKILL)
            running.wait()
            server.end_everything()
        server.start()
        home.check()

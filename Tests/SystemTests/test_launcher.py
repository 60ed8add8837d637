"""`latchkey serve` and the commands beside it: starting, refusing to start, stopping."""

import os
import pwd
import signal
import socket
import stat
import time
from pathlib import Path

import pytest
import requests
from support.client import Person, Request
from support.server import SERVICES, STOP_SECONDS, Latchkey
from support.waiting import wait_for


@pytest.fixture
def latchkey():
    """An installation that has not been started; gone afterwards, whatever happened."""
    made = []

    def make(*arguments, **environment) -> Latchkey:
        made.append(Latchkey(*arguments, **environment))
        return made[-1]

    yield make
    for each in made:
        each.remove()


def ended(server: Latchkey, seconds: float = 60) -> int:
    """The exit status of a `serve` that does not come up."""
    return server.launcher.wait(seconds)


def test_a_first_start_makes_a_key_for_its_owner_alone_and_says_so(latchkey):
    server = latchkey(ENCRYPTION_KEY="CHANGEME").start()
    file = server.data / "encryption-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and len(server.encryption_key()) >= 32
    assert str(file) in server.log() and server.encryption_key().decode() not in server.log()
    assert f"{server.url}/setup" in server.log()
    assert server.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root has nothing to step down from")
def test_started_as_root_nothing_that_answers_strangers_stays_root(latchkey):
    server = latchkey().start()
    admin = Person(server.url)
    admin.set_up()

    def identity(name: str) -> tuple[set[str], set[str], str]:
        lines = (Path("/proc") / str(server.service(name).pid) / "status").read_text().splitlines()
        fields = {line.split(":")[0]: line.split(":")[1].split() for line in lines if ":" in line}
        return set(fields["Uid"]), set(fields["Gid"]), "".join(fields["CapEff"])

    nobody = pwd.getpwnam("nobody")
    users = {name: identity(name) for name in SERVICES}
    assert all(each[0] == {str(nobody.pw_uid)} and int(each[2], 16) == 0 for each in users.values()), users
    database = str(os.stat(server.data / "database-url").st_gid), str(pwd.getpwnam("postgres").pw_gid)
    assert users["gateway"][1] == {str(nobody.pw_gid)} and users["gateway"][1].isdisjoint(database)
    # The database goes and comes back: the way to its socket is open to who may have it.
    os.kill(server.postmaster().pid, signal.SIGKILL)
    wait_for(lambda: server.is_ready() and admin.is_signed_in(), "everything is back", 60)
    assert server.stop() == 0


def test_a_second_start_takes_seconds_and_finds_everybody(latchkey):
    server = latchkey().start()
    admin = Person(server.url)
    admin.set_up()
    assert server.stop() == 0
    server.start()
    assert server.seconds_to_ready < 10
    assert admin.is_signed_in(), "the session did not survive the restart"
    assert f"{server.url}/setup" not in server.log().split("Stopped")[-1]
    assert server.stop() == 0


def test_several_oidc_processes_stand_in_for_each_other(latchkey):
    server = latchkey(OIDC_PROCESSES="2").start()
    admin = Person(server.url)
    admin.set_up()
    client = admin.create_client()
    for victim in server.services("oidc"):
        ready = server.log().count("is ready")
        os.kill(victim.pid, signal.SIGKILL)
        # At once, while only the other one is there.
        assert admin.tokens_for(Request(client))["access_token"]
        wait_for(lambda: server.log().count("is ready") > ready, "it was started again", 20)
    assert len(server.services("oidc")) == 2 and server.log().count("oidc-2 is ready") == 2
    assert server.stop() == 0


@pytest.mark.parametrize("count", ["0", "9", "two"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(latchkey, count):
    server = latchkey(OIDC_PROCESSES=count).start(ready=False)
    assert ended(server) == 78 and "OIDC_PROCESSES" in server.log()


def test_a_wrong_key_is_refused_before_anything_is_touched(latchkey):
    server = latchkey().start()
    admin = Person(server.url)
    admin.set_up()
    before = server.psql("SELECT * FROM instance")
    server.stop()
    server.environment["ENCRYPTION_KEY"] = "another-key-of-sufficient-length"
    server.start(ready=False)
    assert ended(server) != 0
    assert "not the one that the data was made with" in server.log()
    wait_for(lambda: not server.remaining(), "nothing is left running", 10)
    del server.environment["ENCRYPTION_KEY"]
    server.start()
    assert server.psql("SELECT id, encryption_check FROM instance") in before or before.startswith(
        server.psql("SELECT singleton, id, encryption_check FROM instance"))
    assert admin.is_signed_in()


def test_a_lost_key_is_refused_and_no_new_one_is_made(latchkey):
    server = latchkey().start()
    server.stop()
    file = server.data / "encryption-key"
    kept = file.read_text()
    file.unlink()
    server.start(ready=False)
    assert ended(server) != 0
    assert str(file) in server.log() and not file.exists()
    file.write_text(kept)
    server.start()


def test_a_short_key_is_refused_before_there_is_any_data(latchkey):
    server = latchkey(ENCRYPTION_KEY="fifteen bytes..").start(ready=False)
    assert ended(server) != 0
    assert "16" in server.log() and "ENCRYPTION_KEY" in server.log()
    assert not (server.data / "postgres").exists() and not (server.data / "encryption-key").exists()


@pytest.mark.parametrize("name, value", [("PORT", "seventy"), ("APP_URL", "ftp://x"), ("SESSION_DURATION", "-1"),
                                         ("LOG_LEVEL", "loud")])
def test_a_setting_that_cannot_be_is_refused_by_name(latchkey, name, value):
    server = latchkey(**{name: value}).start(ready=False)
    assert ended(server) != 0 and name in server.log()
    assert not server.remaining()


def test_a_second_launcher_on_the_same_data_is_refused_clearly(latchkey):
    server = latchkey().start()
    second = latchkey(server.data).start(ready=False)
    assert ended(second) != 0
    assert str(server.launcher.pid) in second.log() and "already running" in second.log()
    assert server.is_ready(), "the first one was disturbed"


def test_a_port_that_is_taken_is_named_at_once(latchkey):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = latchkey(None, taken.getsockname()[1]).start(ready=False)
        wait_for(lambda: f"cannot listen on 127.0.0.1:{server.port}" in server.log(), "the port is named", 30)
        # It may try again for a while, since the port's owner may be about to leave; asked to stop, it stops.
        server.launcher.send_signal(signal.SIGTERM)
        server.launcher.wait(STOP_SECONDS)
        wait_for(lambda: not server.remaining(), "nothing is left running", 10)


def test_sigterm_answers_what_is_in_flight_and_leaves_within_its_deadline(latchkey):
    server = latchkey().start()
    body = b'{"id":"x"}'
    head = (f"POST /api/webauthn/login/finish HTTP/1.1\r\nHost: localhost\r\nOrigin: {server.url}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=STOP_SECONDS) as connection:
        connection.sendall(head + body[:4])
        # The gateway has begun with this request once it answers a later one.
        requests.get(server.url + "/healthz")
        began = time.monotonic()
        server.launcher.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping" in server.log(), "it is stopping", 5)
        connection.sendall(body[4:])
        answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 400"), answer[:200]
    assert server.launcher.wait(STOP_SECONDS) == 0
    assert time.monotonic() - began < 12
    wait_for(lambda: not server.remaining(), "nothing is left running", 5)


def test_an_interrupt_from_the_terminal_stops_everything(latchkey):
    server = latchkey().start()
    # Ctrl-C reaches the whole foreground group; here that is the launcher's.
    os.killpg(server.launcher.pid, signal.SIGINT)
    assert server.launcher.wait(STOP_SECONDS) == 0
    wait_for(lambda: not server.remaining(), "nothing is left running", 5)


def test_healthcheck_is_zero_while_it_runs_and_one_otherwise(latchkey):
    server = latchkey()
    assert server.run("healthcheck").returncode == 1
    server.start()
    done = server.run("healthcheck")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert server.run("healthcheck", "--endpoint", f"http://127.0.0.1:{server.port}").returncode == 0
    server.stop()
    assert server.run("healthcheck").returncode == 1


@pytest.mark.parametrize("host, asked", [
    ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("[::]", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")])
def test_healthcheck_asks_where_it_is_served_and_an_address_may_have_brackets(latchkey, host, asked):
    server = latchkey(HOST=host).start(ready=False)
    wait_for(lambda: server.run("healthcheck").returncode == 0, "it is well", 60)
    assert requests.get(f"http://{asked}:{server.port}/healthz", timeout=5).status_code == 204
    server.stop()


def test_the_log_is_json_when_asked_for(latchkey):
    import json
    server = latchkey(LOG_JSON="true").start()
    lines = [each for each in server.log().splitlines() if each.strip()]
    records = [json.loads(each) for each in lines]
    assert {"auth", "oidc", "admin", "gateway"} <= {str(value) for record in records for value in record.values()}
    server.stop()


def test_set_up_closes_by_itself_and_the_next_start_opens_it_again(latchkey):
    server = latchkey().start()
    assert requests.get(server.url + "/api/signup/setup").status_code == 204
    # An hour passes in the database instead of in the test.
    server.psql("UPDATE instance SET setup_open_until = setup_open_until - interval '60 minutes'")
    assert requests.get(server.url + "/api/signup/setup").status_code == 404
    server.stop()
    server.start()
    assert requests.get(server.url + "/api/signup/setup").status_code == 204


def test_each_service_sees_only_its_own_secrets(latchkey):
    server = latchkey().start()

    def variables(name: str) -> dict[str, str]:
        text = open(f"/proc/{server.service(name).pid}/environ", "rb").read().decode()
        return dict(each.split("=", 1) for each in text.split("\0") if "=" in each)

    seen = {name: variables(name) for name in ("auth", "oidc", "admin", "gateway")}
    key = server.encryption_key().decode()
    assert not any(key in value for each in seen.values() for value in each.values())
    assert not any("DB_CONNECTION_STRING" in name or name in ("SERVICE_KEY", "SHARED_KEY") for name in seen["gateway"])
    assert len({seen[each]["SERVICE_KEY"] for each in ("auth", "oidc", "admin")}) == 3
    owner = (server.data / "database-url").read_text().strip()
    assert not any(owner in value for each in seen.values() for value in each.values())

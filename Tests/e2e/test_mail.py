"""Mail against a real server that is up, down, slow and refusing."""

import json
import os
import random
import re
import signal
import subprocess
import time

import pytest
from support.client import Person
from support.mailserver import Certificates, MailServer
from support.server import Latchkey, binary, temporary_folder
from support.waiting import wait_for

TEST_MAIL = "/api/application-configuration/test-email"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(temporary_folder())


@pytest.fixture(scope="module")
def house(certificates):
    """An installation that trusts our authority, and its administrator."""
    with Latchkey(SSL_CERT_FILE=str(certificates.authority)) as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


@pytest.fixture
def admin(house):
    house.psql("DELETE FROM outbox")
    person = house.first_admin.another_browser()
    person.sign_in()
    return person


def configure(house, mail: MailServer | None, **others: str) -> None:
    chosen = {"smtpHost": "127.0.0.1", "smtpPort": str(mail.port), "smtpFrom": "id@example.org"} if mail else {}
    house.psql(f"UPDATE settings SET chosen = '{json.dumps(chosen | others)}'")


def failures(admin) -> list[dict]:
    return admin.ok("GET", "/api/mail/failures")["data"]


def waits(admin) -> dict | None:
    """The mail that was tried in vain and waits."""
    tried = [each for each in failures(admin) if each["state"] == "waiting" and each["reason"]]
    return tried[0] if tried else None


# Arriving


def test_a_test_mail_arrives_as_text_and_html_from_one_source(house, admin):
    with MailServer() as mail:
        configure(house, mail, appName="Home")
        admin.ok("POST", TEST_MAIL, status=204)
        arrived = mail.mail()
        assert arrived.recipients == ["ada@example.org"] and arrived.sender == "id@example.org"
        assert arrived.subject == "Test mail from Home" and arrived.message["From"] == "Home <id@example.org>"
        assert arrived.message["Auto-Submitted"] == "auto-generated"
        assert "Home can reach you here" in arrived.text and "Home can reach you here" in arrived.html
        assert all(len(line) <= 78 for line in arrived.raw.split(b"\r\n"))
        assert failures(admin) == []


def test_a_reader_is_written_to_in_the_language_that_their_browser_asked_for(house, admin):
    with MailServer() as mail:
        configure(house, mail)
        admin.ok("POST", TEST_MAIL, status=204, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        arrived = mail.mail()
        assert arrived.subject == "来自 Latchkey 的测试邮件" and "能够通过这个邮箱联系到您" in arrived.text
        assert '<html lang="zh-CN">' in arrived.html


def test_starttls_protects_before_anything_is_said(house, admin, certificates):
    with MailServer(starttls=certificates) as mail:
        configure(house, mail, smtpTls="starttls")
        admin.ok("POST", TEST_MAIL, status=204)
        assert mail.mail().encrypted


def test_tls_from_the_first_byte(house, admin, certificates):
    with MailServer(tls=certificates) as mail:
        configure(house, mail, smtpTls="tls", smtpHost="localhost")
        admin.ok("POST", TEST_MAIL, status=204)
        assert mail.mail()


def test_user_and_password_are_said_behind_tls_and_kept_sealed(house, admin, certificates):
    with MailServer(starttls=certificates, login=("post", "s3cret-word")) as mail:
        configure(house, mail, smtpTls="starttls")
        path = "/api/application-configuration"
        settings = {each["key"]: each["value"] for each in admin.ok("GET", path + "/all")}
        admin.prove("settings")
        admin.ok("PUT", path, settings | {"smtpUser": "post", "smtpPassword": "s3cret-word"})
        admin.ok("POST", TEST_MAIL, status=204)
        assert mail.mail().user == "post"
        assert "s3cret" not in house.psql("SELECT chosen::text || sealed::text FROM settings")
        admin.ok("PUT", path, settings | {"smtpUser": "post", "smtpPassword": "wr0ng-word"})
        answer = refused(admin)
        assert answer["details"]["reason"] == "authentication" and mail.wrong_logins == 1
        assert "wr0ng" not in json.dumps(answer) and "wr0ng" not in house.log() and "s3cret" not in house.log()


# Not arriving


def refused(admin) -> dict:
    answer = admin.call("POST", TEST_MAIL)
    assert answer.status_code == 502 and answer.json()["code"] == "email_not_sent", answer.text
    return answer.json()


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_any_will_do(house, admin):
    stranger = Certificates(temporary_folder())
    with MailServer(tls=stranger) as mail:
        configure(house, mail, smtpTls="tls")
        assert refused(admin)["details"]["reason"] == "encryption" and not mail.arrived
        configure(house, mail, smtpTls="tls", smtpSkipCertVerify="true")
        admin.ok("POST", TEST_MAIL, status=204)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(host, admin, house, certificates):
    elsewhere = Certificates(temporary_folder(), names=("mail.example.com",))
    # The same authority would be trusted; here its file holds the other one, whose certificate is for another name.
    before = certificates.authority.read_bytes()
    certificates.authority.write_bytes(elsewhere.authority.read_bytes())
    try:
        with MailServer(tls=elsewhere) as mail:
            configure(house, mail, smtpTls="tls", smtpHost=host)
            answer = refused(admin)
            assert answer["details"]["reason"] == "encryption" and not mail.arrived
    finally:
        certificates.authority.write_bytes(before)


def test_a_server_without_starttls_gets_nothing(house, admin):
    with MailServer() as mail:
        configure(house, mail, smtpTls="starttls")
        answer = refused(admin)
        assert answer["details"]["reason"] == "encryption" and "STARTTLS" in answer["error"] and not mail.arrived


def test_without_a_server_the_test_says_so(house, admin):
    configure(house, None)
    answer = admin.call("POST", TEST_MAIL)
    assert answer.status_code == 409 and answer.json()["code"] == "smtp_not_configured"


def new_device(house, mail: MailServer | None, device: str) -> Person:
    """Signs in with a browser that was not seen before."""
    person = house.first_admin.another_browser()
    person.http.headers["User-Agent"] = device
    person.sign_in()
    return person


WANTED = {"emailLoginNotificationEnabled": "true"}


def test_a_server_that_is_down_costs_nobody_a_sign_in_and_gets_its_mail_later(house, admin):
    with MailServer() as mail:
        port = mail.port
    configure(house, mail, **WANTED)
    new_device(house, mail, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    waiting = wait_for(lambda: waits(admin), "the attempt is noted")
    assert waiting["kind"] == "new-device" and waiting["state"] == "waiting" and waiting["reason"] == "connection"
    assert str(port) in waiting["detail"] and waiting["username"] == "ada"
    with MailServer(port) as mail:
        admin.ok("POST", f"/api/mail/failures/{waiting['id']}/retry", status=204)
        arrived = mail.mail()
        assert arrived.subject == "New sign-in to Latchkey" and "Firefox on Linux" in arrived.text
        assert "127.0.0.1" in arrived.text
        wait_for(lambda: failures(admin) == [], "the list is empty")
        assert len(mail.arrived) == 1


def test_a_slow_server_holds_nobody_up(house, admin):
    with MailServer() as mail:
        configure(house, mail, **WANTED)
        mail.pause.clear()
        before = time.monotonic()
        new_device(house, mail, "Slow/1")
        assert admin.is_signed_in() and time.monotonic() - before < 5
        assert admin.call("POST", TEST_MAIL).status_code == 202
        mail.pause.set()
        mail.mail(lambda each: each.subject.startswith("New sign-in"))
        mail.mail(lambda each: each.subject.startswith("Test mail"))
        wait_for(lambda: failures(admin) == [], "the list is empty")
        assert len(mail.arrived) == 2


def test_a_refused_recipient_is_final_and_visible(house, admin):
    with MailServer() as mail:
        mail.recipient = "550 5.1.1 nobody of that name"
        configure(house, mail, **WANTED)
        new_device(house, mail, "Refused/1")
        failed = wait_for(lambda: [each for each in failures(admin) if each["state"] == "failed"], "it failed")[0]
        assert failed["reason"] == "recipient" and "nobody of that name" in failed["detail"] and failed["attempts"] == 1
        assert "ada" == failed["username"] and failed["nextAttemptAt"] is None
        admin.ok("DELETE", f"/api/mail/failures/{failed['id']}", status=204)
        assert failures(admin) == []


def test_a_server_that_says_later_is_asked_later_and_delivers_once(house, admin):
    with MailServer() as mail:
        mail.content = "451 4.7.1 greylisted"
        configure(house, mail, **WANTED)
        new_device(house, mail, "Later/1")
        waiting = wait_for(lambda: waits(admin), "it was tried")
        assert waiting["state"] == "waiting" and "greylisted" in waiting["detail"]
        seconds = float(house.psql("SELECT extract(epoch FROM due_at - now()) FROM outbox"))
        assert 40 < seconds <= 60
        mail.content = None
        admin.ok("POST", f"/api/mail/failures/{waiting['id']}/retry", status=204)
        mail.mail()
        wait_for(lambda: failures(admin) == [], "the list is empty")
        assert len(mail.arrived) == 1


def test_a_server_that_hangs_up_at_the_last_moment_gets_the_same_mail_again(house, admin):
    with MailServer() as mail:
        mail.hang_up = True
        configure(house, mail, **WANTED)
        new_device(house, mail, "HangUp/1")
        waiting = wait_for(lambda: waits(admin), "it was tried")
        assert waiting["reason"] == "unknown"
        mail.hang_up = False
        admin.ok("POST", f"/api/mail/failures/{waiting['id']}/retry", status=204)
        wait_for(lambda: failures(admin) == [], "the list is empty")
        first, second = mail.arrived
        assert first.message["Message-ID"] == second.message["Message-ID"]


def test_what_lies_in_the_database_signs_nobody_in(house, admin):
    configure(house, None, **WANTED, emailVerificationEnabled="true")
    new_device(house, None, "Sealed/1")
    house.psql("UPDATE users SET email_verified = false")
    admin.ok("POST", "/api/users/me/send-email-verification", status=204)
    rows = house.psql("SELECT encode(sealed, 'escape') FROM outbox")
    assert rows and "token" not in rows and "Sealed" not in rows and "example.org" not in rows


# Several instances


def test_mail_survives_instances_that_are_killed_at_random(house, admin):
    """Three deliverers over one database, killed in the middle of their work: nothing is lost, and nothing comes twice but
    what was in the hands of one that was killed."""
    environment = dict(
        pair.split("=", 1)
        for pair in open(f"/proc/{house.service('admin').pid}/environ").read().split("\0") if "=" in pair)
    environment = {key: value for key, value in environment.items() if key not in ("READY_FILE", "LATCHKEY_SUPERVISED")}

    def another() -> subprocess.Popen:
        return subprocess.Popen(
            [binary().parent / "admin"], env=environment | {"LISTEN": "127.0.0.1:0"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    count, kills, dice = 24, 0, random.Random(3)
    with MailServer() as mail:
        configure(house, mail, **WANTED)
        extra = [another(), another()]
        try:
            for number in range(count):
                new_device(house, mail, f"Device/{number}")
                if number % 6 == 5:
                    victim = dice.randrange(len(extra))
                    extra[victim].kill()
                    extra[victim].wait()
                    kills += 1
                    extra[victim] = another()
            def all_there() -> bool:
                # What the killed ones held is free when their leases run out; the test does not wait for five minutes.
                house.psql("UPDATE outbox SET leased_until = now() WHERE leased_until < now() + interval '285 seconds'")
                return house.psql("SELECT count(*) FROM outbox WHERE delivered_at IS NULL") == "0"

            wait_for(all_there, "every mail is delivered", 60)
        finally:
            for each in extra:
                each.kill()
                each.wait()
        ids = [each.message["Message-ID"] for each in mail.arrived]
        assert len(set(ids)) == count and len(ids) <= count + kills * 4


# Proving an address


def link(mail: MailServer) -> str:
    return re.search(r"/verify-email\?token=\S+", mail.mail(lambda each: "Confirm" in each.subject).text)[0]


def test_an_address_is_proven_in_the_browser(house, admin, window):
    with MailServer() as mail:
        configure(house, mail, emailVerificationEnabled="true")
        house.psql("UPDATE users SET email_verified = false")
        name, value = next((each.name, each.value) for each in admin.http.cookies if "access_token" in each.name)
        window.context.add_cookies([{"name": name, "value": value, "url": house.url}])
        page = window.page
        page.goto(f"{house.url}/settings/account")
        page.locator("[data-send-proof]").click()
        page.get_by_text("Mail sent.").wait_for()
        page.goto(house.url + link(mail))
        page.get_by_role("heading", name="Address confirmed").wait_for()
        assert "token" not in page.url
        page.get_by_role("link", name="Go to your account").click()
        page.wait_for_url("**/settings/account")
        assert page.locator("[data-email-banner]").count() == 0
        assert admin.ok("GET", "/api/users/me")["emailVerified"] is True


def test_codes_wait_for_a_changed_address_until_the_old_mailbox_confirms_it(house, admin, window):
    with MailServer() as mail:
        configure(house, mail, emailOneTimeAccessAsUnauthenticatedEnabled="true")
        house.psql("DELETE FROM attempts; DELETE FROM retired_names")
        me = admin.ok("GET", "/api/users/me")
        admin.ok("PUT", "/api/users/me", me | {"email": "new@example.org"})
        news = mail.mail(lambda each: "was changed" in each.subject)
        assert news.message["To"] == "ada@example.org" and "new@example.org" in news.text
        found = re.search(r"/confirm-new-address\?token=\S+", news.text)[0]
        name, value = next((each.name, each.value) for each in admin.http.cookies if "access_token" in each.name)
        window.context.add_cookies([{"name": name, "value": value, "url": house.url}])
        page = window.page
        page.goto(f"{house.url}/settings/account")
        assert "No login codes are sent here before" in page.locator("#email-help").inner_text()
        stranger = Person(house.url)
        stranger.ok("POST", "/api/one-time-access-email", {"email": "new@example.org"}, 204)
        assert house.psql("SELECT count(*) FROM outbox WHERE kind = 'one-time-code'") == "0"
        # The old mailbox is read elsewhere, by whoever is signed in nowhere; looking at the page does nothing.
        window.context.clear_cookies()
        page.goto(house.url + found, wait_until="networkidle")
        assert "token" not in page.url
        assert house.psql("SELECT count(*) FROM users WHERE codes_from > now()") == "1"
        page.get_by_role("button", name="It was me").click()
        page.get_by_role("heading", name="Thank you").wait_for()
        stranger.ok("POST", "/api/one-time-access-email", {"email": "new@example.org"}, 204)
        assert mail.mail(lambda each: "login code" in each.subject).message["To"] == "new@example.org"
        page.goto(house.url + found, wait_until="networkidle")
        page.get_by_role("button", name="It was me").click()
        page.get_by_text("This link does not work").wait_for()
        # The 400 that was meant.
        assert [each for each in window.complaints if "400" not in each] == []
        house.psql("UPDATE users SET email = 'ada@example.org', codes_from = NULL; DELETE FROM retired_names")


def test_a_link_dies_with_the_address_that_it_was_sent_to(house, admin):
    """GHSA-rm8c-2cv8-jwf6."""
    with MailServer() as mail:
        configure(house, mail, emailVerificationEnabled="true")
        house.psql("UPDATE users SET email_verified = false; DELETE FROM email_verifications")
        admin.ok("POST", "/api/users/me/send-email-verification", status=204)
        token = link(mail).split("token=")[1]
        me = admin.ok("GET", "/api/users/me")
        moved = admin.ok("PUT", "/api/users/me", me | {"email": "victim@example.org"})
        assert moved["emailVerified"] is False
        answer = admin.call("POST", "/api/users/me/verify-email", {"token": token})
        assert answer.status_code == 400 and answer.json()["code"] == "invalid_email_verification_token"
        assert admin.ok("GET", "/api/users/me")["emailVerified"] is False
        house.psql("UPDATE users SET email = 'ada@example.org'; DELETE FROM retired_names")

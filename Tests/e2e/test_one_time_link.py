"""The one-time link: printed by the command line as Pocket ID prints it, good for one sign-in."""

import re


def make(server, who: str) -> tuple[str, str]:
    """(the whole output, the token)"""
    done = server.run("one-time-access-token", who)
    assert done.returncode == 0, done.stderr
    return done.stdout, re.search(r"/lc/(\S+)", done.stdout)[1]


def test_the_command_prints_what_pocket_id_prints(server):
    for who in ("ada", "ada@example.org"):
        output, token = make(server, who)
        assert output.strip().splitlines() == [
            f'A one-time access token valid for 1 hour has been created for "ada".',
            f"Use the following URL to sign in once: {server.url}/lc/{token}"]
        assert re.fullmatch(r"[A-Za-z0-9]{12,}", token)


def test_an_unknown_person_is_refused_with_their_name(server):
    done = server.run("one-time-access-token", "nobody")
    assert done.returncode != 0 and "nobody" in done.stdout + done.stderr and "/lc/" not in done.stdout


def test_the_link_signs_in_once(server):
    _, token = make(server, "ada")
    person = server.first_admin.another_browser()
    assert person.ok("POST", f"/api/one-time-access-token/{token}", {})["username"] == "ada"
    assert person.is_signed_in()
    current = [each for each in person.ok("GET", "/api/sessions")["data"] if each["current"]][0]
    assert current["amr"] == ["otp"]
    again = server.first_admin.another_browser().call("POST", f"/api/one-time-access-token/{token}", {})
    assert again.status_code == 401 and again.json()["code"] == "token_invalid_or_expired"


def test_looking_at_the_links_page_does_not_spend_it(server):
    """Mail scanners and chat programs follow links; only the person's own click counts."""
    _, token = make(server, "ada")
    person = server.first_admin.another_browser()
    for _ in range(2):
        assert person.page(f"/lc/{token}").status_code == 200
    person.ok("POST", f"/api/one-time-access-token/{token}", {})


def test_the_link_works_in_a_browser(server, window):
    _, token = make(server, "ada")
    window.page.goto(f"{server.url}/lc/{token}")
    window.page.locator("[data-code-form] button[type=submit]").click()
    window.page.wait_for_url(lambda url: "/lc/" not in url)
    window.page.goto(server.url + "/settings/account")
    assert window.page.locator("#username").input_value() == "ada"


def test_a_made_up_token_is_refused(server):
    person = server.first_admin.another_browser()
    answer = person.call("POST", "/api/one-time-access-token/AAAAAAAAAAAA", {})
    assert answer.status_code == 401 and answer.json()["code"] == "token_invalid_or_expired"

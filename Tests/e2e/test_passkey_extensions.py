"""Password managers that stand in the browser's place: whatever they give, or never give, their people get in or are told."""

import re

import pytest
from support.client import Person

# What an extension does to the page before the page's own scripts run: `change` gets each credential that the browser gives.
WRAPPED = """
  const change = %s;
  for (const name of ["create", "get"]) {
    const original = navigator.credentials[name].bind(navigator.credentials);
    navigator.credentials[name] = async (options) => change(await original(options));
  }
"""

FIELDS = "id: real.id, rawId: real.rawId, type: real.type, authenticatorAttachment: real.authenticatorAttachment"
RESPONSE = """Object.fromEntries(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
  .filter((name) => real.response[name]).map((name) => [name, %s]))"""
RAW = RESPONSE % "real.response[name]"

SHAPES = {
    "what is inherited throws": f"""(real) => Object.setPrototypeOf({{ {FIELDS}, response: real.response,
        getClientExtensionResults() {{ return real.getClientExtensionResults(); }} }}, PublicKeyCredential.prototype)""",
    "what is inherited throws in the response too": f"""(real) => Object.setPrototypeOf({{ id: real.id, rawId: real.rawId,
        type: real.type, response: Object.setPrototypeOf({RAW}, Object.getPrototypeOf(real.response)) }},
        PublicKeyCredential.prototype)""",
    "toJSON gives raw buffers": f"""(real) => ({{ {FIELDS}, response: {RAW}, getClientExtensionResults: () => ({{}}),
        toJSON() {{ return {{ {FIELDS}, response: {RAW}, clientExtensionResults: {{}} }}; }} }})""",
    "views of larger buffers": f"""(real) => {{
        const view = (buffer) => {{
          const larger = new Uint8Array(buffer.byteLength + 9);
          larger.set(new Uint8Array(buffer), 5);
          return larger.subarray(5, 5 + buffer.byteLength);
        }};
        return {{ id: real.id, rawId: view(real.rawId), response: {RESPONSE % "view(real.response[name])"} }};
      }}""",
    "text instead of bytes": f"""(real) => {{
        const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
        return {{ id: real.id, rawId: text(real.rawId), response: {RESPONSE % "text(real.response[name])"} }};
      }}""",
}

# Each helper of the browser that the pages could lean on, absent, throwing and lying.
STATIC = "PublicKeyCredential.%s = %s;"
HELPERS = {
    **{f"{name} {how}": STATIC % (name, value)
       for name, lie in (("parseCreationOptionsFromJSON", "() => ({})"), ("parseRequestOptionsFromJSON", "() => ({})"),
                         ("isConditionalMediationAvailable", "() => 'perhaps'"))
       for how, value in (("absent", "undefined"), ("throws", "() => { throw new Error('no'); }"), ("lies", lie))},
    **{f"{name} {how}": WRAPPED % f"""(real) => {{
        Object.defineProperty({owner}, "{name}", {{ {value} }});
        return real;
      }}"""
       for name, owner, lie in (("getTransports", "real.response", "() => 'usb'"),
                                ("getClientExtensionResults", "real", "() => ({ credProps: { rk: 'yes' }, prf: real.rawId })"))
       for how, value in (("absent", "value: undefined"), ("throws", "value() { throw new Error('no'); }"),
                          ("lies", f"value: {lie}"))},
    **{f"authenticatorAttachment {how}": WRAPPED % f"""(real) => {{
        Object.defineProperty(real, "authenticatorAttachment", {{ {value} }});
        return real;
      }}"""
       for how, value in (("absent", "value: undefined"), ("throws", "get() { throw new Error('no'); }"),
                          ("lies", "value: { toString: 1 }"))},
}


@pytest.fixture
def newcomer(server, admin):
    """Somebody who is signed in by a link and has no passkey yet."""
    return admin.let_in(f"newcomer{server.psql('SELECT count(*) FROM users')}", firstName="New", lastName="Comer")


def enter(window, person: Person) -> None:
    """The person goes on at this window."""
    window.context.add_cookies([{"name": name, "value": value, "url": person.url}
                                for name, value in person.http.cookies.get_dict().items()])


def add_first(window, person: Person) -> None:
    window.page.goto(person.url + "/signup/add-passkey")
    window.page.click("[data-add-first]")


def sign_in(window, person: Person) -> None:
    window.context.clear_cookies()
    window.page.goto(person.url + "/login")
    window.page.click("[data-passkey-form] button[type=submit]")


def told(window) -> str:
    place = window.page.locator("[data-status].bad")
    place.wait_for()
    return place.inner_text()


def register_and_sign_in(window, person: Person, script: str) -> None:
    window.context.add_init_script("{" + script + "}")
    enter(window, person)
    add_first(window, person)
    account = person.url + "/settings/account"
    window.page.wait_for_url(account)
    assert len(window.passkeys()) == 1
    sign_in(window, person)
    window.page.wait_for_url(account)
    assert window.page.locator("#username").input_value() == person.user["username"]
    assert window.complaints == []


@pytest.mark.parametrize("shape", SHAPES)
def test_a_passkey_is_made_and_used_whatever_its_object_is_like(newcomer, window, shape):
    register_and_sign_in(window, newcomer, WRAPPED % SHAPES[shape])


@pytest.mark.parametrize("helper", HELPERS)
def test_a_passkey_is_made_and_used_whatever_a_helper_of_the_browser_does(newcomer, window, helper):
    register_and_sign_in(window, newcomer, HELPERS[helper])


@pytest.mark.parametrize("signal", ["undefined", "() => { throw new Error('no'); }", "() => 'done'"],
                         ids=["absent", "throws", "lies"])
def test_a_passkey_that_is_not_known_is_spoken_of_whatever_the_signal_for_it_does(server, newcomer, window, signal):
    window.context.add_init_script(STATIC % ("signalUnknownCredential", signal))
    enter(window, newcomer)
    add_first(window, newcomer)
    window.page.wait_for_url(server.url + "/settings/account")
    server.psql(f"DELETE FROM passkeys WHERE user_id = '{newcomer.user['id']}'")
    sign_in(window, newcomer)
    assert "not known here" in told(window)
    assert window.complaints == [each for each in window.complaints if "401" in each]


@pytest.mark.parametrize("given, words", [
    ("() => null", "no passkey"), ("() => ({})", "could not be read"),
    ("() => ({ id: 'AAAA', rawId: {}, response: { clientDataJSON: {}, authenticatorData: {}, signature: {} } })",
     "could not be read"),
    ("() => { throw undefined; }", "did not work")], ids=["null", "empty", "no bytes", "throws nothing"])
def test_what_is_no_passkeys_answer_is_said_and_can_be_tried_again(server, window, given, words):
    window.context.add_init_script(f"navigator.credentials.get = async () => ({given})();")
    window.page.goto(server.url + "/login")
    window.page.click("[data-passkey-form] button[type=submit]")
    assert words in told(window)
    assert window.page.locator("[data-passkey-form] button[type=submit]:not([aria-disabled])").count() == 1


def test_a_passkey_that_has_changed_is_told_apart_and_what_to_do_is_said(server, newcomer, window):
    enter(window, newcomer)
    add_first(window, newcomer)
    window.page.wait_for_url(server.url + "/settings/account")
    server.psql(f"UPDATE passkeys SET backup_eligible = NOT backup_eligible WHERE user_id = '{newcomer.user['id']}'")
    sign_in(window, newcomer)
    assert "has changed since it was added" in told(window)


# A prompt that never settles

NEVER = "() => new Promise(() => {})"
# The 60 s of a ceremony's options, and a little more.
TOO_LONG = 66_000


def test_a_sign_in_whose_prompt_never_settles_is_given_up_and_can_be_tried_again(server, newcomer, window):
    enter(window, newcomer)
    add_first(window, newcomer)
    window.page.wait_for_url(server.url + "/settings/account")
    window.context.add_init_script(f"""const real = navigator.credentials.get.bind(navigator.credentials);
        navigator.credentials.get = ({{ signal }}) => {{ window.given = signal; return ({NEVER})(); }};
        window.mend = () => {{ navigator.credentials.get = real; }};""")
    window.page.clock.install()
    window.context.clear_cookies()
    window.page.goto(server.url + "/login")
    button = window.page.locator("[data-passkey-form] button[type=submit]")
    button.click()
    window.page.wait_for_function("() => window.given")
    window.page.clock.fast_forward(59_000)
    assert window.page.locator("[data-status].bad").count() == 0, "given up before its time"
    window.page.clock.fast_forward(TOO_LONG - 59_000)
    assert "Neither your browser nor your password manager has answered" in told(window)
    assert window.page.evaluate("window.given.aborted"), "the browser is not told"
    window.page.evaluate("window.mend()")
    button.click()
    window.page.wait_for_url(server.url + "/settings/account")


def test_making_a_passkey_that_never_settles_is_given_up(server, newcomer, window):
    window.context.add_init_script(f"navigator.credentials.create = (options) => {{ window.asked = true; return ({NEVER})(); }};")
    enter(window, newcomer)
    window.page.clock.install()
    add_first(window, newcomer)
    window.page.wait_for_function("() => window.asked")
    window.page.clock.fast_forward(TOO_LONG)
    assert "has answered. Try again" in told(window)
    assert window.page.locator("[data-add-first]:not([aria-disabled])").count() == 1


def test_a_proof_that_never_settles_is_given_up_and_the_dialog_stays(admin, window):
    window.context.add_init_script(f"navigator.credentials.get = (options) => {{ window.asked = true; return ({NEVER})(); }};")
    enter(window, admin)
    window.page.clock.install()
    window.page.goto(admin.url + "/settings/account")
    window.page.click("[data-add-passkey]")
    dialog = window.page.locator("dialog#reauthentication")
    dialog.locator("[data-confirm]").click()
    window.page.wait_for_function("() => window.asked")
    window.page.clock.fast_forward(TOO_LONG)
    dialog.locator("[data-message]:visible").wait_for()
    assert "has answered. Try again" in dialog.locator("[data-message]").inner_text()
    assert dialog.locator("[data-confirm]:not([aria-disabled])").count() == 1


# Several at once

def states(person: Person, kind: str) -> list[str]:
    return [name for name in person.http.cookies.get_dict() if name.startswith(f"session-{kind}-")]


def test_a_second_tab_does_not_break_the_sign_in_of_the_first(admin):
    browser = admin.another_browser()
    first, second = (browser.ok("GET", "/api/webauthn/login/start") for _ in range(2))
    browser.ok("POST", "/api/webauthn/login/finish", browser.authenticator.get(first))
    browser.ok("POST", "/api/webauthn/login/finish", browser.authenticator.get(second))
    assert states(browser, "sign-in") == []


def test_a_second_tab_does_not_break_a_proof_or_a_new_passkey_of_the_first(newcomer):
    start = "/api/webauthn/register/start"
    first, second = (newcomer.ok("GET", start) for _ in range(2))
    newcomer.ok("POST", "/api/webauthn/register/finish", newcomer.authenticator.create(first))
    # The one proof that there was is used: the second tab is told so, and not that it was begun elsewhere.
    late = newcomer.call("POST", "/api/webauthn/register/finish", newcomer.authenticator.create(second))
    assert late.status_code == 401 and late.json()["code"] == "reauthentication_required", late.text
    newcomer.authenticator.passkeys.pop()
    begin = "/api/webauthn/reauthenticate/start?purpose="
    first, second = (newcomer.ok("GET", begin + purpose) for purpose in ("api-key", "add-passkey"))
    newcomer.ok("POST", "/api/webauthn/reauthenticate", newcomer.authenticator.get(first), status=204)
    newcomer.ok("POST", "/api/webauthn/reauthenticate", newcomer.authenticator.get(second), status=204)
    newcomer.ok("GET", start)
    assert states(newcomer, "proof") == []


def test_a_browser_carries_a_handful_and_the_newest_of_them_work(admin):
    browser = admin.another_browser()
    begun = [browser.ok("GET", "/api/webauthn/login/start") for _ in range(30)]
    assert len(states(browser, "sign-in")) == 8
    header = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.get_dict().items())
    assert len(header) < 4096
    lost = browser.call("POST", "/api/webauthn/login/finish", browser.authenticator.get(begun[0]))
    assert lost.status_code == 400 and lost.json()["code"] == "missing_session_id"
    browser.ok("POST", "/api/webauthn/login/finish", browser.authenticator.get(begun[-8]))


def test_a_page_that_asks_again_gives_up_what_it_had(admin, window):
    """The suggestions in a field ask for a new challenge every 45 s, for as long as the page is open."""
    window.context.add_init_script("""PublicKeyCredential.isConditionalMediationAvailable = async () => true;
        window.asked = 0;
        navigator.credentials.get = () => { window.asked += 1; return new Promise(() => {}); };""")
    window.page.clock.install()
    window.page.goto(admin.url + "/login")
    for turn in range(1, 5):
        window.page.wait_for_function("(turn) => window.asked === turn", arg=turn)
        carried = [name for name in window.cookies() if name.startswith("session-sign-in-")]
        assert len(carried) == 1, carried
        window.page.clock.fast_forward(45_000)


# Another address

def test_at_another_address_the_page_says_which_one_to_open(server, window):
    elsewhere = re.sub("//localhost", "//other.localhost", server.url)
    window.page.goto(elsewhere + "/login")
    assert f"only at {server.url}" in told(window)
    window.page.click("[data-passkey-form] button[type=submit]")
    assert f"only at {server.url}" in told(window)

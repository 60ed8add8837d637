"""Pictures, logos and the look: what goes in, what comes out, and who may."""

import http.server
import re
import threading
import time

import pytest
import requests
from support import pictures
from support.browser import PHONE
from support.client import Person, Request
from support.server import Latchkey
from support.waiting import wait_for

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def server():
    """Its administrator may lose their picture, and the installation its look."""
    with Latchkey() as server:
        server.first_admin = Person(server.url)
        server.first_admin.set_up()
        yield server


def send(person, path, file, method="PUT", status=204, field="file", name="picture.jpg"):
    answer = person.call(method, path, files={field: (name, file)})
    assert answer.status_code == status, answer.text[:500]
    return answer.json() if answer.content else None


def picture(server, user, **options):
    return requests.get(f"{server.url}/api/users/{user}/profile-picture.png", **options)


@pytest.fixture
def me(admin):
    yield admin
    admin.ok("DELETE", "/api/users/me/profile-picture", {}, 204)


# People

def test_a_photograph_loses_where_it_was_taken(server, me):
    photograph = pictures.photograph()
    assert pictures.PLACE in photograph
    send(me, "/api/users/me/profile-picture", photograph)
    shown = picture(server, me.user["id"])
    assert shown.status_code == 200 and shown.headers["Content-Type"] == "image/png"
    assert pictures.PLACE not in shown.content and b"Exif" not in shown.content
    assert pictures.chunks(shown.content) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    assert pictures.size(shown.content) == (32, 32)
    assert pictures.size(picture(server, me.user["id"], params={"size": "small"}).content) == (32, 32)


def test_a_picture_is_kept_by_browsers_and_asked_for_anew_when_it_changes(server, me):
    send(me, "/api/users/me/profile-picture", pictures.png(600, 700))
    shown = picture(server, me.user["id"])
    assert pictures.size(shown.content) == (512, 512)
    tag = shown.headers["ETag"]
    assert "immutable" not in shown.headers["Cache-Control"]
    assert picture(server, me.user["id"], headers={"If-None-Match": tag}).status_code == 304
    version = picture(server, me.user["id"], params={"v": tag.strip('"')})
    assert "immutable" in version.headers["Cache-Control"]
    assert "immutable" not in picture(server, me.user["id"], params={"v": "0" * 16}).headers["Cache-Control"]
    send(me, "/api/users/me/profile-picture", pictures.png(20, 20))
    other = picture(server, me.user["id"], headers={"If-None-Match": tag})
    assert other.status_code == 200 and other.headers["ETag"] != tag


def test_nobody_is_shown_as_somebody_without_a_picture(server, admin):
    admin.ok("DELETE", "/api/users/me/profile-picture", {}, 204)
    answers = [picture(server, who) for who in (admin.user["id"], NOBODY, "no-id-at-all")]
    assert {each.status_code for each in answers} == {200}
    assert len({each.content for each in answers}) == 1 and len({each.headers["ETag"] for each in answers}) == 1
    assert pictures.size(answers[0].content) == (512, 512)


def test_an_app_is_told_where_the_picture_is(server, me, client):
    send(me, "/api/users/me/profile-picture", pictures.photograph())
    tokens = me.tokens_for(Request(client, scope="openid profile"))
    told = requests.get(server.url + "/api/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    address = told.json()["picture"]
    assert address == f"{server.url}/api/users/{me.user['id']}/profile-picture.png"
    shown = requests.get(address)
    assert shown.status_code == 200 and shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    bare = me.tokens_for(Request(client, scope="openid"))
    told = requests.get(server.url + "/api/oidc/userinfo", headers={"Authorization": f"Bearer {bare['access_token']}"})
    assert "picture" not in told.json()


def test_a_large_file_arrives_in_parts(server, me):
    file = pictures.noise(820, 820)
    assert 1_900_000 < len(file) < 2 << 20
    send(me, "/api/users/me/profile-picture", file)
    shown = picture(server, me.user["id"]).content
    assert len(shown) < 1 << 20 and pictures.size(shown)[0] <= 512


@pytest.mark.parametrize("make, status, code", [
    (pictures.bomb, 400, "invalid_image"),
    (lambda: pictures.png(16, 16)[:60], 400, "invalid_image"),
    (lambda: b"<html><script>alert(1)</script>", 415, "file_type_not_supported"),
    (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "file_type_not_supported"),
    (lambda: pictures.png(8, 8) + bytes(2 << 20), 413, "file_too_large"),
    (lambda: b"", 400, "invalid_request_body"),
])
def test_what_is_no_picture_is_refused(server, admin, make, status, code):
    before = picture(server, admin.user["id"]).content
    began = time.monotonic()
    answer = send(admin, "/api/users/me/profile-picture", make(), status=status)
    assert answer["code"] == code and time.monotonic() - began < 10
    assert picture(server, admin.user["id"]).content == before


def test_a_form_without_the_field_and_a_body_that_is_no_form_are_refused(admin):
    path = "/api/users/me/profile-picture"
    assert send(admin, path, pictures.png(8, 8), status=400, field="picture")["code"] == "invalid_request_body"
    raw = admin.call("PUT", path, data=pictures.png(8, 8), headers={"Content-Type": "image/png"})
    assert raw.status_code == 415


def test_pictures_are_changed_by_their_owner_and_by_administrators(server, admin):
    stranger = Person(server.url)
    for path in ("/api/users/me/profile-picture", f"/api/users/{admin.user['id']}/profile-picture"):
        assert send(stranger, path, pictures.png(8, 8), status=401)["code"] == "not_signed_in"
        assert stranger.call("DELETE", path, {}).status_code == 401
    assert send(admin, f"/api/users/{NOBODY}/profile-picture", pictures.png(8, 8), status=404)["code"] == "not_found"
    send(admin, f"/api/users/{admin.user['id']}/profile-picture", pictures.png(8, 8))
    assert pictures.size(picture(server, admin.user["id"]).content) == (8, 8)
    admin.ok("DELETE", f"/api/users/{admin.user['id']}/profile-picture", {}, 204)


def test_another_site_cannot_change_a_picture(server, admin):
    answer = admin.call("PUT", "/api/users/me/profile-picture", files={"file": ("a.png", pictures.png(8, 8))},
                        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


# Apps

def test_logos_for_light_and_dark(server, admin, client):
    path = f"/api/oidc/clients/{client.id}/logo"
    assert requests.get(server.url + path).json()["code"] == "image_not_found"
    assert not admin.ok("GET", f"/api/oidc/clients/{client.id}")["hasLogo"]
    send(admin, path, pictures.png(900, 300), "POST")
    light = requests.get(server.url + path)
    assert pictures.size(light.content) == (512, 171)
    assert requests.get(server.url + path, params={"light": "false"}).content == light.content
    send(admin, path + "?light=false", pictures.png(40, 40), "POST")
    assert pictures.size(requests.get(server.url + path, params={"light": "false"}).content) == (40, 40)
    told = admin.ok("GET", f"/api/oidc/clients/{client.id}")
    assert told["hasLogo"] and told["hasDarkLogo"]
    listed = [each for each in admin.ok("GET", "/api/oidc/clients?pagination[limit]=100")["data"] if each["id"] == client.id]
    assert listed[0]["hasLogo"]
    assert requests.get(f"{server.url}/api/oidc/clients/{client.id}/meta").json()["hasDarkLogo"]
    admin.ok("DELETE", path + "?light=false", {}, 204)
    told = admin.ok("GET", f"/api/oidc/clients/{client.id}")
    assert told["hasLogo"] and not told["hasDarkLogo"]


def test_a_stranger_changes_no_logo(server, admin, client):
    path = f"/api/oidc/clients/{client.id}/logo"
    send(admin, path, pictures.png(8, 8), "POST")
    assert Person(server.url).call("DELETE", path, {}).status_code == 401
    assert send(Person(server.url), path, pictures.png(9, 9), "POST", 401)["code"] == "not_signed_in"
    assert pictures.size(requests.get(server.url + path).content) == (8, 8)


def test_a_drawing_that_only_draws_is_kept_and_can_do_nothing(server, admin, client):
    path = f"/api/oidc/clients/{client.id}/logo"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#a5701f"/></svg>'
    send(admin, path, drawing, "POST")
    shown = requests.get(server.url + path)
    assert shown.content == drawing and shown.headers["Content-Type"] == "image/svg+xml"
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "sandbox" in policy and "script-src" not in policy
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    for bad in (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
                b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
                b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://example.org/x.png"/></svg>'):
        assert send(admin, path, bad, "POST", 400)["code"] == "invalid_image"
    assert requests.get(server.url + path).content == drawing


@pytest.fixture(scope="module")
def inside():
    """A server inside the network that nobody may make us ask, and what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(pictures.png(8, 8))

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    listener.asked = asked
    yield listener
    listener.shutdown()


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0", "[::]",
    "169.254.169.254", "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
])
def test_logos_are_not_fetched_from_inside_the_network(server, admin, inside, host):
    address = f"http://{host}:{inside.server_port}/logo.png"
    body = {"name": "Trap", "callbackURLs": ["https://trap.example/cb"], "id": "trap"}
    for field in ("logoUrl", "darkLogoUrl"):
        answer = admin.call("POST", "/api/oidc/clients", body | {field: address})
        assert (answer.status_code, answer.json()["code"]) == (422, "logo_download_failed")
    assert inside.asked == []
    assert admin.call("GET", "/api/oidc/clients/trap").status_code == 404


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "ftp://example.org/a.png", "gopher://example.org/", "data:image/png;base64,AAAA",
    "https://user:pass@example.org/a.png", "//example.org/a.png", "https://", "nonsense",
])
def test_only_web_addresses_are_asked(admin, client, address):
    settings = admin.ok("GET", f"/api/oidc/clients/{client.id}")
    answer = admin.call("PUT", f"/api/oidc/clients/{client.id}", settings | {"logoUrl": address})
    assert (answer.status_code, answer.json()["code"]) == (422, "logo_download_failed")


# The operator's own

IMAGES = ("logo", "background", "favicon", "email", "default-profile-picture")


def test_who_may_see_and_change_the_installations_images(server, admin):
    stranger = Person(server.url)
    for name in IMAGES:
        path = f"/api/application-images/{name}"
        assert send(stranger, path, pictures.png(8, 8), status=401)["code"] == "not_signed_in"
        assert stranger.call("DELETE", path, {}).status_code == 401
        seen = stranger.call("GET", path).status_code
        assert seen == {"logo": 200, "favicon": 200, "default-profile-picture": 401}.get(name, 404)
    for name in IMAGES:
        send(admin, f"/api/application-images/{name}", pictures.png(300, 200))
    for name in IMAGES:
        seen = stranger.call("GET", f"/api/application-images/{name}")
        assert seen.status_code == (401 if name == "default-profile-picture" else 200), name
    assert admin.call("GET", "/api/application-images/default-profile-picture").status_code == 200
    assert stranger.call("GET", "/api/application-images/background").headers["Content-Type"] == "image/webp"
    assert pictures.size(picture(server, NOBODY).content) == (200, 200)
    for name in IMAGES:
        admin.ok("DELETE", f"/api/application-images/{name}", {}, 204)
    assert pictures.size(picture(server, NOBODY).content) == (512, 512)


def test_the_sign_in_page_wears_the_operators_logo_and_background(server, admin, chromium):
    for name in ("logo", "logo?light=false", "background", "favicon"):
        send(admin, f"/api/application-images/{name}", pictures.png(120, 60))
    with chromium.window() as window:
        window.page.goto(server.url + "/login")
        for selector in (".brand .logo.light-only, .pair .logo.light-only", ".backdrop"):
            image = window.page.locator(selector)
            assert image.evaluate("image => image.complete && image.naturalWidth > 0 && /v=[0-9a-f]{16}/.test(image.src)")
        icon = window.page.locator("link[rel=icon]").get_attribute("href")
        assert requests.get(server.url + icon).headers["Content-Type"] == "image/png"
        assert requests.get(server.url + "/favicon.ico").headers["Content-Type"] == "image/png"
        assert window.complaints == []
    for name in ("logo", "logo?light=false", "background", "favicon"):
        admin.ok("DELETE", f"/api/application-images/{name}", {}, 204)
    wait_for(lambda: "application-images" not in requests.get(server.url + "/login").text, "the page without them")


# In a browser

@pytest.fixture
def signed_in(server, window):
    """The administrator in a real browser."""
    done = server.run("one-time-access-token", "ada")
    window.page.goto(re.search(r"http\S+/lc/\S+", done.stdout)[0])
    window.page.locator("[data-code-form] button[type=submit]").click()
    window.page.wait_for_url(re.compile("/(settings|signup)/"))
    return window


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_choosing_a_picture_on_the_account_page(server, signed_in, tmp_path, viewport):
    page = signed_in.page
    if viewport:
        page.set_viewport_size(viewport)
    file = tmp_path / "me.jpg"
    file.write_bytes(pictures.photograph(orientation=6))
    page.goto(server.url + "/settings/account")
    with page.expect_file_chooser() as chooser:
        page.locator("#picture [data-choose-image]").click()
    chooser.value.set_files(file)
    dialog = page.locator("#picture-preview")
    dialog.wait_for()
    assert dialog.locator("img").first.evaluate("image => image.naturalWidth") == 32
    dialog.locator("[data-confirm]").click()
    shown = page.locator("#picture .well img")
    shown.wait_for()
    user = re.search(r"/api/users/([^/]+)/", shown.get_attribute("src"))[1]
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 32
    assert page.locator(".rail .avatar img").count() == 1
    assert pictures.PLACE not in picture(server, user).content
    page.locator("#picture [data-remove-image]").click()
    page.locator("#picture .well img").wait_for(state="detached")
    assert page.locator("#picture .well").inner_text().strip() == "A"
    assert signed_in.complaints == []


def test_a_file_that_is_no_picture_is_refused_in_its_place(server, signed_in, tmp_path):
    page = signed_in.page
    page.goto(server.url + "/settings/account")
    file = tmp_path / "me.png"
    file.write_bytes(b"no picture at all")
    page.locator("#picture [data-image-file]").set_input_files(file)
    page.locator("#picture [role=alert]").wait_for()
    assert page.locator("#picture .well img").count() == 0


def test_an_apps_logo_on_its_page(server, signed_in, client, tmp_path):
    page = signed_in.page
    file = tmp_path / "logo.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#a5701f"/></svg>')
    page.goto(f"{server.url}/settings/admin/oidc-clients/{client.id}")
    page.locator("#logos [data-image-file]").first.set_input_files(file)
    page.locator(".titled .tile img").wait_for()
    assert page.locator("#logos .well img").count() == 1
    page.locator("#logos [data-fetch-logo=darkLogoUrl]").click()
    page.locator("#logoAddress").fill("http://127.0.0.1/logo.png")
    page.locator("#logo-address [data-confirm]").click()
    page.locator("#logo-address [data-message]:not([hidden])").wait_for()
    page.keyboard.press("Escape")
    page.goto(f"{server.url}/settings/admin/oidc-clients?search={client.id}")
    page.goto(f"{server.url}/settings/admin/oidc-clients/{client.id}")
    page.locator("#logos [data-remove-image]").click()
    page.locator("#logos .well img").wait_for(state="detached")

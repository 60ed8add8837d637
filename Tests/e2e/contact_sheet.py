"""Contact sheets: every page and state, at both widths, themes and languages, side by side in one picture each.

    contact_sheet.py --pages DIRECTORY --out DIRECTORY      pages rendered to files, <name>.<language>.<theme>.html
    contact_sheet.py --server http://localhost:1411 --out DIRECTORY [--cookie NAME=VALUE]

`--only NAME` (repeatable) takes some of the states, `--single` also keeps each picture, `--chromium PATH` another browser.
"""

import argparse
import functools
import http.server
import math
import pathlib
import re
import threading

from PIL import Image
from playwright.sync_api import sync_playwright

# name of the rendered file, and the address that shows the same on a server (None: needs more than an address)
STATES = [
    ("set-up", "/setup"),
    ("sign-in", "/login"),
    ("sign-in-app", None),
    ("login-code", "/lc"),
    ("login-code-link", "/lc/XK7P2M"),
    ("login-code-sent", "/login/alternative/code?sent=1"),
    ("sign-up", "/signup"),
    ("sign-up-closed", None),
    ("sign-up-link-needed", None),
    ("sign-up-link-invalid", "/signup?token=AAAA"),
    ("sign-up-again", None),
    ("first-passkey-new", None),
    ("first-passkey-code", None),
    ("first-passkey-app", None),
    ("other-ways", "/login/alternative"),
    ("other-ways-app", None),
    ("code-by-mail", "/login/alternative/email"),
    ("signup-links", "/settings/admin/signup-links"),
    ("signup-links-off", None),
    ("signup-links-empty", None),
    ("choose-account", None),
    ("reauthenticate", None),
    ("consent", None),
    ("consent-unverified", None),
    ("consent-api", None),
    ("form-post", None),
    ("sign-out", "/logout"),
    ("sign-out-app", None),
    ("sign-out-everywhere", "/logout?everywhere=1"),
    ("signed-out", None),
    ("signed-out-link", None),
    ("signed-out-unknown", None),
    ("signed-out-unproven", None),
    ("error-signIn", None),
    ("leaving", None),
    ("account", "/settings/account"),
    ("account-new", None),
    ("account-locked", None),
    ("users", "/settings/admin/users"),
    ("users-many", None),
    ("users-alone", None),
    ("users-nothing", "/settings/admin/users?search=zoe"),
    ("new-user", "/settings/admin/users/new"),
    ("user", None),
    ("user-new", None),
    ("user-disabled", None),
    ("user-self", None),
    ("clients", "/settings/admin/oidc-clients"),
    ("clients-many", None),
    ("clients-empty", None),
    ("clients-nothing", "/settings/admin/oidc-clients?search=zabbix"),
    ("new-client", "/settings/admin/oidc-clients/new?app=other"),
    ("first-steps", "/settings/start"),
    ("first-steps-some", None),
    ("first-steps-done", None),
    ("mismatch", None),
    ("mismatch-foreign", None),
    ("mismatch-refused", None),
    ("mismatch-missing", None),
    ("choose-app", "/settings/admin/oidc-clients/new"),
    ("choose-app-search", "/settings/admin/oidc-clients/new?search=photo"),
    ("choose-app-nothing", "/settings/admin/oidc-clients/new?search=zabbix"),
    ("new-known-client", "/settings/admin/oidc-clients/new?app=grafana"),
    ("new-known-client-id", "/settings/admin/oidc-clients/new?app=adventure-log"),
    ("new-known-client-open", "/settings/admin/oidc-clients/new?app=freescout"),
    ("new-known-client-public", "/settings/admin/oidc-clients/new?app=opencloud"),
    ("connect-client", None),
    ("connect-client-warned", None),
    ("connect-client-told", None),
    ("connect-client-new", None),
    ("connect-client-public", None),
    ("client", None),
    ("client-new", None),
    ("client-public", None),
    ("client-set", None),
    ("settings", "/settings/admin/application-configuration"),
    ("settings-fixed", None),
    ("signing-keys", "/settings/admin/signing-keys"),
    ("signing-keys-new", None),
    ("api-keys", "/settings/api-keys"),
    ("api-keys-empty", None),
    ("groups", "/settings/admin/user-groups"),
    ("groups-empty", None),
    ("groups-nothing", "/settings/admin/user-groups?search=zabbix"),
    ("group", None),
    ("group-many", None),
    ("group-new", None),
    ("group-nobody", None),
    ("my-apps", "/settings/apps"),
    ("my-apps-empty", None),
    ("client-restricted", None),
    ("client-nobody", None),
    ("error-notFound", "/nowhere"),
    ("error-forbidden", None),
    ("error-unknownApp", "/authorize?client_id=nobody&response_type=code"),
    ("error-redirectMismatch", None),
    ("error-badRequest", None),
    ("error-interactionExpired", "/interaction?interaction=00000000-0000-4000-8000-000000000000"),
    ("error-anotherBrowser", None),
    ("error-notAllowed", None),
    ("error-unavailable", None),
    ("error-broken", None),
    ("error-tooMany", None),
    ("error-setupClosed", None),
    ("rtl-sign-in", None),
    ("rtl-consent", None),
    ("rtl-account", None),
    ("rtl-clients", None),
    ("rtl-client", None),
    ("long-sign-in", None),
    ("long-consent", None),
    ("long-account", None),
    ("long-clients", None),
    ("long-client", None),
    ("long-error", None),
]
# States in which everything that is folded away is to be seen.
UNFOLDED = {"client-set"}
WIDTHS = {390: 844, 1280: 800}
THEMES = ["light", "dark"]
LANGUAGES = ["en", "zh-CN"]


def serve(directory):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=directory))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_port}"


def quiet(route):
    """A script that does nothing, or the page itself."""
    if route.request.resource_type == "script":
        route.fulfill(body="", content_type="text/javascript")
    else:
        route.continue_()


def sheet(pictures, path, columns, width):
    """One picture of all: each scaled to the same width and cut at twice a phone's height."""
    cell = 360 if width < 600 else 720
    thumbs = []
    for picture in pictures:
        image = Image.open(picture).convert("RGB")
        image = image.resize((cell, round(image.height * cell / image.width)), Image.LANCZOS)
        thumbs.append(image.crop((0, 0, cell, min(image.height, cell * 3))))
    rows = [thumbs[at : at + columns] for at in range(0, len(thumbs), columns)]
    heights = [max(image.height for image in row) for row in rows]
    canvas = Image.new("RGB", (columns * (cell + 16) + 16, sum(heights) + 16 * (len(rows) + 1)), (128, 128, 128))
    top = 16
    for row, height in zip(rows, heights):
        for index, image in enumerate(row):
            canvas.paste(image, (16 + index * (cell + 16), top))
        top += height + 16
    canvas.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages")
    parser.add_argument("--server")
    parser.add_argument("--cookie", action="append", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--language", action="append", default=[])
    parser.add_argument("--theme", action="append", default=[])
    parser.add_argument("--width", action="append", type=int, default=[])
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    base = options.server or serve(options.pages)
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    states = [state for state in STATES if not options.only or state[0] in options.only]
    complaints = []

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for language in options.language or LANGUAGES:
            for theme in options.theme or THEMES:
                for width in options.width or WIDTHS:
                    context = browser.new_context(
                        viewport={"width": width, "height": WIDTHS[width]}, locale=language, color_scheme=theme
                    )
                    cookies = {"locale": language, "theme": theme, **dict(pair.split("=", 1) for pair in options.cookie)}
                    context.add_cookies([{"name": k, "value": v, "url": base} for k, v in cookies.items()])
                    page = context.new_page()
                    # It posts itself at once, and there would be nothing to see.
                    page.route(re.compile("/form-post"), quiet)
                    page.on("pageerror", lambda error: complaints.append(str(error)))
                    pictures = []
                    # It goes on to another site by itself.
                    page.route("**/static/leaving.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
                    for name, address in states:
                        if options.server and address is None:
                            continue
                        file = f"/{name}.{language}.{theme}.html"
                        page.goto(base + (address if options.server else file), wait_until="networkidle")
                        if name in UNFOLDED:
                            page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
                        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        if overflow > 0:
                            complaints.append(f"{name} {language} {width}: {overflow} px wider than the screen")
                        picture = out / f"{name}.{language}.{theme}.{width}.png"
                        page.screenshot(path=picture, full_page=True)
                        pictures.append(picture)
                    columns = min(len(pictures), 6 if width < 600 else 3, max(1, math.ceil(len(pictures) / 2)))
                    sheet(pictures, out / f"sheet.{language}.{theme}.{width}.png", columns, width)
                    if not options.single:
                        for picture in pictures:
                            picture.unlink()
                    context.close()
        browser.close()
    for complaint in dict.fromkeys(complaints):
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""A relying party on Authlib and Flask, which nobody here wrote the protocol of.

It lives on 127.0.0.1 while the provider lives on localhost: to a browser these are two sites, so SameSite and
Cross-Origin-Opener-Policy mean what they mean between a real app and a real provider.
"""

import json
import threading
from urllib.parse import urlencode

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session, url_for
from markupsafe import escape
from werkzeug.serving import make_server

from .client import Client, Request
from .server import free_port

# The opener of the popup: it shows what the popup tells it.
OPENER = """<!doctype html><title>App</title><button id=open>Sign in</button><p id=result></p>
<script>
document.getElementById('open').onclick = () => window.open('/login?popup=1', 'signin', 'popup,width=480,height=640');
window.addEventListener('message', event => {
  if (event.origin === location.origin) document.getElementById('result').textContent = 'Signed in as ' + event.data.name;
});
</script>"""

TELL_OPENER = """<!doctype html><title>Done</title><script>
if (window.opener) { window.opener.postMessage(%s, location.origin); window.close(); }
else document.title = 'No opener';
</script>"""


class AuthlibApp:
    """`with AuthlibApp(provider_url) as app:` then `app.connect(client)`."""

    def __init__(self, provider: str, scope: str = "openid profile email groups"):
        self.provider = provider
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redirect_uri = f"{self.url}/callback"
        self.signed_out_uri = f"{self.url}/signed-out"
        self.scope = scope
        self.tokens: dict = {}
        self.claims: dict = {}
        self.userinfo: dict = {}
        self.posted: Request | None = None
        # How it learns of sessions that ended: in a frame, from the provider's server, and when the browser returns.
        self.framed: list[dict] = []
        self.told: list[dict] = []
        self.returned: list[dict] = []
        # The status that it answers the provider's server with.
        self.answers = 200
        self._client: Client | None = None
        self._oauth = None
        self._app = self._build()
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "AuthlibApp":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._thread.join(5)

    def connect(self, client: Client) -> None:
        """Takes the values that an administrator copies from the provider's page."""
        self._client = client
        oauth = OAuth(self._app, update_token=self._keep)
        oauth.register(
            "provider", client_id=client.id, client_secret=client.secret,
            server_metadata_url=f"{self.provider}/.well-known/openid-configuration",
            client_kwargs={"scope": self.scope, "code_challenge_method": "S256"})
        self._oauth = oauth.provider

    def _leaving(self) -> str:
        return self._oauth.load_server_metadata()["end_session_endpoint"]

    def _keep(self, _name: str, token: dict, refresh_token: str | None = None, access_token: str | None = None) -> None:
        """What the library calls after it has refreshed."""
        self.tokens = token

    def _build(self) -> Flask:
        app = Flask("relying_party")
        app.secret_key = "only for tests"
        app.config["SESSION_COOKIE_NAME"] = "app_session"

        @app.get("/")
        def home():
            who = session.get("name")
            return f"<!doctype html><title>App</title><h1>{'Hello ' + escape(who) if who else 'Nobody'}</h1>"

        @app.get("/login")
        def login():
            session["popup"] = "popup" in request.args
            wishes = {key: request.args[key] for key in ("prompt", "max_age") if key in request.args}
            return self._oauth.authorize_redirect(self.redirect_uri, **wishes)

        @app.get("/callback")
        def callback():
            try:
                self.tokens = self._oauth.authorize_access_token()
            except OAuthError as error:
                return f"<!doctype html><title>Refused</title><h1>{escape(error.error)}</h1>", 400
            self.claims = dict(self.tokens["userinfo"])
            self.userinfo = dict(self._oauth.userinfo(token=self.tokens))
            session["name"] = self.userinfo.get("name") or self.claims["sub"]
            if session.pop("popup", False):
                return TELL_OPENER % json.dumps({"name": session["name"]}).replace("<", "\\u003c")
            return redirect(url_for("home"))

        @app.get("/logout")
        def logout():
            session.clear()
            return redirect(url_for("home"))

        # The library refreshes by itself when it is about to use a token that has expired.
        @app.get("/refresh")
        def refresh():
            self.userinfo = dict(self._oauth.userinfo(token=self.tokens | {"expires_at": 1}))
            return redirect(url_for("home"))

        @app.get("/leave")
        def leave():
            session.pop("name", None)
            return self._oauth.logout_redirect(self.signed_out_uri, id_token_hint=self.tokens["id_token"])

        @app.get("/signed-out")
        def signed_out():
            self._oauth.validate_logout_response()
            return "<!doctype html><title>App</title><h1>Signed out</h1>"

        # A request to sign out with what a test wishes in it, as a link or as a form that this site's page posts.
        @app.get("/ask")
        def ask():
            return redirect(self._leaving() + "?" + urlencode(request.args))

        @app.get("/asking")
        def asking():
            fields = "".join(f"<input type=hidden name={key} value='{escape(value)}'>"
                             for key, value in request.args.items())
            return f"<!doctype html><form method=post action='{self._leaving()}'>{fields}<button>Leave</button></form>"

        @app.get("/left")
        def left():
            self.returned.append(dict(request.args))
            return "<!doctype html><title>App</title><h1>Left</h1>"

        @app.get("/frame")
        def frame():
            self.framed.append(dict(request.args))
            return "<!doctype html><title>Framed</title>"

        @app.post("/told")
        def told():
            self.told.append(request.form.to_dict())
            return "", self.answers

        @app.get("/opener")
        def opener():
            return OPENER

        # An authorization request as a form that this site's page posts to the provider (Core §3.1.2.1).
        @app.get("/posting")
        def posting():
            self.posted = Request(self._client)
            fields = "".join(f"<input type=hidden name={key} value='{escape(value)}'>"
                             for key, value in self.posted.parameters().items())
            return (f"<!doctype html><title>Posting</title><form method=post action='{self.provider}/authorize'>"
                    f"{fields}<button>Sign in</button></form>")

        @app.get("/posted")
        def posted():
            return f"<!doctype html><title>Posted</title><pre>{escape(urlencode(request.args))}</pre>"

        return app

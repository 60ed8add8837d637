"""A relying party on Django with mozilla-django-oidc, as Linkding has it: a confidential client without PKCE, the secret in
the token request's form, each endpoint named by hand, people and groups in a database of its own (SQLite).

The module is both: `DjangoApp` for the tests, and, run as a program, the site itself, since Django's settings are global.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import requests

from support.client import Client
from support.server import free_port, temporary_folder
from support.waiting import wait_for


class DjangoApp:
    """`with DjangoApp(provider_url, folder) as app:` then `app.connect(client)`."""

    def __init__(self, provider: str):
        self.provider = provider
        self.folder = temporary_folder("lk-django-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redirect_uri = f"{self.url}/oidc/callback/"
        self.home = f"{self.url}/who"
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "DjangoApp":
        return self

    def __exit__(self, *_) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)

    def connect(self, client: Client) -> None:
        """Starts the site with the values that an administrator copies from the provider's page."""
        settings = {"provider": self.provider, "client": client.id, "secret": client.secret,
                    "folder": str(self.folder), "port": self.port}
        path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "support.django_app", json.dumps(settings)], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": path})
        try:
            wait_for(lambda: requests.get(self.url + "/who", timeout=5).ok, "the Django site answers", 60)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]


def serve(provider: str, client: str, secret: str, folder: str, port: int) -> None:
    import django
    from django.conf import settings
    from werkzeug.serving import make_server

    settings.configure(
        SECRET_KEY="only for tests", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="support.django_site",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                        "mozilla_django_oidc"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    # Asks the provider again with prompt=none once its patience with an ID token is over.
                    "mozilla_django_oidc.middleware.SessionRefresh"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/site.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
        AUTHENTICATION_BACKENDS=["support.django_site.GroupsBackend"], LOGIN_REDIRECT_URL="/who",
        LOGIN_REDIRECT_URL_FAILURE="/refused", OIDC_EXEMPT_URLS=["refused", "expire", "leave"],
        # The library leaves the way to the provider's end-session endpoint to the site.
        OIDC_STORE_ID_TOKEN=True, OIDC_OP_LOGOUT_URL_METHOD="support.django_site.leaving_url",
        LOGOUT_REDIRECT_URL=f"http://127.0.0.1:{port}/who", OIDC_OP_LOGOUT_ENDPOINT=f"{provider}/api/oidc/end-session",
        OIDC_RP_CLIENT_ID=client, OIDC_RP_CLIENT_SECRET=secret, OIDC_RP_SIGN_ALGO="RS256",
        OIDC_RP_SCOPES="openid email profile groups", OIDC_OP_AUTHORIZATION_ENDPOINT=f"{provider}/authorize",
        OIDC_OP_TOKEN_ENDPOINT=f"{provider}/api/oidc/token", OIDC_OP_USER_ENDPOINT=f"{provider}/api/oidc/userinfo",
        OIDC_OP_JWKS_ENDPOINT=f"{provider}/.well-known/jwks.json")
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", run_syncdb=True, verbosity=0)
    make_server("127.0.0.1", port, get_wsgi_application(), threaded=True).serve_forever()


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))

"""A relying party on Apache's mod_auth_openidc, in an Apache of its own: own folders, port and user."""

import os
import shutil
import subprocess
from urllib.parse import urlencode

import requests

from .client import Client
from .server import free_port, temporary_folder
from .waiting import wait_for

MODULES = "/usr/lib/apache2/modules"

CONFIGURATION = """
ServerRoot "{folder}"
ServerName 127.0.0.1
PidFile "{folder}/pid"
Mutex file:{folder}
Listen 127.0.0.1:{port}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
StartServers 1
ErrorLog "{folder}/log"
LogLevel warn
DocumentRoot "{folder}/pages"
DirectoryIndex index.html
OIDCProviderMetadataURL {provider}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI {redirect_uri}
OIDCCryptoPassphrase only-for-tests
OIDCScope "openid profile email groups"
OIDCPKCEMethod S256
OIDCSSLValidateServer Off
OIDCInfoHook iat access_token id_token userinfo
OIDCProviderTokenEndpointAuth client_secret_basic
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
"""


class ApacheApp:
    """`with ApacheApp(provider_url) as app:` then `app.connect(client)`, which starts it."""

    def __init__(self, provider: str):
        self.provider = provider
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.page = f"{self.url}/protected/"
        self.redirect_uri = f"{self.url}/protected/callback"
        # What the module knows of the person, as JSON, for the person's own browser.
        self.info = f"{self.redirect_uri}?info=json"
        self.outside = f"{self.url}/"
        self.logout = f"{self.redirect_uri}?logout={self.outside}"
        # Where the module takes logout tokens.
        self.backchannel = f"{self.redirect_uri}?logout=backchannel"
        self.folder = temporary_folder("apache-")
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "ApacheApp":
        return self

    def __exit__(self, *_) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def refresh(self, access_token: str) -> str:
        """Where the person's own browser makes the module refresh, and comes back to the page."""
        return f"{self.redirect_uri}?{urlencode({'refresh': self.page, 'access_token': access_token})}"

    def connect(self, client: Client) -> None:
        pages = self.folder / "pages"
        (pages / "protected").mkdir(parents=True)
        (pages / "index.html").write_text("<!doctype html><title>Outside</title><h1>Outside</h1>")
        (pages / "protected" / "index.html").write_text("<!doctype html><title>Inside</title><h1>Inside</h1>")
        root = os.geteuid() == 0
        configuration = self.folder / "apache.conf"
        configuration.write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, modules=MODULES, provider=self.provider, client_id=client.id,
            client_secret=client.secret, redirect_uri=self.redirect_uri,
            user="User www-data\nGroup www-data" if root else ""))
        if root:
            shutil.chown(self.folder, "www-data", "www-data")
        program = shutil.which("apache2") or "/usr/sbin/apache2"
        with open(self.folder / "output", "ab") as output:
            self._process = subprocess.Popen(
                [program, "-f", configuration, "-DFOREGROUND"], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, start_new_session=True)
        wait_for(self._answers, "Apache answers", 20)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log()
        return requests.get(self.url + "/", timeout=2).status_code == 200

    def log(self) -> str:
        files = [self.folder / "output", self.folder / "log"]
        return "\n".join(each.read_text(errors="replace") for each in files if each.exists())

"""A real mail server on loopback: up, down, slow or refusing, in clear text or behind TLS.

Owns: what arrived, how the server behaves, its certificates.
Must not know: what the mails are about.
"""

import asyncio
import datetime
import ipaddress
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .server import free_port
from .waiting import wait_for


class Certificates:
    """A certificate authority of our own and a server's certificate, as files."""

    def __init__(self, folder: Path, names: tuple[str, ...] = ("localhost", "127.0.0.1")):
        self.authority, self.chain, self.key = (folder / name for name in ("ca.pem", "server.pem", "server.key"))
        now = datetime.datetime.now(datetime.timezone.utc)

        def build(subject: str, issuer: str, key, *extensions):
            builder = x509.CertificateBuilder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
                key.public_key(), x509.random_serial_number(), now - datetime.timedelta(hours=1),
                now + datetime.timedelta(days=1))
            for extension in extensions:
                builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            return builder

        def alternative(name: str):
            try:
                return x509.IPAddress(ipaddress.ip_address(name))
            except ValueError:
                return x509.DNSName(name)

        ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca = build("Test CA", "Test CA", ca_key, x509.BasicConstraints(True, None)).sign(ca_key, hashes.SHA256())
        server = build(
            names[0], "Test CA", server_key, x509.BasicConstraints(False, None),
            x509.SubjectAlternativeName([alternative(name) for name in names])).sign(ca_key, hashes.SHA256())
        self.authority.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        self.chain.write_bytes(server.public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Arrival:
    """One mail that was taken over, and how it came."""

    def __init__(self, content: bytes, sender: str, recipients: list[str], encrypted: bool, user: str | None):
        self.sender, self.recipients, self.encrypted, self.user = sender, recipients, encrypted, user
        self.message: EmailMessage = message_from_bytes(content, policy=policy.default)
        self.raw = content

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()


class MailServer:
    """`recipient` and `content` are the server's answers where it is to refuse; `pause` holds every mail up so long;
    `hang_up` ends the connection after a mail instead of answering."""

    def __init__(self, port: int | None = None, *, tls: Certificates | None = None, starttls: Certificates | None = None,
                 login: tuple[str, str] | None = None):
        self.port = port or free_port()
        self.arrived: list[Arrival] = []
        self.recipient: str | None = None
        self.content: str | None = None
        self.pause = threading.Event()
        self.pause.set()
        self.hang_up = False
        self.wrong_logins = 0
        self._login = login
        options = {}
        if starttls:
            options |= {"tls_context": starttls.context(), "require_starttls": True}
        if login:
            options |= {"authenticator": self._check, "auth_required": True,
                        "auth_require_tls": bool(tls or starttls)}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=tls.context() if tls else None, **options)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_) -> None:
        self.pause.set()
        self._controller.stop()

    # What aiosmtpd calls

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.get_running_loop().run_in_executor(None, self.pause.wait)
        if self.content:
            return self.content
        user = session.auth_data.login.decode() if session.auth_data else None
        self.arrived.append(Arrival(
            envelope.content, envelope.mail_from, envelope.rcpt_tos, session.ssl is not None, user))
        if self.hang_up:
            server.transport.abort()
        return "250 OK"

    def _check(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self._login
        self.wrong_logins += not good
        return AuthResult(success=good, handled=False, auth_data=data)

    # Looking

    def mail(self, condition=lambda mail: True, seconds: float = 15) -> Arrival:
        """The newest mail that meets the condition, once there is one."""
        return wait_for(lambda: [each for each in self.arrived if condition(each)][-1:], "the mail arrives", seconds)[0]

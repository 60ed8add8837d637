"""What the measured requests need, put into the database by SQL: sessions, codes that are not yet spent, refresh tokens. The
rows are as the product writes them; only hashes are stored, so that whoever fills in the rows knows the tokens."""

import base64
import hashlib
import struct
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from support.client import Client
from support.server import Latchkey

VERIFIER = "a-verifier-that-every-code-of-the-benchmark-shares"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPE = "openid profile email groups"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def opaque(kind: str, number: int) -> str:
    """A token of 43 characters that SQL makes too: `OPAQUE` has the same in its own words."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{kind} {number}".encode()).digest()).rstrip(b"=").decode()


OPAQUE = "rtrim(translate(encode(sha256(convert_to('{kind} ' || n, 'UTF8')), 'base64'), '+/', '-_'), '=')"


def hashed(kind: str) -> str:
    return f"sha256(convert_to({OPAQUE.format(kind=kind)}, 'UTF8'))"


def people(server: Latchkey, count: int) -> None:
    """People with a session each."""
    server.psql(f"""
        INSERT INTO users (id, username, email, email_verified, first_name, display_name)
          SELECT md5('load ' || n)::uuid, 'load' || n, 'load' || n || '@example.org', true, 'Load', 'Load ' || n
          FROM generate_series(1, {count}) n;
        INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
          SELECT md5('session ' || n)::uuid, {hashed("session")}, md5('load ' || n)::uuid, now(), '{{phr,pop,user,mfa}}',
            '127.0.0.1', 'Mozilla/5.0', now() + interval '1 day', now() + interval '7 days'
          FROM generate_series(1, {count}) n;""")


def grants(server: Latchkey, client: Client, count: int) -> None:
    server.psql(f"""
        INSERT INTO grants (user_id, client_id, scopes)
          SELECT md5('load ' || n)::uuid, '{client.id}', '{{openid,profile,email,groups}}' FROM generate_series(1, {count}) n
          ON CONFLICT DO NOTHING;""")


def codes(server: Latchkey, client: Client, kind: str, count: int, people_count: int) -> None:
    """Codes that nobody has spent, by turns of all people."""
    server.psql(f"""
        INSERT INTO authorizations (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce,
            code_challenge, auth_time, amr, requested_at, code_expires_at, expires_at)
          SELECT md5('{kind} ' || n)::uuid, {hashed(kind)}, '{client.id}', md5('load ' || (n % {people_count} + 1))::uuid,
            md5('session ' || (n % {people_count} + 1))::uuid, '{{openid,profile,email,groups}}', '{client.redirect_uri}',
            'a-nonce-of-some-length', '{CHALLENGE}', now(), '{{phr,pop,user,mfa}}', now(), now() + interval '1 day',
            now() + interval '1 day'
          FROM generate_series(1, {count}) n;
        ANALYZE authorizations, users, sessions, grants;""")


# Requests, as bytes


def request(method: str, path: str, origin: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {origin.split('://')[1]}"]
    if method != "GET":
        lines += [f"Content-Length: {len(body)}"]
    lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def post(path: str, origin: str, form: dict[str, str], headers: dict[str, str]) -> bytes:
    return request("POST", path, origin, urlencode(form).encode(), FORM | headers)


def exchange(origin: str, client: Client, kind: str, number: int) -> bytes:
    form = {"grant_type": "authorization_code", "code": opaque(kind, number), "redirect_uri": client.redirect_uri,
            "code_verifier": VERIFIER}
    return post("/api/oidc/token", origin, form, client.basic)


def authorize(origin: str, client: Client, number: int) -> bytes:
    """From a browser that is signed in; nothing is left to ask."""
    parameters = {
        "client_id": client.id, "redirect_uri": client.redirect_uri, "response_type": "code", "scope": SCOPE,
        "state": "a-state-of-some-length", "nonce": "a-nonce-of-some-length", "code_challenge": CHALLENGE,
        "code_challenge_method": "S256"}
    cookies = f"access_token={opaque('session', number)}; browser={opaque('browser', number)}"
    return request("GET", "/authorize?" + urlencode(parameters), origin,
                   headers={"Accept": "text/html", "Sec-Fetch-Site": "cross-site", "Cookie": cookies})


def write(path: Path, requests: Iterable[bytes]) -> Path:
    """The load generator's file: each request after its length."""
    with open(path, "wb") as file:
        for each in requests:
            file.write(struct.pack("<I", len(each)) + each)
    return path


def bodies(path: Path) -> list[bytes]:
    """What the load generator kept of the answers."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        length = struct.unpack_from("<I", data, at)[0]
        found.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return found


def identifier(kind: str, number: int) -> str:
    return str(uuid.UUID(hashlib.md5(f"{kind} {number}".encode()).hexdigest()))

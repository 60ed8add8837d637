"""What the measured requests need, put into the database by SQL: people with sessions, codes that nobody has spent, and a
great deal of other people's rows. They are as the product writes them; it keeps only hashes, so whoever makes the rows knows
the tokens."""

import base64
import hashlib

from support.client import Client, Person
from support.server import Latchkey

VERIFIER = "a-verifier-that-every-code-of-the-benchmark-shares"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = ("openid", "profile", "email", "groups")


def opaque(kind: str, number: int) -> str:
    """A token of 43 characters; `hashed` is SQL for the hash of the same."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{kind} {number}".encode()).digest()).rstrip(b"=").decode()


def hashed(kind: str) -> str:
    text = f"rtrim(translate(encode(sha256(convert_to('{kind} ' || n, 'UTF8')), 'base64'), '+/', '-_'), '=')"
    return f"sha256(convert_to({text}, 'UTF8'))"


class World:
    """An administrator, two clients and many people who are signed in and have agreed to both."""

    def __init__(self, server: Latchkey, people: int):
        self.server, self.origin, self.people = server, server.url, people
        self.admin = Person(server.url)
        self.admin.set_up()
        # One as every client is made, and one whose tokens are all signed with ES256.
        self.client = self.admin.create_client("Benchmark", skipConsent=True)
        self.es256 = self.admin.create_client("Benchmark with ES256", skipConsent=True)
        server.psql(f"UPDATE clients SET id_token_alg = 'ES256' WHERE id = '{self.es256.id}'")
        server.psql(f"""
            INSERT INTO users (id, username, email, email_verified, first_name, display_name)
              SELECT md5('load ' || n)::uuid, 'load' || n, 'load' || n || '@example.org', true, 'Load', 'Load ' || n
              FROM generate_series(1, {people}) n;
            INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
              SELECT md5('session ' || n)::uuid, {hashed("session")}, md5('load ' || n)::uuid, now(),
                '{{phr,pop,user,mfa}}', '127.0.0.1', 'Mozilla/5.0', now() + interval '1 day', now() + interval '7 days'
              FROM generate_series(1, {people}) n;
            INSERT INTO user_groups (id, name, friendly_name)
              SELECT md5('group ' || n)::uuid, 'group' || n, 'Group ' || n FROM generate_series(1, 10) n;
            INSERT INTO user_groups_users (group_id, user_id)
              SELECT md5('group ' || (n % 10 + 1))::uuid, md5('load ' || n)::uuid FROM generate_series(1, {people}) n;
            INSERT INTO consents (user_id, client_id, scopes)
              SELECT md5('load ' || n)::uuid, c.id, '{{{",".join(SCOPES)}}}' FROM generate_series(1, {people}) n, clients c;""")
        self._codes = 0
        server.psql("ANALYZE")

    def codes(self, client: Client, count: int) -> list[str]:
        """Codes that nobody has spent, of all people by turns."""
        kind, self._codes = f"code {self._codes}", self._codes + 1
        self.server.psql(f"""
            INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce,
                code_challenge, auth_time, amr, code_expires_at, expires_at)
              SELECT md5('{kind} ' || n)::uuid, {hashed(kind)}, '{client.id}',
                md5('load ' || (n % {self.people} + 1))::uuid, md5('session ' || (n % {self.people} + 1))::uuid,
                '{{{",".join(SCOPES)}}}', '{client.redirect_uri}', 'a-nonce-of-some-length', '{CHALLENGE}', now(),
                '{{phr,pop,user,mfa}}', now() + interval '1 day', now() + interval '1 day'
              FROM generate_series(1, {count}) n;""")
        self.server.psql("ANALYZE grants")
        return [opaque(kind, number) for number in range(1, count + 1)]

    def fill(self, people: int, clients: int, expired: int) -> None:
        """Other people, other clients, and rows that housekeeping has not come to yet: sessions, grants with a
        refresh token each, and spent challenges, a quarter of each."""
        share = expired // 4
        for statement in (f"""
            INSERT INTO users (id, username, email, first_name, display_name)
              SELECT md5('other ' || n)::uuid, 'other' || n, 'other' || n || '@example.org', 'Other', 'Other ' || n
              FROM generate_series(1, {people}) n""", f"""
            INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled,
                requires_reauthentication, skip_consent, access_token_minutes, refresh_token_minutes)
              SELECT md5('client ' || n), 'Client ' || n, '{{https://a.example/callback}}', '{{}}', false, true, false, false,
                60, 43200 FROM generate_series(1, {clients}) n""", f"""
            INSERT INTO consents (user_id, client_id, scopes)
              SELECT md5('other ' || n)::uuid, md5('client ' || (n % {clients} + 1)), '{{openid}}'
              FROM generate_series(1, {people}) n""", f"""
            INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
              SELECT md5('old session ' || n)::uuid, {hashed("old session")}, md5('other ' || (n % {people} + 1))::uuid,
                now() - interval '9 days', '{{phr}}', '127.0.0.1', 'Mozilla/5.0', now() - interval '2 days',
                now() - interval '1 day' FROM generate_series(1, {share}) n""", f"""
            INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, auth_time, amr,
                code_expires_at, spent_at, spent_by, expires_at)
              SELECT md5('old code ' || n)::uuid, {hashed("old code")}, md5('client ' || (n % {clients} + 1)),
                md5('other ' || (n % {people} + 1))::uuid, md5('old session ' || n)::uuid, '{{openid}}',
                'https://a.example/callback', now() - interval '9 days', '{{phr}}', now() - interval '9 days',
                now() - interval '9 days', '\\x00', now() - interval '1 day'
              FROM generate_series(1, {share}) n""", f"""
            INSERT INTO refresh_tokens (token_hash, grant_id, generation, issued_at, expires_at)
              SELECT {hashed("old refresh token")}, md5('old code ' || n)::uuid, 0, now() - interval '9 days',
                now() - interval '1 day' FROM generate_series(1, {share}) n""", f"""
            INSERT INTO spent_challenges (challenge_hash, request_id, expires_at)
              SELECT {hashed("old challenge")}, '\\x00', now() - interval '1 day' FROM generate_series(1, {share}) n""",
            "ANALYZE",
        ):
            self.server.psql(statement, timeout=300)

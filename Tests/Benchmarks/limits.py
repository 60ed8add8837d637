"""The machine's limits, measured in the same run as what they bound: signatures without a server around them, the same durable
writes without a service in front of them, and an HTTP server by the same library that answers with nothing."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import requests
from generator import Generator, Measured
from requests_file import request
from support.server import ROOT, Latchkey, binary, free_port
from support.waiting import wait_for

MIGRATIONS = ROOT / "Packages" / "Store" / "Migrations"
DATABASE = "bench"
ROWS = 100_000

# Rows as the product's, so that its statements find what they look for.
FILL = f"""
INSERT INTO users (id, username) SELECT md5('u' || n)::uuid, 'u' || n FROM generate_series(1, 1000) n;
INSERT INTO passkeys (id, user_id, name, credential_id, public_key, algorithm, sign_count, uv_initialized, transports,
    backup_eligible, backup_state, aaguid, attestation_type, rp_id)
  SELECT md5('k' || n)::uuid, md5('u' || n)::uuid, 'key', sha256(n::text::bytea), '', -7, 0, true, '{{internal}}', false,
    false, gen_random_uuid(), 'none', 'localhost' FROM generate_series(1, 1000) n;
INSERT INTO clients (id, name, callback_urls, logout_callback_urls, is_public, pkce_enabled, requires_reauthentication,
    skip_consent, access_token_minutes, refresh_token_minutes)
  VALUES ('c', 'c', '{{http://127.0.0.1/}}', '{{}}', false, false, false, true, 60, 60);
INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce, code_challenge,
    auth_time, amr, code_expires_at, expires_at)
  SELECT md5('a' || n)::uuid, sha256(n::text::bytea), 'c', md5('u' || (n % 1000 + 1))::uuid, gen_random_uuid(),
    '{{openid,profile}}', 'http://127.0.0.1:9/callback', 'nonce', repeat('x', 43), now(), '{{phr,user}}',
    now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, {ROWS}) n;
INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
  SELECT sha256(n::text::bytea), md5('a' || n)::uuid, 0, now() + interval '1 day' FROM generate_series(1, {ROWS}) n;
VACUUM ANALYZE;
"""

# The durable writes, as the product's statements are (Packages/Store): each finds its row by key.

# An authorization with session and consent in place: the consent is touched, the record gets its entry, the code its row.
AUTHORIZATION = """\\set n random(1, 1000)
WITH agreed AS (
  INSERT INTO consents (user_id, client_id, scopes) VALUES (md5('u' || :n)::uuid, 'c', '{openid,profile}')
  ON CONFLICT (user_id, client_id) DO UPDATE SET last_used_at = now() RETURNING 1),
logged AS (
  INSERT INTO audit_log (id, event, user_id, username, client_id, client_name, address, user_agent, data, request_id)
  SELECT gen_random_uuid(), 'client_authorization', md5('u' || :n)::uuid, 'u' || :n, 'c', 'c', '127.0.0.1',
    'Mozilla/5.0 (X11; Linux x86_64)', '{"scope": "openid profile"}', '\\x00' FROM agreed)
INSERT INTO grants (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce, code_challenge,
  auth_time, amr, code_expires_at, expires_at)
SELECT gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), 'c', md5('u' || :n)::uuid, gen_random_uuid(),
  '{openid,profile}', 'http://127.0.0.1:9/callback', 'nonce', repeat('x', 43), now(), '{phr,user}',
  now() + interval '1 minute', now() + interval '1 minute' FROM agreed;
"""

# A code exchange: the code is spent, the first refresh token stored.
EXCHANGE = f"""\\set n random(1, {ROWS})
WITH spent AS (
  UPDATE grants SET spent_at = coalesce(spent_at, now()), spent_by = decode(md5(:n::text), 'hex'),
    expires_at = greatest(expires_at, now() + make_interval(secs => 3600))
  WHERE id = md5('a' || :n)::uuid AND ended_at IS NULL AND code_expires_at > now() RETURNING id),
given AS (
  INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
  SELECT sha256(gen_random_uuid()::text::bytea), id, 0, now() + make_interval(secs => 3600) FROM spent
  ON CONFLICT (token_hash) DO NOTHING)
SELECT 1::bigint FROM spent;
"""

# A refresh: the token is used, its successor stored, the authorization kept.
REFRESH = f"""\\set n random(1, {ROWS})
WITH kept AS (
  UPDATE grants SET expires_at = greatest(expires_at, now() + make_interval(secs => 3600))
  WHERE id = md5('a' || :n)::uuid AND ended_at IS NULL RETURNING 1),
used AS (
  UPDATE refresh_tokens SET used_at = now(), used_by = decode(md5(:n::text), 'hex'), used_with = 'secret'
  WHERE token_hash = sha256(:n::text::bytea) AND expires_at > now() AND EXISTS (SELECT 1 FROM kept)
  RETURNING grant_id, generation)
INSERT INTO refresh_tokens (token_hash, grant_id, generation, expires_at)
SELECT sha256(gen_random_uuid()::text::bytea), grant_id, generation + 1, now() + make_interval(secs => 3600) FROM used
ON CONFLICT (token_hash) DO NOTHING;
"""

# A passkey sign-in: challenge, sign counter, session.
SIGN_IN = """\\set n random(1, 1000)
WITH spent AS (
  INSERT INTO spent_challenges (challenge_hash, request_id, expires_at)
  VALUES (sha256(gen_random_uuid()::text::bytea), decode(md5(:n::text), 'hex'), now() + interval '1 minute')
  ON CONFLICT (challenge_hash) DO NOTHING RETURNING 1),
used AS (
  UPDATE passkeys SET sign_count = 0, backup_state = false, last_used_at = now()
  WHERE id = md5('k' || :n)::uuid AND EXISTS (SELECT 1 FROM spent) RETURNING user_id),
begun AS (
  INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
  SELECT gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), user_id, now(), '{phr,user}', '127.0.0.1',
    'Mozilla/5.0 (X11; Linux x86_64)', now() + interval '1 hour', now() + interval '7 days' FROM used RETURNING 1)
SELECT EXISTS (SELECT 1 FROM spent), EXISTS (SELECT 1 FROM begun);
"""


def signatures(seconds: int) -> dict[str, float]:
    """RSA-2048 signatures and P-256 verifications per second on all cores, as OpenSSL makes them."""
    command = ["openssl", "speed", "-seconds", str(seconds), "-multi", str(os.cpu_count()), "rsa2048", "ecdsap256"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rsa = re.search(r"rsa 2048 bits\s+\S+s\s+\S+s\s+([\d.]+)", text)
    p256 = re.search(r"256 bits ecdsa \(nistp256\)\s+\S+s\s+\S+s\s+[\d.]+\s+([\d.]+)", text)
    return {"rsa2048": float(rsa[1]), "p256 verify": float(p256[1])}


def writes(server: Latchkey, clients: int, seconds: int) -> dict[str, float]:
    """Transactions per second of the durable writes, by pgbench on the product's own cluster."""
    owner = (server.data / "database-url").read_text().strip()
    address = re.sub(r"/latchkey(?=$|\?)", f"/{DATABASE}", owner)
    assert address != owner, "the owner's address names another database than was thought"
    server.psql(f"CREATE DATABASE {DATABASE}")
    try:
        run = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", address]
        for migration in sorted(MIGRATIONS.glob("V*.sql")):
            subprocess.run([*run, "-f", str(migration)], check=True, stdout=subprocess.DEVNULL)
        for statement in FILL.strip().split(";\n"):
            subprocess.run([*run, "-c", statement], check=True)
        scripts = {"authorization write": AUTHORIZATION, "exchange write": EXCHANGE, "refresh write": REFRESH,
                   "sign-in write": SIGN_IN}
        return {name: _pgbench(address, script, clients, seconds) for name, script in scripts.items()}
    finally:
        server.psql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _pgbench(address: str, script: str, clients: int, seconds: int) -> float:
    program = shutil.which("pgbench") or sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name, address],
            capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise RuntimeError(f"pgbench measured nothing: {done.stdout[-500:]}{done.stderr[-500:]}")
    return float(found[1])


def empty_handler(generator: Generator, seconds: float) -> Measured:
    """A bare NIO server's answers, under the same load."""
    program = binary().parent / "empty-handler"
    if not program.exists():
        subprocess.run(["swift", "build", "-c", "release", "--product", "empty-handler"], check=True, cwd=ROOT,
                       env=os.environ | {"LATCHKEY_BENCHMARKS": "1"}, stdout=subprocess.DEVNULL)
        program = ROOT / ".build" / "release" / "empty-handler"
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([program, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: requests.get(origin, timeout=5).status_code == 200, "the empty handler answers")
        ready = [request("GET", "/", origin)]
        generator.run(port, ready, 1)
        return generator.run(port, ready, seconds)
    finally:
        server.kill()
        server.wait()

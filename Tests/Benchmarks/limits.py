"""The machine's limits, measured in the same run as what they bound: signatures without a server around them, and the
same durable writes without a service in front of them."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from support.server import ROOT, Latchkey

SCHEMA = ROOT / "Packages" / "Store" / "Migrations" / "V0001__foundation.sql"
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
INSERT INTO authorizations (id, code_hash, client_id, user_id, session_id, scopes, redirect_uri, nonce, code_challenge,
    auth_time, amr, requested_at, code_expires_at, expires_at)
  SELECT md5('a' || n)::uuid, sha256(n::text::bytea), 'c', md5('u' || (n % 1000 + 1))::uuid, gen_random_uuid(),
    '{{openid,profile}}', 'http://127.0.0.1:9/callback', 'nonce', repeat('x', 43), now(), '{{phr,user}}', now(),
    now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, {ROWS}) n;
VACUUM ANALYZE;
"""

# The one durable write of a code exchange.
EXCHANGE = f"""\\set n random(1, {ROWS})
UPDATE authorizations SET spent_at = coalesce(spent_at, now()), spent_by = decode(md5(:n::text), 'hex'),
  expires_at = now() + make_interval(secs => 3600)
WHERE id = md5('a' || :n)::uuid AND ended_at IS NULL AND code_expires_at > now();
"""

# The one durable write of a passkey sign-in: challenge, sign counter, session.
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
    """Transactions per second of the two durable writes, by pgbench on the product's own cluster."""
    owner = (server.data / "database-url").read_text().strip()
    address = re.sub(r"/latchkey(?=$|\?)", f"/{DATABASE}", owner)
    assert address != owner, "the owner's address names another database than was thought"
    server.psql(f"CREATE DATABASE {DATABASE}")
    try:
        run = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", address]
        subprocess.run([*run, "-f", str(SCHEMA)], check=True, stdout=subprocess.DEVNULL)
        for statement in FILL.strip().split(";\n"):
            subprocess.run([*run, "-c", statement], check=True)
        return {"exchange write": _pgbench(address, EXCHANGE, clients, seconds),
                "sign-in write": _pgbench(address, SIGN_IN, clients, seconds)}
    finally:
        server.psql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _pgbench(address: str, script: str, clients: int, seconds: int) -> float:
    program = shutil.which("pgbench") or sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        text = subprocess.run(
            [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name, address],
            capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", text)[1])

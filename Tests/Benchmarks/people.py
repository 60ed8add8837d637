"""Many people with passkeys: the first one is made over HTTP, the rest are rows like hers."""

import copy
import hashlib
import uuid

from support.client import Person
from support.server import Latchkey
from support.softauthn import Passkey

# Everybody's key pair is the first administrator's: only credential id and user differ. The server's work is the same.
SEED = """
INSERT INTO users (id, username, first_name, display_name)
  SELECT ids.id, 'user' || ids.number, 'User', 'User ' || ids.number
  FROM (SELECT md5('latchkey bench ' || n)::uuid AS id, n AS number FROM generate_series(1, {count}) n) ids;
INSERT INTO passkeys (id, user_id, name, credential_id, public_key, algorithm, sign_count, uv_initialized, transports,
    backup_eligible, backup_state, aaguid, attestation_type, rp_id)
  SELECT gen_random_uuid(), u.id, 'key', sha256(convert_to('credential of ' || u.id, 'UTF8')), p.public_key, p.algorithm,
    0, p.uv_initialized, p.transports, p.backup_eligible, p.backup_state, p.aaguid, p.attestation_type, p.rp_id
  FROM users u, (SELECT * FROM passkeys LIMIT 1) p WHERE u.username LIKE 'user%';
ANALYZE;
"""


def with_passkeys(server: Latchkey, admin: Person, count: int) -> list[Passkey]:
    """One passkey per person."""
    server.psql(SEED.format(count=count))
    original = admin.authenticator.passkeys[0]
    everybody = []
    for number in range(1, count + 1):
        identity = str(uuid.UUID(hashlib.md5(f"latchkey bench {number}".encode()).hexdigest()))
        passkey = copy.copy(original)
        passkey.credential_id = hashlib.sha256(f"credential of {identity}".encode()).digest()
        # The product's user handle: the bytes of the id's text, in the spelling that it was registered with.
        upper = original.user_handle.decode().isupper()
        passkey.user_handle = (identity.upper() if upper else identity).encode()
        everybody.append(passkey)
    return everybody

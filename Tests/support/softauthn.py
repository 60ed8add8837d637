"""A soft authenticator: it makes what a real one makes, for the browser's side of both WebAuthn ceremonies.

Owns: key pairs in memory, authenticator data, signatures, the JSON of W3C WebAuthn Level 3 §5.1.
Must not know: any relying party. What is wrong on purpose is wrong by an argument of the call.
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, RS256, EdDSA

# COSE algorithm numbers (RFC 9053, RFC 8812).
ALG_ES256, ALG_EDDSA, ALG_RS256 = -7, -8, -257

# Authenticator data flags (W3C WebAuthn §6.1).
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

# ASCII, so that a reader of a database dump recognises where a credential came from.
AAGUID = b"latchkey-softkey"


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _new_key(algorithm: int):
    if algorithm == ALG_ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == ALG_EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == ALG_RS256:
        return rsa.generate_private_key(65537, 2048)
    raise ValueError(f"no key for algorithm {algorithm}")


_COSE = {ALG_ES256: ES256, ALG_EDDSA: EdDSA, ALG_RS256: RS256}
_ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass
class Passkey:
    """A resident credential of one relying party and one user."""

    rp_id: str
    user_handle: bytes
    algorithm: int = ALG_ES256
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    # Zero for ever, as with synced passkeys, unless the authenticator counts.
    sign_count: int = 0
    key: object = None

    def __post_init__(self):
        self.key = self.key or _new_key(self.algorithm)

    def cose_key(self) -> bytes:
        return cbor.encode(dict(_COSE[self.algorithm].from_cryptography_key(self.key.public_key())))

    def sign(self, message: bytes) -> bytes:
        if self.algorithm == ALG_ES256:
            return self.key.sign(message, _ECDSA)
        if self.algorithm == ALG_EDDSA:
            return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def client_data(kind: str, challenge: str, origin: str, **more) -> bytes:
    """W3C WebAuthn §5.8.1, `kind` being `webauthn.create` or `webauthn.get`."""
    fields = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False} | more
    return json.dumps(fields, separators=(",", ":")).encode()


class SoftAuthenticator:
    """A platform authenticator that holds passkeys and always agrees.

    `origin` is what the browser would write into the client data.
    """

    def __init__(self, origin: str, algorithm: int = ALG_ES256, flags: int = UP | UV, counts: bool = False):
        self.origin = origin
        self.algorithm = algorithm
        self.flags = flags
        self.counts = counts
        self.passkeys: list[Passkey] = []

    def create(self, options: dict, *, flags: int | None = None, origin: str | None = None,
               challenge: str | None = None, kind: str = "webauthn.create") -> dict:
        """Registers: PublicKeyCredentialCreationOptionsJSON to RegistrationResponseJSON, attestation `none`."""
        options = options.get("publicKey", options)
        offered = [each["alg"] for each in options["pubKeyCredParams"]]
        assert self.algorithm in offered, f"algorithm {self.algorithm} is not among those offered: {offered}"
        known = {unb64(each["id"]) for each in options.get("excludeCredentials") or []}
        assert not known & {each.credential_id for each in self.passkeys}, "this authenticator is excluded"
        passkey = Passkey(options["rp"]["id"], unb64(options["user"]["id"]), self.algorithm)
        data = client_data(kind, challenge or options["challenge"], origin or self.origin)
        cose = passkey.cose_key()
        attested = AAGUID + len(passkey.credential_id).to_bytes(2, "big") + passkey.credential_id + cose
        authenticator_data = self._data(passkey, (self.flags if flags is None else flags) | AT) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": authenticator_data})
        self.passkeys.append(passkey)
        return {
            "id": b64(passkey.credential_id), "rawId": b64(passkey.credential_id), "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {
                "clientDataJSON": b64(data), "attestationObject": b64(attestation),
                "authenticatorData": b64(authenticator_data), "transports": ["internal"],
                "publicKeyAlgorithm": self.algorithm,
            },
        }

    def get(self, options: dict, passkey: Passkey | None = None, *, flags: int | None = None,
            origin: str | None = None, challenge: str | None = None, kind: str = "webauthn.get",
            user_handle: bytes | None = None) -> dict:
        """Signs in: PublicKeyCredentialRequestOptionsJSON to AuthenticationResponseJSON."""
        options = options.get("publicKey", options)
        passkey = passkey or self.choose(options)
        if self.counts:
            passkey.sign_count += 1
        data = client_data(kind, challenge or options["challenge"], origin or self.origin)
        authenticator_data = self._data(passkey, self.flags if flags is None else flags)
        signature = passkey.sign(authenticator_data + hashlib.sha256(data).digest())
        handle = passkey.user_handle if user_handle is None else user_handle
        return {
            "id": b64(passkey.credential_id), "rawId": b64(passkey.credential_id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(data), "authenticatorData": b64(authenticator_data),
                "signature": b64(signature), "userHandle": b64(handle),
            },
        }

    def choose(self, options: dict) -> Passkey:
        """The newest passkey that the options allow."""
        allowed = {unb64(each["id"]) for each in options.get("allowCredentials") or []}
        for passkey in reversed(self.passkeys):
            if passkey.rp_id == options.get("rpId", passkey.rp_id):
                if not allowed or passkey.credential_id in allowed:
                    return passkey
        raise AssertionError("this authenticator has no passkey for these options")

    def _data(self, passkey: Passkey, flags: int) -> bytes:
        return hashlib.sha256(passkey.rp_id.encode()).digest() + bytes([flags]) + passkey.sign_count.to_bytes(4, "big")

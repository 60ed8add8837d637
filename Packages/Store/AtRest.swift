/// How every column that holds bytes, or is called sealed, protects what it holds. A test compares this with the
/// schema, so that a new column is given a line here, and with it a place in `latchkey encryption-key-rotate`.
public enum AtRest {
  public enum Protection: Sendable, Hashable {
    /// Nothing secret: a public key, an id of a request, a picture.
    case open
    /// SHA-256 of at least 128 random bits, or of something that is not secret: no key is involved.
    case hashed
    /// Made with a key that stays when ENCRYPTION_KEY changes, by its name in ServiceStore's `PersistedKey`.
    case kept(String)
    /// Sealed with the oidc service's data key, which is random: only that key itself is sealed anew.
    case underDataKey
    /// Made with a key that changes with ENCRYPTION_KEY: made anew in that transaction.
    case renewed(Renewal)
  }

  /// What a change of ENCRYPTION_KEY makes anew.
  public enum Renewal: String, CaseIterable, Sendable {
    case encryptionCheck, keys, settings, outbox
  }

  /// `table.column`.
  public static let columns: [String: Protection] = [
    "instance.encryption_check": .renewed(.encryptionCheck),
    "data_keys.sealed": .renewed(.keys),
    "settings.sealed": .renewed(.settings),
    "settings.environment_sealed": .renewed(.settings),
    "outbox.sealed": .renewed(.outbox),
    "signing_keys.sealed_private": .underDataKey,
    "one_time_codes.code_hash": .kept("oneTimeCodes"),
    "client_secrets.hash": .kept("clientSecrets"),
    // The token is random to anyone else, and is made from the id when the link is shown again.
    "signup_tokens.token_hash": .kept("links"),
    "audit_seals.seal": .kept("auditChain"),
    "audit_seals.pruned_seal": .kept("auditChain"),
    "audit_seals.content_hash": .hashed,
    "audit_seals.leaves": .hashed,
    "api_keys.key_hash": .hashed,
    "grants.code_hash": .hashed,
    "email_verifications.token_hash": .hashed,
    "interactions.browser_hash": .hashed,
    "known_devices.device_hash": .hashed,
    "one_time_codes.browser_hash": .hashed,
    "refresh_tokens.token_hash": .hashed,
    "sessions.token_hash": .hashed,
    "spent_challenges.challenge_hash": .hashed,
    "users.codes_confirm_hash": .hashed,
    "audit_log.request_id": .open,
    "grants.spent_by": .open,
    "email_verifications.used_by": .open,
    "images.bytes": .open,
    "instance.setup_completed_by": .open,
    "interactions.ended_by": .open,
    "one_time_codes.used_by": .open,
    "outbox.retried_by": .open,
    "passkeys.credential_id": .open,
    "passkeys.public_key": .open,
    "proofs.used_by": .open,
    "refresh_tokens.used_by": .open,
    "spent_challenges.request_id": .open,
    "uploads.bytes": .open,
  ]
}

import LatchkeyProtocol
import LatchkeyWords

/// Events of the audit log in words.
package enum EventWords {
  /// The sentence of each event that this version writes. A test compares them with `AuditEvent`.
  package static let keys = [
    "event.SIGN_IN", "event.TOKEN_SIGN_IN", "event.SIGN_IN_REFUSED", "event.SIGN_OUT", "event.SESSION_ENDED",
    "event.ACCOUNT_CREATED", "event.ONE_TIME_LINK_CREATED", "event.PASSKEY_ADDED", "event.PASSKEY_REMOVED",
    "event.REAUTHENTICATED", "event.EMAIL_VERIFIED", "event.NEW_ADDRESS_CONFIRMED", "event.CLIENT_AUTHORIZATION",
    "event.NEW_CLIENT_AUTHORIZATION",
    "event.CLIENT_AUTHORIZATION_REFUSED", "event.CLIENT_AUTHORIZATION_REVOKED", "event.TOKEN_REFUSED",
    "event.TOKEN_REUSED", "event.TOKEN_REVOKED",
    "event.USER_CREATED", "event.USER_UPDATED", "event.USER_DELETED", "event.GROUP_CREATED", "event.GROUP_UPDATED",
    "event.GROUP_DELETED", "event.CUSTOM_CLAIMS_UPDATED", "event.CLIENT_CREATED", "event.CLIENT_UPDATED",
    "event.CLIENT_DELETED", "event.CLIENT_SECRET_CREATED", "event.CLIENT_SECRET_DELETED", "event.SIGNUP_LINK_CREATED",
    "event.SIGNUP_LINK_DELETED", "event.API_KEY_CREATED", "event.API_KEY_RENEWED", "event.API_KEY_REVOKED",
    "event.SIGNING_KEYS_ROTATED", "event.SIGNING_KEY_REVOKED", "event.ENCRYPTION_KEY_ROTATED",
    "event.SETTINGS_UPDATED", "event.SETUP_OPENED", "event.IMAGE_UPDATED", "event.IMAGE_DELETED", "event.MAIL_RETRIED",
    "event.MAIL_DISCARDED",
  ]

  /// An event in the reader's language; its name if only another version knows it.
  static func text(_ event: String, _ words: Words) -> String {
    words.sentences["event.\(event)"] ?? event
  }

  /// The icon beside it.
  enum Kind {
    case entry, refusal, app, change
  }

  static func kind(_ event: String) -> Kind {
    guard let known = AuditEvent(rawValue: event) else { return .change }
    switch known {
    case .signInRefused, .clientAuthorizationRefused, .tokenRefused, .tokenReused: return .refusal
    case .clientAuthorization, .newClientAuthorization, .clientAuthorizationRevoked, .tokenRevoked: return .app
    case .signIn, .tokenSignIn, .signOut, .sessionEnded, .accountCreated, .oneTimeLinkCreated, .passkeyAdded,
      .passkeyRemoved, .reauthenticated, .emailVerified, .newAddressConfirmed:
      return .entry
    default: return .change
    }
  }

  /// What else an entry says, by its name in `data`.
  static let details = [
    "passkeyName": "record.passkeyName", "credentialID": "record.credentialID", "method": "record.method",
    "reason": "record.reason", "purpose": "record.purpose", "sessions": "record.sessions",
    "sessionID": "record.sessionID",
  ]
}

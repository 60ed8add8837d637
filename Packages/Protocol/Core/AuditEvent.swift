/// The events of the audit log. Names are Pocket ID's where it has one, and otherwise follow its style.
public enum AuditEvent: String, Codable, Sendable, CaseIterable {
  // Ways in.
  case signIn = "SIGN_IN"
  /// With a one-time code.
  case tokenSignIn = "TOKEN_SIGN_IN"
  case signInRefused = "SIGN_IN_REFUSED"
  case signOut = "SIGN_OUT"
  case sessionEnded = "SESSION_ENDED"
  case accountCreated = "ACCOUNT_CREATED"
  case oneTimeLinkCreated = "ONE_TIME_LINK_CREATED"
  case passkeyAdded = "PASSKEY_ADDED"
  case passkeyRemoved = "PASSKEY_REMOVED"
  case reauthenticated = "REAUTHENTICATED"
  case emailVerified = "EMAIL_VERIFIED"
  /// From a person's former mailbox: codes go to the new address at once.
  case newAddressConfirmed = "NEW_ADDRESS_CONFIRMED"
  // Apps.
  case clientAuthorization = "CLIENT_AUTHORIZATION"
  /// The first time, with consent.
  case newClientAuthorization = "NEW_CLIENT_AUTHORIZATION"
  case clientAuthorizationRefused = "CLIENT_AUTHORIZATION_REFUSED"
  case clientAuthorizationRevoked = "CLIENT_AUTHORIZATION_REVOKED"
  case tokenRefused = "TOKEN_REFUSED"
  /// A code or a refresh token was used twice: everything issued from it was revoked.
  case tokenReused = "TOKEN_REUSED"
  /// An app revoked a token.
  case tokenRevoked = "TOKEN_REVOKED"
  // Administration.
  case userCreated = "USER_CREATED"
  case userUpdated = "USER_UPDATED"
  case userDeleted = "USER_DELETED"
  case groupCreated = "GROUP_CREATED"
  case groupUpdated = "GROUP_UPDATED"
  case groupDeleted = "GROUP_DELETED"
  case customClaimsUpdated = "CUSTOM_CLAIMS_UPDATED"
  case clientCreated = "CLIENT_CREATED"
  case clientUpdated = "CLIENT_UPDATED"
  case clientDeleted = "CLIENT_DELETED"
  case clientSecretCreated = "CLIENT_SECRET_CREATED"
  case clientSecretDeleted = "CLIENT_SECRET_DELETED"
  case signupLinkCreated = "SIGNUP_LINK_CREATED"
  case signupLinkDeleted = "SIGNUP_LINK_DELETED"
  case apiKeyCreated = "API_KEY_CREATED"
  case apiKeyRenewed = "API_KEY_RENEWED"
  case apiKeyRevoked = "API_KEY_REVOKED"
  case settingsUpdated = "SETTINGS_UPDATED"
  case signingKeysRotated = "SIGNING_KEYS_ROTATED"
  case signingKeyRevoked = "SIGNING_KEY_REVOKED"
  case encryptionKeyRotated = "ENCRYPTION_KEY_ROTATED"
  /// A command on the machine opened set-up again.
  case setupOpened = "SETUP_OPENED"
  case imageUpdated = "IMAGE_UPDATED"
  case imageDeleted = "IMAGE_DELETED"
  case mailRetried = "MAIL_RETRIED"
  case mailDiscarded = "MAIL_DISCARDED"
}

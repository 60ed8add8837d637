package import Encodings
import Foundation
package import LatchkeyProtocol
import ServiceKit

extension JSONValue {
  /// `WebauthnCredentialDto`, and two members of ours: `lastUsedAt` and `authenticator`.
  package static func passkey(_ passkey: Auth.Passkey) -> JSONValue {
    [
      "id": .string("\(passkey.id)"), "name": .string(passkey.name),
      "credentialID": .string(Base64URL.encode(passkey.credentialID)),
      "attestationType": .string(passkey.attestationType), "transport": .texts(passkey.transports),
      "backupEligible": .bool(passkey.backupEligible), "backupState": .bool(passkey.backupState),
      "createdAt": .date(passkey.createdAt), "lastUsedAt": .date(passkey.lastUsedAt),
      "authenticator": .optional(passkey.authenticator),
    ]
  }

  /// One of the caller's own sessions.
  package static func session(_ session: Auth.Session, isCurrent: Bool) -> JSONValue {
    [
      "id": .string("\(session.id)"), "current": .bool(isCurrent), "createdAt": .date(session.createdAt),
      "lastSeenAt": .date(session.lastSeenAt), "expiresAt": .date(session.expiresAt),
      "ipAddress": .string(session.address), "userAgent": .string(session.userAgent), "amr": .texts(session.amr),
    ]
  }
}

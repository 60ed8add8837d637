import Encodings
import LatchkeyProtocol
import ServiceStore
import Store

/// What `auth` writes to the audit log, beyond what its statements know.
extension AuthService {
  /// A session that a passkey began.
  func signInEntry(of user: User, _ session: NewSession, with passkeyName: String, _ call: Call) -> AuditEntry {
    var entry = AuditEntry(.signIn, call, about: user)
    entry.session = session.id
    entry.data = ["passkeyName": passkeyName]
    return entry
  }

  /// A passkey that its owner adds or removes.
  func passkeyEntry(
    _ event: AuditEvent, of user: User, session: SessionID?, key: APIKeyID? = nil, data: [String: String] = [:],
    subject: String = "", _ call: Call
  ) -> AuditEntry {
    var entry = AuditEntry(event, call, about: user, subject: subject)
    entry.session = session
    entry.apiKey = key
    entry.data = data
    return entry
  }

  /// Records that a known passkey or user was refused, at most so many times a minute. A failure to record is only
  /// logged, since the refusal stands either way. An attempt that names no known user is not recorded.
  ///
  /// - Parameters:
  ///   - purpose: `sign-in`, or what a proof was for.
  ///   - reason: a stable name.
  func recordRefusal(
    of user: User, for purpose: String, reason: String, _ passkeyName: String, _ call: Call
  ) async {
    var entry = AuditEntry(.signInRefused, call, about: user)
    entry.data = ["purpose": purpose, "reason": reason, "passkeyName": passkeyName]
    await store.note(AuditLog.InsertBounded(entry), call)
  }
}

extension AuditEntry {
  /// An entry about what a user does with their own account.
  init(_ event: AuditEvent, _ call: Call, about user: User, subject: String = "") {
    self.init(event, call, subject: subject)
    userID = user.id
    username = user.username
  }
}

extension NewPasskey {
  /// What the audit log says of it. The credential's id is public: every page that asks for a passkey is told it.
  var recorded: [String: String] { ["passkeyName": name, "credentialID": Hexadecimal.text([UInt8](credentialID))] }
}

import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import ServiceStore
import Store

// What this service writes to the audit log beside its own statements: refusals, which may be lost in a crash.

extension AuditEntry {
  /// Who is signed in, and which client asks.
  mutating func fill(_ facts: AuthorizationFacts) {
    userID = facts.session?.user.id
    username = facts.session?.user.username
    session = facts.session?.id
    clientID = facts.client.id
    clientName = facts.shown.name
  }
}

extension OIDCService {
  /// Records why an authorization went no further.
  func note(
    _ event: AuditEvent, _ error: String, _ reason: String, about decided: DecidedAuthorization, _ call: Call
  ) async {
    var entry = AuditEntry(event, call)
    entry.fill(decided.facts)
    entry.data = ["error": error, "reason": reason]
    await store.note(OIDCRefusals.Note(entry), call)
  }
}

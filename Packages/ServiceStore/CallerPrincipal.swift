public import Encodings
public import Foundation
public import LatchkeyProtocol
public import Postgres
import ServiceKit
public import Store

/// Who acts: a user at a browser, or a caller with an API key. Always from the Store.
public struct Principal: Sendable {
  public let user: User
  /// The browser's login; nil for a key.
  public let session: Sessions.Resolve.Row?
  /// The key; nil for a browser.
  public let key: Principals.ByKey.Row?

  /// Uses up a fresh proof of the principal; false if there is none. An API key needs none: its making was proven.
  public func uses(
    _ purpose: Auth.ProofPurpose, in transaction: Transaction, _ call: Call
  ) async throws(DatabaseFailure) -> Bool {
    guard let session = session?.session.id else { return key != nil }
    return try await transaction.first(Proofs.Use(session: session, purpose: purpose, request: call.id)) ?? false
  }
}

extension StoreAccess {
  /// The principal of the call's session or API key. If a key came, only the key is looked at.
  public func principal(_ call: Call) async throws(ServiceFailure) -> Principal? {
    if let hash = call.apiKeyHash {
      guard let row = try await first(Principals.ByKey(keyHash: hash), call) else { return nil }
      if row.stale { await note(Principals.NoteUse(key: row.key), call) }
      return Principal(user: row.user, session: nil, key: row)
    }
    return try await session(call).map { Principal(user: $0.user, session: $0, key: nil) }
  }

  /// Answers an administrator, at a browser or by an API key, and denies everyone else.
  public func forAdministrators<Answer: Admin.Deniable>(
    _ call: Call, _ body: (Principal) async throws(ServiceFailure) -> Answer
  ) async throws(ServiceFailure) -> Answer {
    guard let principal = try await principal(call) else { return .denied(.notSignedIn) }
    guard principal.user.isAdmin else { return .denied(.notAdministrator) }
    return try await body(principal)
  }

  /// The settings in force.
  public func settings(_ call: Call) async throws(ServiceFailure) -> ApplicationSettings {
    try await first(ChosenSettings.Read(), call) ?? ApplicationSettings()
  }
}

extension Call {
  /// What the Store knows the caller's API key by; nil if none was sent.
  public var apiKeyHash: Data? { caller.apiKey.map { Data(Digest.sha256($0.exposed)) } }
}

extension AuditEntry {
  /// An entry about what this call does.
  ///
  /// - Parameter subject: what tells several entries of one call and event apart.
  public init(_ event: AuditEvent, _ call: Call, subject: String = "") {
    let seed = Digest.sha256("\(call.id)/\(event.rawValue)/\(subject)")
    self.init(
      id: UUID(fromRandom: seed), event, address: call.caller.address, userAgent: call.caller.userAgent,
      request: call.id)
  }

  /// An entry about what a principal does here, to another user or to what they administer.
  public init(_ event: AuditEvent, _ call: Call, by principal: Principal, subject: String = "") {
    self.init(event, call, subject: subject)
    actorID = principal.user.id
    actorName = principal.user.username
    session = principal.session?.session.id
    apiKey = principal.key?.key
  }

  /// An entry about what a principal does to themselves.
  public init(_ event: AuditEvent, _ call: Call, of principal: Principal) {
    self.init(event, call)
    userID = principal.user.id
    username = principal.user.username
    session = principal.session?.session.id
    apiKey = principal.key?.key
  }

  /// The client that it is about.
  public mutating func about(client id: String, name: String?) {
    clientID = id
    clientName = name
  }

  /// Records a field if it changed.
  public mutating func note(_ field: String, _ before: JSONValue?, _ after: JSONValue?) {
    let (before, after) = (before ?? .null, after ?? .null)
    if before != after { changes[field] = Change(before: before, after: after) }
  }
}

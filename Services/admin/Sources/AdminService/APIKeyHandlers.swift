import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

extension AdminService {
  func listAPIKeys(
    _ message: Admin.ListAPIKeys, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListAPIKeys.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    let page = try await store.page(message.page, call) {
      APIKeys.List(user: principal.user.id, ListQuery($0, usual: .createdAt))
    }
    return .keys(page)
  }

  func createAPIKey(
    _ message: Admin.CreateAPIKey, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateAPIKey.Response {
    // Sessions only: a key that could create keys could outlive its own expiry.
    guard let principal = try await store.principal(call), principal.session != nil else {
      return .denied(.notSignedIn)
    }
    let wish = Wish(name: message.name, description: message.description, expiresAt: message.expiresAt)
    switch try await make(wish, for: principal.user, by: principal, call) {
    case .created(let key): return .created(key)
    case .invalid(let problems): return .invalid(problems)
    case .expirationInvalid: return .expirationInvalid
    case .full: return .full(limit: Limits.apiKeys)
    case .unproven: return .denied(.proofRequired)
    }
  }

  func createAPIKeyOfUser(
    _ message: Admin.CreateAPIKeyOfUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateAPIKeyOfUser.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard let user = try await store.first(Users.Find(message.user), call) else { return .notFound }
      let wish = Wish(name: message.name, description: message.description, expiresAt: message.expiresAt)
      switch try await make(wish, for: user, by: principal, call) {
      case .created(let key): return .created(key)
      case .invalid(let problems): return .invalid(problems)
      case .expirationInvalid: return .expirationInvalid
      case .full: return .full(limit: Limits.apiKeys)
      case .unproven: return .denied(.proofRequired)
      }
    }
  }

  private struct Wish {
    let name: String
    let description: String?
    let expiresAt: Date
  }

  private enum Made {
    case created(Admin.NewAPIKey)
    case invalid([FieldProblem])
    case expirationInvalid, full, unproven
  }

  private func make(
    _ wish: Wish, for user: User, by principal: Principal, _ call: Call
  ) async throws(ServiceFailure) -> Made {
    let name = wish.name.cleaned(characters: Limits.apiKeyName.upperBound)
    let description = wish.description?.cleaned(characters: Limits.apiKeyDescription).nonEmpty
    let problems = Self.problems(name: name, description: description)
    guard problems.isEmpty else { return .invalid(problems) }
    guard isPossible(wish.expiresAt) else { return .expirationInvalid }
    let id = APIKeyID(derivedUUID("api-key-id", call))
    let token = apiKeyToken(call)
    let create = APIKeys.Create(
      id: id, user: user.id, name: name, description: description, hash: Data(Digest.sha256(token.exposed)),
      expiresAt: wish.expiresAt)
    let news = try newKeyMail(name, call)
    return try await change(call, by: principal) { change in
      let transaction = change.transaction
      let others = try await transaction.first(APIKeys.Count(of: user.id, besides: id)) ?? 0
      guard others < Limits.apiKeys else { return .full }
      guard try await change.uses(.apiKey), let key = try await transaction.write(create).rows.first else {
        return .unproven
      }
      var entry = change.entry(.apiKeyCreated, about: user)
      entry.data = ["apiKeyName": name, "apiKeyID": "\(id)"]
      try await change.record(entry)
      if user.email != nil { try await transaction.write(Outbox.Tell(user.id, news)) }
      return .created(Admin.NewAPIKey(key: key, token: token))
    }
  }

  func renewAPIKey(
    _ message: Admin.RenewAPIKey, _ call: Call
  ) async throws(ServiceFailure) -> Admin.RenewAPIKey.Response {
    guard let principal = try await store.principal(call), principal.session != nil else {
      return .denied(.notSignedIn)
    }
    guard isPossible(message.expiresAt) else { return .expirationInvalid }
    let token = apiKeyToken(call)
    let hash = Data(Digest.sha256(token.exposed))
    return try await change(call, by: principal) { change in
      let transaction = change.transaction
      guard let before = try await transaction.first(APIKeys.Lock(id: message.id, of: principal.user.id)) else {
        return .notFound
      }
      // A repeated request gets the same token.
      if before.hash == hash { return .renewed(Admin.NewAPIKey(key: before.key, token: token)) }
      guard before.hasExpired else { return .notExpired }
      guard try await change.uses(.apiKey) else { return .denied(.proofRequired) }
      let renew = APIKeys.Renew(id: message.id, hash: hash, expiresAt: message.expiresAt)
      guard let key = try await transaction.write(renew).rows.first else { return .notFound }
      var entry = change.entry(.apiKeyRenewed)
      entry.data = ["apiKeyName": key.name, "apiKeyID": "\(key.id)"]
      entry.note(
        "expiresAt", .string(before.key.expiresAt.formatted(.iso8601)), .string(key.expiresAt.formatted(.iso8601)))
      try await change.record(entry)
      if principal.user.email != nil {
        try await transaction.write(Outbox.Tell(principal.user.id, self.newKeyMail(key.name, call)))
      }
      return .renewed(Admin.NewAPIKey(key: key, token: token))
    }
  }

  func revokeAPIKey(
    _ message: Admin.RevokeAPIKey, _ call: Call
  ) async throws(ServiceFailure) -> Admin.RevokeAPIKey.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    return try await change(call, by: principal) { change in
      var entry = change.entry(.apiKeyRevoked)
      let revoke = APIKeys.Revoke(id: message.id, of: principal.user.id)
      guard let name = try await change.transaction.write(revoke).rows.first else {
        return try await change.wasDone(entry) ? .revoked : .notFound
      }
      entry.data = ["apiKeyName": name, "apiKeyID": "\(message.id)"]
      try await change.record(entry)
      return .revoked
    }
  }

  /// The mail to a key's owner when the key is created or renewed.
  private func newKeyMail(_ name: String, _ call: Call) throws(ServiceFailure) -> OutboxItem {
    try mail.item(Mail(.newAPIKey(name: name, Mail.Origin(call, at: Date())), languages: call.caller.languages), call)
  }

  /// An unguessable key that only this request yields, so that it can be returned again without being stored.
  private func apiKeyToken(_ call: Call) -> Secret {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    var text = ""
    var block = 0
    while text.count < Limits.apiKeyLetters {
      // Bytes beyond four alphabets are dropped: a remainder would favour the first letters.
      for byte in derived.hash("\(call.id)/\(block)", purpose: "api-key")
      where byte < 248 && text.count < Limits.apiKeyLetters {
        text.append(letters[Int(byte) % letters.count])
      }
      block += 1
    }
    return Secret("lkey_\(text)")
  }

  private func isPossible(_ expiresAt: Date) -> Bool {
    expiresAt > Date() && expiresAt.timeIntervalSince1970 < Limits.lastDate
  }

  private static func problems(name: String, description: String?) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    if name.isLonger(thanCharacters: Limits.apiKeyName.upperBound) || name.count < Limits.apiKeyName.lowerBound {
      problems.append(FieldProblem("name", name.isEmpty ? "required" : "invalid", "A name has 3 to 50 characters."))
    }
    if let description, description.isLonger(thanCharacters: Limits.apiKeyDescription) {
      problems.append(
        FieldProblem("description", "too_long", "A description has at most \(Limits.apiKeyDescription) characters."))
    }
    for (field, text) in [("name", name), ("description", description ?? "")]
    where text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      problems.append(FieldProblem(field, "invalid", "Control characters cannot be part of it."))
    }
    return problems
  }
}

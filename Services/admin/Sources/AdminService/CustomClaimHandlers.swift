import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceStore
import Store

extension AdminService {
  func setCustomClaims(
    _ message: Admin.SetCustomClaims, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SetCustomClaims.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let claims = message.claims.map(\.normalised)
      if let refusal = refusal(of: claims) { return refusal }
      return try await change(call, by: principal) { change in
        let transaction = change.transaction
        guard let name = try await transaction.first(CustomClaims.LockOwner(message.owner)) else { return .notFound }
        let before = try await transaction.read(CustomClaims.Of(message.owner))
        try await transaction.write(CustomClaims.Clear(message.owner))
        try await transaction.write(CustomClaims.Insert(claims, of: message.owner))
        var entry = change.entry(.customClaimsUpdated)
        switch message.owner {
        case .user(let id):
          entry.userID = id
          entry.username = name
        case .group(let id): entry.about(group: id, name: name)
        }
        let (old, new) = (before.byKey, claims.byKey)
        for key in Set(old.keys).union(new.keys) {
          entry.note(key, old[key].map { .string($0) }, new[key].map { .string($0) })
        }
        try await change.record(entry)
        return .claims(try await transaction.read(CustomClaims.Of(message.owner)))
      }
    }
  }

  func suggestClaims(
    _ message: Admin.SuggestClaims, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SuggestClaims.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      return .names(try await store.search(CustomClaims.Names(limit: Limits.claimSuggestions), call))
    }
  }

  /// The first thing that is wrong with a list of claims; nil when it may be saved.
  private func refusal(of claims: [LatchkeyProtocol.CustomClaim]) -> Admin.SetCustomClaims.Response? {
    guard claims.count <= Limits.claims else {
      return .invalid([FieldProblem("claims", "too_many", "At most \(Limits.claims) claims.")])
    }
    var problems: [FieldProblem] = []
    var seen: Set<[UInt8]> = []
    for (index, claim) in claims.enumerated() {
      problems += claim.problems(at: index)
      guard problems.isEmpty else { continue }
      if Claims.reservedNames.contains(claim.key) { return .reserved(claim.key) }
      // Bytes, as the database compares them.
      if !seen.insert(Array(claim.key.utf8)).inserted { return .duplicate(claim.key) }
    }
    return problems.isEmpty ? nil : .invalid(problems)
  }
}

extension LatchkeyProtocol.CustomClaim {
  /// With text in normal form C and no white space around the key.
  fileprivate var normalised: Self {
    Self(
      key: key.cleaned(bytes: Limits.claimKey),
      value: value.utf8.count <= Limits.claimValue ? value.precomposedStringWithCanonicalMapping : value)
  }

  fileprivate func problems(at index: Int) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    for (field, text, longest) in [("key", key, Limits.claimKey), ("value", value, Limits.claimValue)] {
      let place = "[\(index)].\(field)"
      if text.isEmpty {
        problems.append(FieldProblem(place, "required", "Is missing."))
      } else if text.utf8.count > longest {
        problems.append(FieldProblem(place, "too_long", "At most \(longest) bytes."))
      } else if text.utf8.contains(0) || (field == "key" && text.unicodeScalars.contains { $0.value < 0x20 }) {
        problems.append(FieldProblem(place, "invalid", "Control characters cannot be part of it."))
      }
    }
    return problems
  }
}

extension [LatchkeyProtocol.CustomClaim] {
  fileprivate var byKey: [String: String] {
    Dictionary(map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }
}

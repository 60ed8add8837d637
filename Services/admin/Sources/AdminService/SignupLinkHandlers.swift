import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store

/// Links by which people sign up. A link's token is derived from its id, so that lists can show it while the table has
/// only its hash.
extension AdminService {
  func createSignupLink(
    _ message: Admin.CreateSignupLink, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateSignupLink.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      var problems = Self.problems(message)
      let wanted = Set(message.groups)
      let groups = wanted.isEmpty ? [] : try await store.read(Groups.Known(Array(wanted)), call)
      if !principal.mayLeaveOut(wanted.count - groups.count, of: "userGroupIds", logger, call) {
        problems.append(FieldProblem("userGroupIds", "not_found", "One of these groups does not exist."))
      }
      guard problems.isEmpty else { return .invalid(problems) }
      let id = SignupLinkID(derivedUUID("signup-link", call))
      let create = SignupLinks.Create(
        id: id, tokenHash: Data(Digest.sha256(token(of: id))), usageLimit: message.usageLimit,
        createdBy: principal.user.id, lifetimeSeconds: message.lifetimeSeconds, groups: groups)
      let made = try await change(call, by: principal) { change -> StoredSignupLink? in
        var entry = change.entry(.signupLinkCreated)
        entry.data = ["signupLink": "\(id)"]
        if try await !change.wasDone(entry) {
          try await change.transaction.write(create)
          entry.note("usageLimit", nil, .integer(Int64(message.usageLimit)))
          entry.note("lifetimeSeconds", nil, .integer(Int64(message.lifetimeSeconds)))
          entry.note("userGroupIds", nil, .array(groups.map { .string("\($0)") }))
          try await change.record(entry)
        }
        return try await change.transaction.first(SignupLinks.Get(id: id))
      }
      guard let made else {
        throw ServiceFailure(.internal, mayHaveHappened: true, "The link that was just made is gone.")
      }
      return .created(shown(made))
    }
  }

  func listSignupLinks(
    _ message: Admin.ListSignupLinks, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListSignupLinks.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      let page = try await message.page.page { request throws(ServiceFailure) in
        let rows = try await store.search(
          SignupLinks.List(ListQuery(request, usual: .createdAt, latestFirst: true)), call)
        return (rows.map { shown($0.item) }, rows.first?.total)
      }
      return .links(page)
    }
  }

  func deleteSignupLink(
    _ message: Admin.DeleteSignupLink, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteSignupLink.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        var entry = change.entry(.signupLinkDeleted)
        entry.data = ["signupLink": "\(message.id)"]
        if try await change.wasDone(entry) { return .deleted }
        guard try await change.transaction.write(SignupLinks.Delete(id: message.id)).count > 0 else { return .notFound }
        try await change.record(entry)
        return .deleted
      }
    }
  }

  private func shown(_ link: StoredSignupLink) -> Admin.SignupLink {
    Admin.SignupLink(
      id: link.id, token: Secret(token(of: link.id)), expiresAt: link.expiresAt, usageLimit: link.usageLimit,
      usageCount: link.usageCount, groups: link.groups, createdAt: link.createdAt)
  }

  private func token(of id: SignupLinkID) -> String {
    ShortCode.spelling(links.hash("\(id)", purpose: "signup-link").prefix(Limits.signupToken))
  }

  private static func problems(_ message: Admin.CreateSignupLink) -> [FieldProblem] {
    var problems: [FieldProblem] = []
    let seconds = message.lifetimeSeconds
    if !seconds.isFinite || seconds <= 1 || seconds > Limits.longestLink / .seconds(1) {
      problems.append(FieldProblem("ttl", "invalid", "More than 1 second and at most 31 days."))
    }
    if !Limits.signupUses.contains(message.usageLimit) {
      problems.append(FieldProblem("usageLimit", "invalid", "Between 1 and 100 people."))
    }
    if message.groups.count > Limits.signupGroups {
      problems.append(FieldProblem("userGroupIds", "too_many", "At most \(Limits.signupGroups) groups."))
    }
    return problems
  }
}

extension Limits {
  /// Characters of a link's token: 5 bits each, 110 in all, so that an attacker cannot find one by trying.
  static let signupToken = 22
  /// The longest that a link lives, as in the REST API.
  static let longestLink = Duration.seconds(31 * 24 * 3600)
  /// People per link, as in the REST API.
  static let signupUses = 1...100
  /// Groups that one link puts people into: more than an administrator ticks, few enough for one statement.
  static let signupGroups = 100
}

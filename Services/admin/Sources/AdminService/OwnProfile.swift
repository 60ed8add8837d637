import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store

extension AdminService {
  func updateOwnProfile(
    _ message: Admin.UpdateOwnProfile, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateOwnProfile.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    let settings = try await store.settings(call)
    let asked = message.profile.normalised
    let outcome = try await attemptChange(call, by: principal) { change in
      try await self.updateOwn(asked, settings, change, call)
    }
    switch outcome {
    case .success(.updated(let user)): return .updated(try await store.detailed(user, call))
    case .success(let refusal): return refusal
    case .failure(let broken): return .invalid([broken.problem])
    }
  }

  private func updateOwn(
    _ asked: Profile, _ settings: ApplicationSettings, _ change: Change, _ call: Call
  ) async throws -> Admin.UpdateOwnProfile.Response {
    let transaction = change.transaction
    let id = change.principal.user.id
    _ = try await transaction.first(Users.LockAccounts())
    // Read under the lock, so that an administrator's change of a moment ago is not overwritten.
    guard let before = try await transaction.first(Users.Get(id: id)), !before.disabled else {
      return .denied(.notSignedIn)
    }
    var profile = Profile(before)
    profile.locale = asked.locale
    // When people may not edit their accounts, everything else that they send is ignored, as in Pocket ID.
    if settings.allowOwnAccountEdit { profile = asked }
    let problems = settings.allowOwnAccountEdit ? profile.problems(settings) : profile.problems
    guard problems.isEmpty else { return .invalid(problems) }
    let conflicts = try await change.conflicts(of: id, before: before, profile).problems()
    guard conflicts.isEmpty else { return .invalid(conflicts) }
    let isSameAddress = profile.email?.lowercased() == before.email?.lowercased()
    // Sign-in codes are mailed there: only the account's user, in a browser, may change a way into it.
    if !isSameAddress, change.principal.key != nil, !before.isAdmin {
      return .invalid([
        FieldProblem(
          "email", "forbidden", "An API key cannot change the e-mail address. Sign in in a browser to do it.")
      ])
    }
    let account = Admin.Account(
      profile: profile,
      emailVerified: profile.email != nil && (isSameAddress ? before.emailVerified : settings.emailsVerified),
      isAdmin: before.isAdmin, disabled: before.disabled)
    // A user without an address is not asked; an administrator's key stands in for the proof (`updateUser`).
    var wait: MailedCodes.Wait?
    if let former = before.email, !isSameAddress, change.principal.key == nil {
      // While an address waits, it is not yet known to be the person's: mail sent there cannot end the wait.
      let token = before.codesMailedFrom == nil && profile.email != nil ? addressToken(of: id, call) : nil
      wait = .day(confirmHash: token.map { Data(Digest.sha256($0)) })
      let news = try newAddressMail(to: former, profile.email, waits: profile.email != nil, token, call)
      try await transaction.write(Outbox.Tell(id, news))
    } else if !isSameAddress, change.principal.key != nil {
      wait = MailedCodes.Wait.none
    }
    let room = AuditLog.HasRoom(
      for: change.entry(.userUpdated, about: before), of: id, most: Limits.ownChangesPerHour)
    guard try await transaction.first(room) == true else { return .tooMany }
    guard let after = try await transaction.write(Users.Update(id: id, account, wait: wait)).rows.first else {
      return .denied(.notSignedIn)
    }
    try await transaction.write(RetiredNames.Exchange(of: id, before: before, after: after))
    var entry = change.entry(.userUpdated, about: after)
    entry.note(from: before, to: after)
    try await change.record(entry)
    return .updated(after)
  }
}

extension AdminService {
  /// Derived from the request's id: a repeated request yields the same token.
  private func addressToken(of user: UserID, _ call: Call) -> String {
    Base64URL.encode(derived.hash("\(call.id)", purpose: "new-address/\(user)"))
  }

  /// The mail to a person's former address when the account gets another.
  ///
  /// - Parameter token: ends the wait; nil when only time does.
  func newAddressMail(
    to former: String, _ address: String?, waits: Bool, _ token: String?, _ call: Call
  ) throws(ServiceFailure) -> OutboxItem {
    let link = token.map { Secret("\(appURL.issuer)/confirm-new-address?token=\($0)") }
    let content = Mail.Content.newAddress(address, waits: waits, confirm: link, Mail.Origin(call, at: Date()))
    return try mail.item(Mail(content, to: former, languages: call.caller.languages), call)
  }

  func confirmNewAddress(
    _ message: Admin.ConfirmNewAddress, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ConfirmNewAddress.Response {
    let token = message.token.exposed
    guard token.utf8.count == Limits.emailVerificationToken else { return .invalid }
    let confirm = MailedCodes.Confirm(
      tokenHash: Data(Digest.sha256(token)), entry: AuditEntry(.newAddressConfirmed, call))
    return try await store.write(confirm, call).rows.first == true ? .confirmed : .invalid
  }
}

extension Profile {
  /// An account's current profile.
  init(_ user: User) {
    self.init(
      username: user.username, email: user.email, firstName: user.firstName, lastName: user.lastName,
      displayName: user.displayName, locale: user.locale)
  }
}

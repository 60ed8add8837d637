import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store
import WebAuthn

extension AuthService {
  func setupStatus(
    _ message: Auth.SetupStatus, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SetupStatus.Response {
    try await isSetupOpen(call) ? .open : .closed
  }

  func beginSetup(
    _ message: Auth.BeginSetup, _ call: Call
  ) async throws(ServiceFailure) -> Auth.BeginSetup.Response {
    guard let setup = try await store.first(Ceremonies.Setup(), call), setup.open else { return .closed }
    let profile = message.profile.normalised
    var problems = profile.problems
    if settings.appURL.asksForSetupCode(isFromThisMachine: message.isFromThisMachine ?? false) {
      let code = message.code?.exposed ?? ""
      if code.isEmpty {
        problems.append(FieldProblem("code", "required", "The code is in the log, beside the address of this page."))
      } else if code.utf8.count > Limits.setupCode || !SetupCode.matches(code, setup.seed, codes) {
        problems.append(FieldProblem("code", "invalid", "This is not the code. The log has it, beside the address."))
      }
    }
    guard problems.isEmpty else { return .invalid(problems) }
    // Users may exist already if a command has reopened set-up.
    let taken = try await store.read(
      RetiredNames.Conflicts(of: UserID(UUID()), username: profile.username, email: profile.email), call)
    guard taken.isEmpty else {
      return .invalid(taken.map { FieldProblem($0.field, "taken", "Somebody has this, or had it until recently.") })
    }
    let state = SetupState(
      challenge: newChallenge(), user: UserID(randomness.uuid()), profile: profile, emailVerified: message.emailVerified
    )
    let options = try creationOptions(
      challenge: state.challenge, user: state.user, username: profile.username, displayName: profile.nameToShow,
      try await currentSettings(call))
    return .begun(try begin(options, state, call))
  }

  func finishSetup(
    _ message: Auth.FinishSetup, _ call: Call
  ) async throws(ServiceFailure) -> Auth.FinishSetup.Response {
    // Once closed, set-up stays closed, whatever is sent; only the request that closed it gets its outcome again.
    let before = try await store.first(Ceremonies.Setup(), call)
    guard before?.open == true || before?.completedBy == Data(call.id.bytes) else { return .closed }
    return try await answering(refusal: { .refused($0) }, call) { () async throws(CeremonyFailure) in
      let (state, challenge) = try open(SetupState.self, message.answer, call)
      let settings = try await stored { () async throws(ServiceFailure) in try await currentSettings(call) }
      let passkey = try verifyRegistration(message.answer, challenge, settings, call)
      let lifetime = sessionLifetime(settings)
      let (token, session) = newSession(
        spending: Base64URL.encode(challenge.bytes), amr: passkey.amr, lifetime: lifetime, call)
      let isVerified = state.emailVerified == true || settings.emailsVerified
      let user = User(firstAdministrator: state.profile, id: state.user, emailVerified: isVerified)
      var created = AuditEntry(.accountCreated, call, about: user)
      created.session = session.id
      created.data = passkey.recorded.merging(["method": "setup"]) { $1 }
      let account = created
      let complete = Ceremonies.CompleteSetup(
        challenge: spending(challenge, call), user: state.user, profile: state.profile,
        displayName: state.profile.nameToShow, emailVerified: user.emailVerified, passkey: passkey, session: session,
        accountEntry: account, signInEntry: signInEntry(of: user, session, with: passkey.name, call),
        proves: Self.guideProofs, proofSeconds: Limits.proof / .seconds(1))
      let outcome = try await stored { () async throws(ServiceFailure) in
        try await store.transaction(call) { transaction in
          _ = try await transaction.first(Users.LockAccounts())
          return try await transaction.write(complete).rows.first
        }
      }
      if outcome?.done != true {
        let after = try await stored { () async throws(ServiceFailure) in
          try await store.first(Ceremonies.Setup(), call)
        }
        guard after?.completedBy == Data(call.id.bytes) else { return after?.open == true ? .refused(.spent) : .closed }
      }
      logger.notice("set-up completed", metadata: ["user": "\(state.user)", "request": "\(call.id)"])
      return .signedIn(signedIn(user, token, lifetime))
    }
  }

  /// What the guide's steps take: a second passkey, a link for when it is lost, a link for the first person.
  private static let guideProofs: [Auth.ProofPurpose] = [.addPasskey, .oneTimeLink, .oneTimeLink]

  private func isSetupOpen(_ call: Call) async throws(ServiceFailure) -> Bool {
    try await store.first(Ceremonies.Setup(), call)?.open == true
  }
}

extension Limits {
  /// Bytes of the code for set-up, however it is typed: twelve characters with blanks between them.
  static let setupCode = 64
}

extension User {
  /// Without an address, none is verified.
  fileprivate init(firstAdministrator profile: Profile, id: UserID, emailVerified: Bool) {
    self.init(
      id: id, username: profile.username, email: profile.email, emailVerified: emailVerified && profile.email != nil,
      firstName: profile.firstName, lastName: profile.lastName, displayName: profile.nameToShow, isAdmin: true,
      locale: profile.locale, disabled: false)
  }
}

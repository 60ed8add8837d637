import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store

extension AuthService {
  func signUpStatus(
    _ message: Auth.SignUpStatus, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignUpStatus.Response {
    switch try await admission(message.link, currentSettings(call), call) {
    case .admitted: .open
    case .closed: .closed
    case .linkNeeded: .linkNeeded
    case .linkInvalid: .linkInvalid
    }
  }

  func signUp(_ message: Auth.SignUp, _ call: Call) async throws(ServiceFailure) -> Auth.SignUp.Response {
    let settings = try await currentSettings(call)
    let profile = message.profile.normalised
    // A retry of a request that signed up gets the same answer, whatever has become of the link since.
    if let repeated = try await repeatedSession(spending: Self.spending(profile), call) {
      return .signedUp(try await begun(repeated, call))
    }
    let link: SignupLinkID?
    switch try await admission(message.link, settings, call) {
    case .admitted(let found): link = found
    case .closed, .linkNeeded: return .closed
    case .linkInvalid: return .linkInvalid
    }
    var problems = profile.problems
    if profile.email == nil, settings.requireUserEmail {
      problems.append(FieldProblem("email", "required", "An e-mail address is needed."))
    }
    guard problems.isEmpty else { return .invalid(problems) }
    return try await make(profile, link, settings, call)
  }

  private func make(
    _ profile: Profile, _ link: SignupLinkID?, _ settings: ApplicationSettings, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignUp.Response {
    let user = User(
      id: UserID(tokens.uuid("\(call.id)", purpose: "user")), username: profile.username, email: profile.email,
      emailVerified: profile.email != nil && settings.emailsVerified, firstName: profile.firstName,
      lastName: profile.lastName, displayName: profile.nameToShow, isAdmin: false, locale: profile.locale,
      disabled: false)
    // RFC 8176 names how a user was authenticated, and signing up authenticates no one: no method.
    let lifetime = sessionLifetime(settings)
    let (token, session) = newSession(spending: Self.spending(profile), amr: [], lifetime: lifetime, call)
    var entry = AuditEntry(.accountCreated, call)
    entry.userID = user.id
    entry.username = user.username
    entry.session = session.id
    entry.data = link.map { ["method": "signup_link", "signupLink": "\($0)"] } ?? ["method": "open_signup"]
    let complete = SignUps.Complete(
      user: user.id, profile: profile, emailVerified: user.emailVerified, link: link,
      groups: settings.signupDefaultGroups, claims: settings.signupDefaultClaims, session: session,
      proof: firstPasskeyProof(call), entry: entry)
    let outcome = try await store.attempt(call) { transaction in
      _ = try await transaction.first(Users.LockAccounts())
      return try await transaction.write(complete).rows.first
    }
    switch outcome {
    case .success(let written):
      guard let row = written else { return .linkInvalid }
      if row.done {
        logger.notice("somebody signed up", metadata: ["user": "\(user.id)", "request": "\(call.id)"])
        return .signedUp(try await begun(signedIn(user, token, lifetime), call))
      }
      var taken: [FieldProblem] = []
      if row.usernameRetired { taken.append(Self.usernameTaken) }
      if row.emailRetired { taken.append(Self.emailTaken) }
      // Nothing else can be the cause: another request took the link's last use a moment ago, or the link just expired.
      return taken.isEmpty ? .linkInvalid : .taken(taken)
    case .failure(let broken):
      if let repeated = try await repeatedSession(spending: Self.spending(profile), call) {
        return .signedUp(try await begun(repeated, call))
      }
      return .taken([broken.name == "users_email_key" ? Self.emailTaken : Self.usernameTaken])
    }
  }

  private static let usernameTaken = FieldProblem("username", "taken", "Somebody has this username.")
  private static let emailTaken = FieldProblem("email", "taken", "Somebody has this e-mail address.")

  private static func spending(_ profile: Profile) -> String { "sign-up/\(profile.username)" }

  private enum Admission {
    /// By a link, or because anyone may sign up.
    case admitted(SignupLinkID?)
    case closed, linkNeeded, linkInvalid
  }

  private func admission(
    _ link: Secret?, _ settings: ApplicationSettings, _ call: Call
  ) async throws(ServiceFailure) -> Admission {
    guard let link, !link.isEmpty else {
      return switch settings.signupMode {
      case .open: .admitted(nil)
      case .withToken: .linkNeeded
      case .disabled: .closed
      }
    }
    // An administrator made the link for someone: it counts until it expires or is removed, whatever the sign-up mode.
    let token = ShortCode.normalised(link.exposed)
    guard token.utf8.count <= Limits.signupToken else { return .linkInvalid }
    let usable = SignupLinks.Usable(tokenHash: Data(Digest.sha256(token)))
    return try await store.first(usable, call).map { .admitted($0) } ?? .linkInvalid
  }

  /// Lets a session that began without a passkey add one: the account's first, or a replacement for a lost one.
  func firstPasskeyProof(_ call: Call) -> FirstProof {
    FirstProof(
      id: tokens.uuid("\(call.id)", purpose: "first-passkey"), purpose: .addPasskey,
      lifetimeSeconds: Limits.firstPasskey / .seconds(1))
  }
}

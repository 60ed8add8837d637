// Account/ owns what users do with their own account: profile, passkeys, sessions, proofs; and what administrators do
// with another user's passkeys and sessions.

import LatchkeyProtocol

/// `/settings/account`: needs `auth` alone, which it asks for three answers concurrently.
enum AccountPageRoutes {
  static let all: [Route] = [
    Route(.get, "/settings", .page, [.settings]) { _ in .redirect("/settings/account") },
    Route(.get, "/settings/account", .page, [.settings]) { exchange in
      let (auth, call) = (exchange.services.auth, exchange.call)
      guard call.caller.session != nil else { return exchange.toSignIn() }
      async let current = auth.send(Auth.CurrentSession(), call)
      async let own = auth.send(Auth.ListPasskeys(), call)
      async let live = auth.send(Auth.ListSessions(), call)
      guard case .signedIn(let user, _) = try await current, case .passkeys(let passkeys) = try await own,
        case .sessions(let sessions, let here) = try await live
      else { return exchange.toSignIn() }
      let settings = exchange.site.appearance.last.settings
      let page = AccountPage(
        profile: AccountPage.Profile(
          username: user.username, email: user.email, firstName: user.firstName, lastName: user.lastName,
          displayName: user.displayName),
        pictureURL: ImageAddress.picture(user), passkeys: passkeys.map { AccountPage.Passkey($0) },
        sessions: sessions.map { AccountPage.Session($0, current: $0.id == here) },
        mayEdit: settings.allowOwnAccountEdit, emailRequired: settings.requireUserEmail,
        firstSteps: await FirstStepsRoutes.card(for: user, exchange),
        emailState: user.email.map { _ in
          AccountPage.EmailState(
            isVerified: user.emailVerified, switchURL: user.isAdmin ? "/settings/admin/users/\(user.id)" : nil)
        },
        asksForProof: user.email != nil && !user.emailVerified
          && settings.emailVerification,
        codesMailedFrom: settings.emailOneTimeAccessForAll && user.email != nil ? user.codesMailedFrom : nil)
      return exchange.page(page, viewer: user)
    },
  ]
}

extension AccountPage.Passkey {
  init(_ passkey: Auth.Passkey) {
    self.init(
      id: "\(passkey.id)", name: passkey.name, provider: passkey.authenticator, synced: passkey.backupState,
      createdAt: passkey.createdAt, lastUsedAt: passkey.lastUsedAt)
  }
}

extension AccountPage.Session {
  init(_ session: Auth.Session, current: Bool) {
    self.init(
      id: "\(session.id)", current: current, createdAt: session.createdAt, lastSeenAt: session.lastSeenAt,
      ipAddress: session.address, userAgent: session.userAgent, methods: session.amr)
  }
}

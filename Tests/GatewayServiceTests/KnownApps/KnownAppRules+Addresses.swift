import GatewayService
import OIDCRules

extension KnownAppRule {
  static let addresses = [
    KnownAppRule("what is to be registered is accepted, and stands there once") { app in
      let callbacks = urls(app.redirectURIs)
      let logouts = urls(app.postLogoutRedirectURIs)
      var complaints = (callbacks + logouts).compactMap { url in
        do throws(CallbackURL.Refusal) {
          try CallbackURL.validated(url)
          return String?.none
        } catch {
          return "\(url): \(error.sentence)"
        }
      }
      complaints += [callbacks, logouts].filter { Set($0).count < $0.count }.map { "twice: \($0)" }
      if let told = app.backchannelLogoutURI.map({ urls([$0])[0] }) {
        do throws(LogoutURI.Refusal) {
          _ = try LogoutURI.validated(told, .back, isPublic: app.isPublic, callbackURLs: callbacks)
        } catch {
          complaints.append("\(told): \(error.sentence)")
        }
      }
      return complaints
    },
    KnownAppRule("an address that is typed into the app is registered") { app in
      let callbacks = app.redirectURIs.map { $0.text([:]) }
      let logouts = app.postLogoutRedirectURIs.map { $0.text([:]) }
      return app.settings.compactMap { setting in
        let value = setting.bareValue
        let back = value.firstMatch(of: /post_logout_redirect_uri=(\{app\}[^&'" ]*)/).map { String($0.output.1) }
        if let back { return logouts.contains(back) ? nil : "\(setting.key): \(back)" }
        guard value.hasPrefix("{app}") else { return nil }
        if setting.plainKey.contains("postlogout") { return logouts.contains(value) ? nil : setting.key }
        let typed = ["redirect", "callback"].contains { setting.plainKey.contains($0) }
        let other = ["logout", "signout", "host"].contains { setting.plainKey.contains($0) }
        return !typed || other || callbacks.contains(value) ? nil : setting.key
      }
    },
    KnownAppRule("an ID of ours in an address is one of the settings") { app in
      let ours = (app.redirectURIs + [app.backchannelLogoutURI].compactMap(\.self)).map { $0.text([:]) }
        .filter { $0.contains(/\/(oauth2|oidc|openid|callback|redirect|r|[a-z-]*logout)\/sso(\/|$)/) }
      let set = app.settings.contains { "\($0.key) \($0.bareValue)".lowercased().contains(/(^|[^a-z])sso($|[^a-z])/) }
      return set ? [] : ours
    },
  ]

  private static func urls(_ texts: [AppText]) -> [String] {
    // What is left open is the app's choice.
    texts.map { $0.text([.app: "https://app.example.com/sub", .clientId: "it"]).replacing("*", with: "chosen") }
  }

  static let identity = [
    KnownAppRule("what could be sub is sub, or the notes say why not") { app in
      app.settings.filter(choosesIdentity).compactMap { setting in
        switch setting.bareValue {
        case "preferred_username", "username", "email", "name", "nickname", "upn":
          app.noteText.contains(setting.key.split(separator: ".").last ?? "")
            ? nil : "\(setting.key) is not in the notes"
        case "sub", "subject":
          app.identity == .sub ? nil : "\(setting.key) is sub, and people are known by \(app.identity)"
        default: nil
        }
      }
    },
    KnownAppRule("an ID token as we sign it is accepted") { app in
      guard let accepted = app.idTokenAlgorithms else { return [] }
      let known = ["RS", "ES", "PS"].flatMap { kind in ["256", "384", "512"].map { kind + $0 } } + ["EdDSA"]
      let complaints = accepted.filter { !known.contains($0) } + (accepted.contains("RS256") ? [] : ["not RS256"])
      return complaints + (Set(accepted).count < accepted.count ? ["one of them twice"] : [])
    },
  ]

  /// Whether a setting's name is one of those under which apps choose the claim that they know people by.
  private static func choosesIdentity(_ setting: KnownApp.Setting) -> Bool {
    let key = setting.plainKey
    let names = [
      "identi", "userid", "uid", "idmap", "userclaim", "useroidcclaim", "usernameclaim", "usernamefield",
      "usernameattribute", "loginclaim", "externalid",
    ]
    return names.contains { key.contains($0) } && !key.contains("email")
  }
}

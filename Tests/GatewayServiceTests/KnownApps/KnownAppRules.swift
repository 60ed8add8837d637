import GatewayService

extension KnownAppRule {
  static let connecting = [
    KnownAppRule("a public client uses PKCE, and no other has to") { app in
      app.isPublic == (app.pkce == .required) ? [] : ["PKCE is \(app.pkce)"]
    },
    KnownAppRule("settings that switch PKCE on or off agree with what is demanded") { app in
      app.settings.filter { $0.switchesPKCE == !app.demandsPKCE }.map(\.key)
    },
    KnownAppRule("every way to set the app up names the client, its secret and the provider") { app in
      let places = app.connectingPlaces
      if places.isEmpty { return ["nothing names the client"] }
      let ways = app.isSetUpInOneOfThem ? places.map(\.settings) : [app.settings]
      return ways.flatMap { settings in
        let endpoints = settings.mention(.authorize) && settings.mention(.token)
        let provider = settings.mention(.issuer) || settings.mention(.discovery) || endpoints
        let secret = app.isPublic || settings.mention(.clientSecret)
        let place = settings.first.map { "\($0.place)" } ?? ""
        return (secret ? [] : ["no secret: \(place)"]) + (provider ? [] : ["no provider: \(place)"])
      }
    },
    KnownAppRule("where there are two ways to set the app up, the notes say that one of them does") { app in
      let kinds = Set(app.connectingPlaces.map(\.place.kind))
      return (kinds.count > 1) == app.isSetUpInOneOfThem ? [] : [kinds.sorted().joined(separator: ", ")]
    },
    KnownAppRule("two ways to set the app up set the same things") { app in
      guard app.isSetUpInOneOfThem else { return [] }
      let sets = app.connectingPlaces.map { Set($0.settings.flatMap(subjects)) }
      return Set(sets).count > 1 ? sets.map { $0.sorted().joined(separator: ", ") } : []
    },
    KnownAppRule("needsEndpoints says whether a setting takes an endpoint's address") { app in
      app.needsEndpoints == app.settings.mention(.authorize) ? [] : ["needsEndpoints is \(app.needsEndpoints)"]
    },
    KnownAppRule("no setting stands twice in one place") { app in
      app.settings.enumerated().compactMap { index, setting in
        app.settings[..<index].contains { $0.place == setting.place && $0.key == setting.key } ? setting.key : nil
      }
    },
    KnownAppRule("what stands behind oauth2-proxy says what oauth2-proxy wants") { app in
      guard app.connectingPlaces.contains(where: { $0.place == .file("oauth2-proxy.cfg") }) else { return [] }
      let leaves = app.noteText.contains("whitelist_domains") || app.settings.contains { $0.key == "whitelist_domains" }
      return (app.verifiedEmail == .needed ? [] : ["verified addresses"]) + (leaves ? [] : ["whitelist_domains"])
    },
  ]

  /// What a setting is about that both ways to set an app up have to set.
  private static func subjects(_ setting: KnownApp.Setting) -> [String] {
    ["scope", "group", "claim"].filter { setting.plainKey.contains($0) } + (setting.switchesPKCE == nil ? [] : ["PKCE"])
  }

  static let scopes = [
    KnownAppRule("groups are asked for where they are used, and nowhere else") { app in
      let asked = app.scopes.contains("groups")
      guard app.groups != nil else { return asked ? ["the scope groups is for nothing"] : [] }
      let said = ["scope", "custom claim"].contains { app.groupText.lowercased().contains($0) }
      return asked || said ? [] : ["the scope groups is missing"]
    },
    KnownAppRule("the scopes in a setting are those of the client") { app in
      let known: Set<Substring> = ["openid", "profile", "email", "groups", "offline_access"]
      return app.settings.filter { $0.plainKey.contains("scope") }.compactMap { setting in
        let words = setting.bareValue.split { !$0.isLetter && $0 != "_" }
        let named = known.intersection(words)
        let client = Set(app.scopes.map { $0[...] })
        // A setting that adds to what is asked for anyway leaves openid out.
        let fits = named.contains("openid") ? named == client : named.isSubset(of: client)
        return fits ? nil : "\(setting.key): \(named.sorted())"
      }
    },
    KnownAppRule("what people are recognised by is asked for") { app in
      let byEmail = app.identity == .email || [.email, .either].contains(app.joins)
      let email = byEmail || [.needed, .joining].contains(app.verifiedEmail)
      let username = app.identity == .username || [.username, .either].contains(app.joins)
      return (email && !app.scopes.contains("email") ? ["email"] : [])
        + (username && !app.scopes.contains("profile") ? ["profile"] : [])
    },
  ]

  static let texts = [
    KnownAppRule("notes are short sentences for the reader, without remarks of ours") { app in
      [app.noteText, app.groupText].filter { !$0.isEmpty }.flatMap { text in
        var complaints: [String] = []
        if text.first?.isLowercase == true { complaints.append("small letter: \(text.prefix(20))") }
        if text.last != "." { complaints.append("no full stop: \(text.suffix(20))") }
        if text.count > 600 { complaints.append("\(text.count) characters") }
        let remarks = text.matches(of: /\bunverified\b|memory|\b[Ss]ources?\b|to be tried|not found|n\.f\./)
        return complaints + remarks.map { "\($0.output)" }
      }
    }
  ]
}

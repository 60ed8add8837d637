import LatchkeyProtocol

/// The page of the signing keys.
enum SigningKeyPageRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/admin/signing-keys", .page, [.settings]) { exchange in
      try await exchange.forAdministrators { exchange in
        try await exchange.services.oidc.send(OIDC.ListSigningKeys(), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .keys(let keys): return exchange.page(SigningKeysPage(keys), viewer: viewer)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    }
  ]
}

extension SigningKeysPage {
  init(_ keys: OIDC.SigningKeys) {
    var names: [String] = []
    for key in keys.keys where !names.contains(key.algorithm) { names.append(key.algorithm) }
    let algorithms = names.map { name in
      Algorithm(name, signs: Self.uses[name], keys: keys.keys.filter { $0.algorithm == name }.map(Key.init))
    }
    self.init(algorithms: algorithms, rotationDays: keys.rotationDays)
  }

  /// What apps get unless they ask for something else.
  private static let uses: [String: Use] = ["RS256": .idTokens, "ES256": .accessTokens]
}

extension SigningKeysPage.Key {
  fileprivate init(_ key: OIDC.SigningKey) {
    switch key.state {
    case .next: self.init(next: key.id, publishedAt: key.publishedAt)
    case .current: self.init(current: key.id, signsFrom: key.signsFrom ?? key.publishedAt)
    case .retired:
      self.init(
        retired: key.id, retiredAt: key.retiredAt ?? key.publishedAt,
        believedUntil: key.believedUntil ?? key.publishedAt)
    }
  }
}

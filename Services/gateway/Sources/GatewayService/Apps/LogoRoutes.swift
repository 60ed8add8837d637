import LatchkeyProtocol

/// Apps' logos, for light and dark surroundings (`?light=true|false`).
enum LogoRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/clients/:id/logo", .api, [.anyOrigin, .quiet]) { exchange in
      try await ImageRoutes.show(slot(exchange), exchange)
    },
    Route(.post, "/api/oidc/clients/:id/logo", .api, [.takesFile]) { exchange in
      try await ImageRoutes.put(slot(exchange), exchange)
    },
    Route(.delete, "/api/oidc/clients/:id/logo", .api) { exchange in
      try await ImageRoutes.delete(slot(exchange), exchange)
    },
  ]

  private static func slot(_ exchange: Exchange) throws -> ImageSlot {
    .clientLogo(client: try exchange.clientID(), dark: try !exchange.wantsLight())
  }
}

extension Exchange {
  /// `light`, which defaults to true.
  func wantsLight() throws(Refusal) -> Bool {
    switch try query("light") {
    case nil, "true", "1": return true
    case "false", "0": return false
    default: throw Refusal.request("The parameter light is true or false.")
    }
  }
}

/// Logos fetched from a URL when a client is made or changed.
struct FetchedLogos: Sendable {
  private let light: String?
  private let dark: String?

  init(_ fields: inout JSONFields) {
    light = fields.text("logoUrl").flatMap { $0.isEmpty ? nil : $0 }
    dark = fields.text("darkLogoUrl").flatMap { $0.isEmpty ? nil : $0 }
  }

  private var addresses: [(address: String, dark: Bool)] {
    [light.map { ($0, false) }, dark.map { ($0, true) }].compactMap { $0 }
  }

  /// Fetches them before anything is changed: if its logo cannot be fetched, a client is not made.
  func prepare(_ exchange: Exchange) async throws {
    for (address, dark) in addresses {
      let message = Admin.PrepareLogo(address: address, dark: dark)
      switch try await exchange.services.admin.send(message, exchange.call(within: Limits.logo)) {
      case .prepared: break
      case .downloadFailed:
        throw Refusal(
          .unprocessableContent, "logo_download_failed",
          "The logo could not be fetched: only http and https addresses on the public internet are asked.")
      case .typeNotSupported:
        throw Refusal(
          .unprocessableContent, "logo_type_not_supported",
          "There is no picture at this address that is taken here. \(Refusal.picturesTaken)")
      case .tooLarge:
        throw Refusal(.unprocessableContent, "logo_too_large", "The logo is too large: at most 2 MiB are fetched.")
      case .denied(let denial): throw Refusal(denial)
      }
    }
  }

  /// Stores them, and marks them as present.
  func keep(for client: Admin.Client, _ exchange: Exchange) async throws -> Admin.Client {
    var versions = (light: client.logos?.light, dark: client.logos?.dark)
    for (_, dark) in addresses {
      let message = Admin.PutImage(slot: .clientLogo(client: client.id, dark: dark), body: .prepared)
      switch try await exchange.services.admin.send(message, exchange.call(within: Limits.answer)) {
      case .stored(let version): if dark { versions.dark = version } else { versions.light = version }
      case .refused(let problem): throw Refusal(problem)
      case .tooMany: throw Refusal.changedOften
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    }
    var client = client
    client.logos = LogoVersions(light: versions.light, dark: versions.dark)
    return client
  }
}

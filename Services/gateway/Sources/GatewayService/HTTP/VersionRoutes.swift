import Encodings
import LatchkeyProtocol
import ServiceKit

/// Which release this is: Pocket ID's members give the level of its API that is spoken, since programs written for it
/// rely on them; our own version stands beside.
enum VersionRoutes {
  static let all: [Route] = [
    Route(.get, "/api/version/current", .api) { exchange in
      switch try await exchange.services.auth.send(Auth.CurrentUser(), exchange.call) {
      case .user:
        return .json([
          "currentVersion": .string(Product.apiLevel), "latchkeyVersion": .string(Product.version),
        ])
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    // No server is ever asked for a newer release: the newest that is known here is this one.
    Route(.get, "/api/version/latest", .api) { _ in
      .json(["latestVersion": .string(Product.apiLevel), "latchkeyVersion": .string(Product.version)])
    },
  ]
}

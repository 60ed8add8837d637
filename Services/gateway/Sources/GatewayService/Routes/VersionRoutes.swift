import LatchkeyProtocol
import ServiceKit

/// Which release this is.
enum VersionRoutes {
  static let all: [Route] = [
    Route(.get, "/api/version/current", .api) { exchange in
      switch try await exchange.services.auth.currentUser(Auth.CurrentUser(), exchange.call) {
      case .user: return .json(["currentVersion": .string(Product.version)])
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    // Nobody is ever asked whether there is a newer release: the newest that is known here is this one.
    Route(.get, "/api/version/latest", .api) { _ in .json(["latestVersion": .string(Product.version)]) },
  ]
}

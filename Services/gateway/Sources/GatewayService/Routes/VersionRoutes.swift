import Hummingbird
import LatchkeyProtocol
import ServiceKit

/// Which release this is.
enum VersionRoutes {
  static let all: [Route] = [
    Route(.get, "/api/version/current", .api) { exchange in
      switch try await exchange.services.admin.listAPIKeys(
        Admin.ListAPIKeys(page: Admin.PageRequest(limit: 1)), exchange.call)
      {
      case .keys: return .json(["currentVersion": .string(Product.version)])
      case .denied(let denial): throw Refusal(denial)
      }
    },
    // Nobody is ever asked whether there is a newer release: the newest that is known here is this one.
    Route(.get, "/api/version/latest", .api) { _ in .json(["latestVersion": .string(Product.version)]) },
  ]
}

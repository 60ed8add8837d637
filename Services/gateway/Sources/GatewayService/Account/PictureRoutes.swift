import Foundation
import LatchkeyProtocol

/// People's pictures. They are public: apps show them, wherever they run.
enum PictureRoutes {
  static let all: [Route] = [
    Route(.put, "/api/users/me/profile-picture", .api, [.takesFile]) { exchange in
      try await ImageRoutes.put(nil, exchange)
    },
    Route(.delete, "/api/users/me/profile-picture", .api) { exchange in try await ImageRoutes.delete(nil, exchange) },
    Route(.put, "/api/users/:id/profile-picture", .api, [.takesFile]) { exchange in
      try await ImageRoutes.put(.person(exchange.identifier("id")), exchange)
    },
    Route(.delete, "/api/users/:id/profile-picture", .api) { exchange in
      try await ImageRoutes.delete(.person(exchange.identifier("id")), exchange)
    },
    Route(.get, "/api/users/:id/profile-picture.png", .api, [.anyOrigin, .quiet]) { exchange in
      // An unknown id gets the picture of a user without one, so the address does not reveal who has an account here.
      let id = UserID(exchange.parameter("id")) ?? UserID(UUID())
      let isSmall = try exchange.query("size") == "small"
      return try await ImageRoutes.show(.person(id), exchange, small: isSmall)
    },
  ]
}

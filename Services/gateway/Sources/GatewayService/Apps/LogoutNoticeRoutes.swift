import Encodings
import LatchkeyProtocol

/// What apps were told about ended sessions. These routes are ours; Pocket ID tells no app.
enum LogoutNoticeRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/clients/:id/logout-notices", .api) { exchange in
      let message = OIDC.GetLogoutNotices(clientID: try exchange.clientID())
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .notices(let notices): return .json(.logoutNotices(notices))
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/oidc/clients/:id/logout-notices/retry", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = OIDC.RetryLogoutNotices(clientID: try exchange.clientID())
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .retried(let count): return .json(["retried": .whole(count)])
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  /// For the client's page: nil if there is nothing to say, or if `oidc` does not answer, since the page can be read
  /// without it.
  static func part(of client: Admin.Client, _ exchange: Exchange) async -> LogoutNoticesPart? {
    let message = OIDC.GetLogoutNotices(clientID: client.id)
    guard case .notices(let notices)? = try? await exchange.services.oidc.send(message, exchange.call)
    else { return nil }
    return LogoutNoticesPart(
      waiting: notices.waiting, waitingSince: notices.waitingSince, nextAttempt: notices.nextAttempt,
      failed: notices.failed, failedAt: notices.failedAt, reason: notices.trouble?.reason.rawValue,
      detail: notices.trouble?.detail)
  }
}

extension JSONValue {
  fileprivate static func logoutNotices(_ notices: OIDC.LogoutNotices) -> JSONValue {
    [
      "isSet": .bool(notices.isSet), "waiting": .whole(notices.waiting), "waitingSince": .date(notices.waitingSince),
      "nextAttemptAt": .date(notices.nextAttempt), "failed": .whole(notices.failed),
      "failedAt": .date(notices.failedAt), "reason": .optional(notices.trouble?.reason.rawValue),
      "detail": .optional(notices.trouble?.detail), "toldAt": .date(notices.toldAt),
    ]
  }
}

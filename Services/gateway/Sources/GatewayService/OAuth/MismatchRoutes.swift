import Encodings
import LatchkeyProtocol

/// A redirect URI that is not registered: what an administrator sees of it, and registering it after all.
enum MismatchRoutes {
  static let all: [Route] = [
    Route(.post, "/api/oidc/clients/:id/callback-urls", .api) { exchange in
      var fields = try exchange.json()
      let url = fields.requiredText("url")
      try fields.check()
      let message = Admin.AddCallbackURL(clientID: try exchange.clientID(), url: url)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .added(let urls): return .json(["callbackURLs": .texts(urls)])
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .full(let limit):
        throw Refusal(.conflict, "too_many_callback_urls", "A client has \(limit) callback URLs at most.")
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    }
  ]

  /// The page for a signed-in administrator; nil for everybody else, and while the services cannot say.
  /// - Parameter parameters: those of the refused request, as they were sent.
  static func page(_ parameters: [FormField], _ exchange: Exchange) async -> Response? {
    guard exchange.call.caller.session != nil else { return nil }
    let message = OIDC.ExplainMismatch(parameters: parameters)
    guard case .mismatch(let mismatch)? = try? await exchange.services.oidc.send(message, exchange.call)
    else { return nil }
    return exchange.page(MismatchPage(mismatch, requestID: "\(exchange.call.id)"), .badRequest)
  }
}

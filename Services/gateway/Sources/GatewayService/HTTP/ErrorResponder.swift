import Encodings
import LatchkeyProtocol

/// The one place that writes errors. What leaves here is public: a status, a code, a sentence and the request's id.
struct ErrorResponder: Sendable {
  let site: Site

  /// - Parameter surface: the route's surface; for a request without a route, that of its neighbours.
  func response(_ refusal: Refusal, on surface: Surface, _ id: RequestID, _ frame: () -> PageFrame) -> Response {
    var response =
      switch surface {
      case .api, .asset: api(refusal, id)
      case .oauth: oauth(refusal)
      case .page: page(refusal, id, frame())
      }
    response.headers.complete(with: refusal.headers)
    if refusal.closes { response.headers[.connection] = "close" }
    return response
  }

  private func api(_ refusal: Refusal, _ id: RequestID) -> Response {
    var body: [String: JSONValue] = [
      "error": .string(refusal.message), "code": .string(refusal.code), "request_id": .string("\(id)"),
    ]
    body["details"] = refusal.details
    return .json(.object(body), refusal.status)
  }

  /// RFC 6749 §5.2, for requests that never reached `oidc`, or could not: `oidc` writes its own refusals.
  private func oauth(_ refusal: Refusal) -> Response {
    let error =
      switch refusal.status {
      case .serviceUnavailable, .tooManyRequests: "temporarily_unavailable"
      case .internalServerError, .gatewayTimeout: "server_error"
      default: "invalid_request"
      }
    var response = Response.json(
      ["error": .string(error), "error_description": .string(Self.permitted(refusal.message))], refusal.status)
    response.headers[.cacheControl] = "no-store"
    response.headers[.pragma] = "no-cache"
    return response
  }

  /// RFC 6749 §5.2: printable ASCII without `"` and `\`.
  private static func permitted(_ text: String) -> String {
    String(
      decoding: text.unicodeScalars.map { scalar in
        switch scalar.value {
        case 0x22: UInt8(ascii: "'")
        case 0x5C: UInt8(ascii: "/")
        case 0x20...0x7E: UInt8(scalar.value)
        default: UInt8(ascii: "?")
        }
      }, as: UTF8.self)
  }

  private func page(_ refusal: Refusal, _ id: RequestID, _ frame: PageFrame) -> Response {
    let kind: ErrorPage.Kind =
      switch refusal.status {
      case .notFound: .notFound
      case .forbidden: .forbidden
      case .tooManyRequests: .tooMany
      case .serviceUnavailable, .gatewayTimeout: .unavailable
      case .internalServerError: .broken
      default: .badRequest
      }
    let detail = refusal.status.code < 500 && refusal.status != .notFound ? refusal.message : nil
    let page = ErrorPage(refusal.page ?? kind, requestID: "\(id)", detail: detail)
    return .html(site.pages.render(page, in: frame), refusal.status)
  }
}

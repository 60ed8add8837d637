/// A response's status code (RFC 9110 §15), by the names that the registry gives.
package struct Status: Hashable, Sendable {
  package let code: Int

  package init(code: Int) { self.code = code }

  package static let ok = Status(code: 200)
  package static let created = Status(code: 201)
  package static let accepted = Status(code: 202)
  package static let noContent = Status(code: 204)
  package static let movedPermanently = Status(code: 301)
  package static let found = Status(code: 302)
  package static let seeOther = Status(code: 303)
  package static let notModified = Status(code: 304)
  package static let badRequest = Status(code: 400)
  package static let unauthorized = Status(code: 401)
  package static let forbidden = Status(code: 403)
  package static let notFound = Status(code: 404)
  package static let methodNotAllowed = Status(code: 405)
  package static let requestTimeout = Status(code: 408)
  package static let conflict = Status(code: 409)
  package static let gone = Status(code: 410)
  package static let contentTooLarge = Status(code: 413)
  package static let uriTooLong = Status(code: 414)
  package static let unsupportedMediaType = Status(code: 415)
  package static let unprocessableContent = Status(code: 422)
  package static let tooManyRequests = Status(code: 429)
  /// RFC 6585 §5.
  package static let requestHeaderFieldsTooLarge = Status(code: 431)
  package static let internalServerError = Status(code: 500)
  package static let badGateway = Status(code: 502)
  package static let serviceUnavailable = Status(code: 503)
  package static let gatewayTimeout = Status(code: 504)

  /// Whether a response of this kind has a body, even an empty one (RFC 9110 §6.4.1).
  var hasBody: Bool { code >= 200 && self != .noContent && self != .notModified }
}

package import Foundation
package import LatchkeyProtocol

extension Response {
  /// `application/json`, UTF-8.
  package static func json(_ value: JSONValue, _ status: Status = .ok) -> Response {
    bytes(JSONText.bytes(value), "application/json", status)
  }

  /// JSON that a service wrote: the options of a WebAuthn ceremony.
  package static func jsonText(_ text: String) -> Response { bytes(Array(text.utf8), "application/json", .ok) }

  package static func html(_ text: String, _ status: Status = .ok) -> Response {
    bytes(Array(text.utf8), "text/html; charset=utf-8", status)
  }

  package static func bytes(
    _ bytes: [UInt8], _ contentType: String, _ status: Status = .ok
  ) -> Response {
    Response(status: status, headers: [.contentType: contentType], body: bytes)
  }

  package static var noContent: Response { Response(status: .noContent) }

  /// - Parameter status: 302 for a GET, 303 where a POST is to be continued by a GET (RFC 9110 §15.4.4).
  package static func redirect(_ location: String, _ status: Status = .found) -> Response {
    Response(status: status, headers: [.location: location])
  }

  /// RFC 6749 §5.2; `error_description` may hold printable ASCII without `"` and `\` only.
  package static func oauthError(
    _ error: String, _ description: String, _ status: Status
  ) -> Response {
    unstored(["error": .string(error), "error_description": .string(printable(description))], status)
  }

  /// What holds a secret, or tells of one (RFC 6749 §5.1).
  ///
  /// - Parameter value: nil for an answer without a body.
  package static func unstored(_ value: JSONValue?, _ status: Status = .ok) -> Response {
    var response = value.map { json($0, status) } ?? Response(status: status)
    response.headers[.cacheControl] = "no-store"
    response.headers[.pragma] = "no-cache"
    return response
  }

  /// Text with every character that RFC 6749 §5.2 and RFC 6750 §3 forbid replaced.
  package static func printable(_ text: String) -> String {
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
}

extension JSONValue {
  package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  package static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  /// RFC 3339, UTC, whole seconds.
  package static func date(_ date: Date) -> JSONValue { .string(date.formatted(.iso8601)) }

  package static func date(_ date: Date?) -> JSONValue { date.map { .date($0) } ?? .null }

  package static func whole(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}

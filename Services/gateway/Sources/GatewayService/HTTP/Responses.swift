package import Encodings
package import Foundation
import LatchkeyProtocol

extension Response {
  /// `application/json`, UTF-8.
  package static func json(_ value: JSONValue, _ status: Status = .ok) -> Response {
    bytes(value.json(escaping: .markup), "application/json", status)
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

  /// What `oidc` finished: written as it is.
  init(_ answer: OIDC.HTTPAnswer) {
    var headers: HeaderFields = [:]
    for field in answer.fields { headers.add(named: field.name, field.value) }
    self.init(status: Status(code: answer.status), headers: headers, body: Array(answer.body))
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

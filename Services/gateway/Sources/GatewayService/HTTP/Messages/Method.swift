/// A request's method (RFC 9110 §9), as sent: methods are case-sensitive.
package struct Method: Hashable, Sendable {
  package let rawValue: String

  package init(_ rawValue: String) { self.rawValue = rawValue }

  package static let get = Method("GET")
  package static let head = Method("HEAD")
  package static let post = Method("POST")
  package static let put = Method("PUT")
  package static let patch = Method("PATCH")
  package static let delete = Method("DELETE")
  package static let options = Method("OPTIONS")
}

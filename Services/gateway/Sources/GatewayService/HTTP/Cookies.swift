import Foundation
package import LatchkeyProtocol

/// The names of our cookies. If `APP_URL` is https they carry `__Host-`: browsers then accept them only from this exact
/// host, over TLS and for every path, so a neighbouring subdomain cannot plant one (RFC 6265bis §4.1.3.2).
package struct CookieNames: Sendable {
  package let session: String
  package let browser: String
  /// The prefix of the names of further cookies that say the same (`Front.bind`).
  package let browserPrefix: String
  let prefix: String

  package init(isSecure: Bool) {
    prefix = isSecure ? "__Host-" : ""
    session = prefix + "access_token"
    browser = prefix + "browser"
    browserPrefix = browser + "-"
  }
}

/// What a passkey ceremony is for.
package enum CeremonyKind: String, Sendable, CaseIterable {
  case signIn = "sign-in"
  case proof
  case passkey
  case setup
}

/// The cookies that came with a request.
package struct Cookies: Sendable {
  private let values: [String: String]

  /// Of two cookies with the same name the first counts: browsers send the one with the longer path first, and all of
  /// ours have the path `/`.
  package init(_ headers: HeaderFields) {
    var values: [String: String] = [:]
    for line in headers[values: .cookie] {
      for pair in line.utf8.split(separator: UInt8(ascii: ";")) {
        let pair = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let name = pair[..<equals]
        // Other programs on this host may choose any names.
        guard name.count <= Limits.name, let name = String(name) else { continue }
        if values[name] == nil { values[name] = String(pair[pair.index(after: equals)...]) }
      }
    }
    self.values = values
  }

  /// The names with this prefix, in a stable order.
  package func names(beginning prefix: String) -> [String] {
    values.keys.filter { $0.utf8.starts(with: prefix.utf8) }.sorted()
  }

  /// The bytes that each takes in the header.
  var sizes: [(name: String, bytes: Int)] { values.map { ($0.key, Self.bytes($0.key, $0.value)) } }

  /// The bytes that a cookie takes in the header: name, value, and what separates them from the next (RFC 6265 §4.2.1).
  static func bytes(_ name: String, _ value: String) -> Int { name.utf8.count + value.utf8.count + 3 }

  /// The beginning of a value, for cookies that hold a word.
  package subscript(name: String) -> String? { values[name]?.prefix(bytes: Limits.name) }

  /// The value as an opaque token: nil where it is absent, or longer or other than anything we ever set.
  package func token(_ name: String) -> Secret? {
    guard let value = values[name], !value.isEmpty, value.utf8.count <= 4096,
      value.utf8.allSatisfy({ (0x21...0x7E).contains($0) && ![0x22, 0x2C, 0x3B, 0x5C].contains($0) })
    else { return nil }
    return Secret(value)
  }
}

/// A cookie to be set: always HttpOnly, SameSite=Lax, for every path, and Secure where the site is.
package struct SetCookie: Sendable {
  private let name: String
  private let value: Secret
  private let maxAge: Int
  private let isSecure: Bool

  package init(_ name: String, _ value: Secret, maxAge: Int, isSecure: Bool) {
    self.name = name
    self.value = value
    self.maxAge = maxAge
    self.isSecure = isSecure
  }

  package var header: String {
    // Expires says the same as Max-Age, for the few clients that know only the older attribute.
    let expires = maxAge > 0 ? Date(timeIntervalSinceNow: Double(maxAge)) : Date(timeIntervalSince1970: 0)
    return
      "\(name)=\(value.exposed); Path=/; Max-Age=\(max(0, maxAge)); Expires=\(HTTPDate.text(expires)); HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "")
  }
}

extension Response {
  package mutating func set(_ cookie: SetCookie) { headers.add(.setCookie, cookie.header) }
}

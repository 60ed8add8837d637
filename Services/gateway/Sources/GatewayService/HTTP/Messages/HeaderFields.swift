import NIOHTTP1

/// The name of a header field (RFC 9110 §5.1). All that are read or written are listed here, so that a typo does not
/// compile.
package struct HeaderName: Hashable, Sendable {
  let text: String

  private init(_ text: String) { self.text = text }

  package static let accept = HeaderName("Accept")
  package static let acceptLanguage = HeaderName("Accept-Language")
  package static let accessControlAllowHeaders = HeaderName("Access-Control-Allow-Headers")
  package static let accessControlAllowMethods = HeaderName("Access-Control-Allow-Methods")
  package static let accessControlAllowOrigin = HeaderName("Access-Control-Allow-Origin")
  package static let accessControlExposeHeaders = HeaderName("Access-Control-Expose-Headers")
  package static let accessControlMaxAge = HeaderName("Access-Control-Max-Age")
  package static let allow = HeaderName("Allow")
  package static let apiKey = HeaderName("X-API-Key")
  package static let authorization = HeaderName("Authorization")
  package static let cacheControl = HeaderName("Cache-Control")
  package static let connection = HeaderName("Connection")
  package static let contentLength = HeaderName("Content-Length")
  package static let contentSecurityPolicy = HeaderName("Content-Security-Policy")
  package static let contentType = HeaderName("Content-Type")
  package static let cookie = HeaderName("Cookie")
  package static let crossOriginOpenerPolicy = HeaderName("Cross-Origin-Opener-Policy")
  package static let crossOriginResourcePolicy = HeaderName("Cross-Origin-Resource-Policy")
  package static let date = HeaderName("Date")
  package static let eTag = HeaderName("ETag")
  package static let expect = HeaderName("Expect")
  package static let forwarded = HeaderName("Forwarded")
  package static let forwardedFor = HeaderName("X-Forwarded-For")
  package static let forwardedHost = HeaderName("X-Forwarded-Host")
  package static let forwardedProto = HeaderName("X-Forwarded-Proto")
  package static let host = HeaderName("Host")
  package static let ifNoneMatch = HeaderName("If-None-Match")
  package static let location = HeaderName("Location")
  package static let origin = HeaderName("Origin")
  package static let permissionsPolicy = HeaderName("Permissions-Policy")
  package static let pragma = HeaderName("Pragma")
  package static let realIP = HeaderName("X-Real-IP")
  package static let referrerPolicy = HeaderName("Referrer-Policy")
  package static let requestID = HeaderName("X-Request-ID")
  package static let retryAfter = HeaderName("Retry-After")
  package static let secFetchMode = HeaderName("Sec-Fetch-Mode")
  package static let secFetchSite = HeaderName("Sec-Fetch-Site")
  package static let setCookie = HeaderName("Set-Cookie")
  package static let strictTransportSecurity = HeaderName("Strict-Transport-Security")
  package static let transferEncoding = HeaderName("Transfer-Encoding")
  package static let userAgent = HeaderName("User-Agent")
  package static let via = HeaderName("Via")
  package static let xContentTypeOptions = HeaderName("X-Content-Type-Options")
}

/// The header fields of a message (RFC 9110 §5), in their order.
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
  private(set) var fields: HTTPHeaders

  init(_ fields: HTTPHeaders) { self.fields = fields }

  package init(dictionaryLiteral elements: (HeaderName, String)...) {
    fields = HTTPHeaders()
    for (name, value) in elements { add(name, value) }
  }

  /// The value of the first field of this name. Setting it replaces every one of them; nil removes them.
  package subscript(name: HeaderName) -> String? {
    get { fields.first(name: name.text) }
    set {
      if let newValue {
        fields.replaceOrAdd(name: name.text, value: Self.line(newValue))
      } else {
        fields.remove(name: name.text)
      }
    }
  }

  /// The values of all fields of this name.
  package subscript(values name: HeaderName) -> [String] { fields[name.text] }

  /// Adds a field to those of the same name.
  package mutating func add(_ name: HeaderName, _ value: String) { add(named: name.text, value) }

  /// The same with a name that a service wrote.
  mutating func add(named name: String, _ value: String) { fields.add(name: name, value: Self.line(value)) }

  /// Sets each of these fields.
  package mutating func set(_ others: HeaderFields) {
    for (name, value) in others.fields { fields.replaceOrAdd(name: name, value: value) }
  }

  /// Sets those of these fields that are not present yet.
  package mutating func complete(with others: HeaderFields) {
    for (name, value) in others.fields where !fields.contains(name: name) { fields.add(name: name, value: value) }
  }

  /// A value without what would end the line or the field (RFC 9110 §5.5), so that outside input stays in its place.
  private static func line(_ value: String) -> String {
    let isControl = { (byte: UInt8) in byte < 0x20 && byte != 0x09 || byte == 0x7F }
    guard value.utf8.contains(where: isControl) else { return value }
    return String(decoding: value.utf8.map { isControl($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }
}

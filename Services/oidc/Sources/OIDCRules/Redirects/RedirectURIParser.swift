import Encodings

/// The parser behind `RedirectURI`: RFC 3986 §3, minus everything that browsers, proxies and libraries read
/// differently.
enum RedirectURIParser {
  /// Schemes that run, read or show something in the browser instead of returning to an app (RFC 9700 §4.1.3 leaves the
  /// list to us). Those for sockets, mail and names cannot carry a response either.
  static let forbiddenSchemes: Set<String> = [
    "about", "blob", "chrome", "chrome-extension", "data", "edge", "file", "filesystem", "ftp", "ftps", "intent",
    "jar", "javascript", "livescript", "mailto", "moz-extension", "resource", "sms", "tel", "urn", "vbscript",
    "view-source", "ws", "wss",
  ]

  /// RFC 3986 §2.2, §2.3 and the `%` of §2.1; `#` is caught earlier.
  private static let punctuation = Set("-._~:/?[]@!$&'()*+,;=%".utf8)

  private static let schemePunctuation = Set("+-.".utf8)

  static func parse(_ text: String) throws(RedirectURIRefusal) -> RedirectURI {
    let bytes = Array(text.utf8)
    try checkCharacters(bytes)
    var rest = bytes[...]
    let scheme = try takeScheme(&rest)
    let isHTTP = scheme == "http" || scheme == "https"

    var host: RedirectURI.Host?
    var port: Int?
    if rest.starts(with: Array("//".utf8)) {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
      (host, port) = try authority(rest[..<end], isHTTP: isHTTP)
      rest = rest[end...]
    } else if isHTTP {
      // RFC 9110 §4.2.1: browsers read `https:evil` and `https:/evil` as `https://evil`.
      throw .missingAuthority
    }
    if isHTTP, host == nil { throw .emptyHost }

    let question = rest.firstIndex(of: UInt8(ascii: "?"))
    let path = rest[..<(question ?? rest.endIndex)]
    try checkPath(path)
    return RedirectURI(
      text: text, scheme: scheme, host: host, port: port, path: string(path),
      query: question.map { string(rest[($0 + 1)...]) })
  }

  private static func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

  private static func checkCharacters(_ bytes: [UInt8]) throws(RedirectURIRefusal) {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= Limits.redirectURI else { throw .tooLong }
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x00...0x20, 0x7F: throw .controlCharacter
      case 0x80...0xFF: throw .nonASCII
      case UInt8(ascii: "#"): throw .fragment  // RFC 6749 §3.1.2
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.count, let high = Hexadecimal.value(bytes[index + 1]),
          let low = Hexadecimal.value(bytes[index + 2])
        else { throw .malformedEscape }
        // An escaped control character is never needed here and can upset logs, headers and C strings behind us.
        let decoded = high << 4 | low
        if decoded < 0x20 || decoded == 0x7F { throw .controlCharacter }
      default:
        // The backslash is refused here with `"<>^`{|}`: browsers read it as a slash.
        guard isAlphanumeric(byte) || punctuation.contains(byte) else {
          throw .illegalCharacter(string(CollectionOfOne(byte)))
        }
      }
    }
  }

  /// RFC 3986 §3.1.
  private static func takeScheme(_ rest: inout ArraySlice<UInt8>) throws(RedirectURIRefusal) -> String {
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let first = rest.first, isLetter(first) else {
      throw .missingScheme
    }
    let name = rest[..<colon]
    guard name.allSatisfy({ isAlphanumeric($0) || schemePunctuation.contains($0) }) else { throw .missingScheme }
    rest = rest[(colon + 1)...]
    let scheme = string(name).lowercased()
    guard !forbiddenSchemes.contains(scheme) else { throw .forbiddenScheme(scheme) }
    return scheme
  }

  /// RFC 3986 §3.2 without userinfo and without escapes.
  private static func authority(
    _ bytes: ArraySlice<UInt8>, isHTTP: Bool
  ) throws(RedirectURIRefusal) -> (RedirectURI.Host?, Int?) {
    // CVE-2026-28512: `https://good.example@evil.example/`.
    guard !bytes.contains(UInt8(ascii: "@")) else { throw .userinfo }
    guard !bytes.contains(UInt8(ascii: "%")) else { throw .escapeInAuthority }
    // `app.immich:///callback`: an empty authority is ordinary for an app's own scheme.
    if bytes.isEmpty, !isHTTP { return (nil, nil) }
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .malformedHost }
      let literal = string(bytes[(bytes.startIndex + 1)..<close])
      guard IPAddress.isIPv6(literal) else { throw .malformedHost }
      return (.ipv6(literal), try port(bytes[(close + 1)...]))
    }
    let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    let name = string(bytes[..<colon])
    guard !name.isEmpty else { throw .emptyHost }
    return (try host(name), try port(bytes[colon...]))
  }

  private static func port(_ bytes: ArraySlice<UInt8>) throws(RedirectURIRefusal) -> Int? {
    guard let colon = bytes.first else { return nil }
    let digits = bytes.dropFirst()
    guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.first != UInt8(ascii: "0"),
      digits.allSatisfy(isDigit), let port = Int(string(digits)), port <= 65535
    else { throw .malformedPort }
    return port
  }

  /// A DNS name (letters, digits, hyphens; underscores as container names have them), or an IPv4 address in the one
  /// spelling that all parsers read alike. A last label that begins with a digit makes WHATWG parsers read an address
  /// (`127.1`, `0x7f000001`), so it has to be one.
  private static func host(_ name: String) throws(RedirectURIRefusal) -> RedirectURI.Host {
    if IPAddress.isIPv4(name) { return .ipv4(name) }
    guard name.utf8.count <= 254 else { throw .malformedHost }
    var labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // A trailing dot (the DNS root) is another spelling of a host: legal, and matched as the different string it is.
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    for label in labels {
      guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-"),
        label.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
      else { throw .malformedHost }
    }
    if let last = labels.last?.first, isDigit(last) { throw .malformedHost }
    return .name(name)
  }

  private static func checkPath(_ path: ArraySlice<UInt8>) throws(RedirectURIRefusal) {
    for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      // Brackets stand only around an IPv6 address (RFC 3986 §3.2.2).
      guard !segment.contains(UInt8(ascii: "[")), !segment.contains(UInt8(ascii: "]")) else { throw .malformedPath }
      // RFC 3986 §5.2.4: browsers resolve these before they navigate, escaped or not.
      let plain = string(segment).lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
        .joined(separator: ".")
      guard plain != ".", plain != ".." else { throw .dotSegment }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
}

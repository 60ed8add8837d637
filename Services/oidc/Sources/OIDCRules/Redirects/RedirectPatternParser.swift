/// The parser behind `RedirectPattern`. With every star replaced by something harmless, the text must be a redirect URI
/// to our own strict parser, so that a pattern allows nothing that an exact callback URL could not say.
enum RedirectPatternParser {
  private static let slash = UInt8(ascii: "/")
  private static let colon = UInt8(ascii: ":")

  static func parse(_ text: String) throws(RedirectPatternRefusal) -> RedirectPattern.Parts {
    let bytes = Array(text.utf8)
    guard let schemeEnd = bytes.firstIndex(of: colon) else { throw .malformed(.missingScheme) }
    let scheme = Array(bytes[..<schemeEnd])
    // Lower case only: browsers write it that way, and there is one spelling fewer to consider.
    guard let sample = ["https", "http"].first(where: { Glob.matches(scheme, Array($0.utf8)) }) else {
      // The sample of an app's own scheme is the text itself: any other error in it is reported first.
      if !scheme.contains(Glob.star) { try checkSample(text) }
      throw scheme.contains(Glob.star) ? .malformed(.missingScheme) : .privateUseScheme
    }
    var rest = bytes[(schemeEnd + 1)...]
    guard rest.starts(with: [slash, slash]) else { throw .malformed(.missingAuthority) }
    rest = rest.dropFirst(2)
    let authorityEnd = rest.firstIndex { $0 == slash || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let authority = rest[..<authorityEnd]
    // CVE-2026-28512. The sample's parser refuses it too; here it cannot even be looked for in the wrong place.
    guard !authority.contains(UInt8(ascii: "@")) else { throw .malformed(.userinfo) }
    rest = rest[authorityEnd...]
    let question = rest.firstIndex(of: UInt8(ascii: "?"))
    let path = Array(rest[..<(question ?? rest.endIndex)])
    let query = question.map { Array(rest[($0 + 1)...]) }

    let (host, port) = split(Array(authority))
    let parts = RedirectPattern.Parts(
      scheme: scheme, host: labels(host), port: port, path: segments(path), query: query.map { parameters($0) })
    try checkStars(parts)
    // In place of a label, a segment or a value, "x" is harmless; in a port, "1". Neither completes an escape: "%2*" is
    // not one.
    try checkSample(
      "\(sample)://\(replaced(Array(authority), port == nil ? nil : authority.count - (port?.count ?? 0)))"
        + replaced(path, nil) + (query.map { "?" + replaced($0, nil) } ?? ""))
    return parts
  }

  private static func checkSample(_ text: String) throws(RedirectPatternRefusal) {
    do { _ = try RedirectURI(parsing: text) } catch { throw .malformed(error) }
  }

  private static func checkStars(_ parts: RedirectPattern.Parts) throws(RedirectPatternRefusal) {
    let single = [parts.scheme] + parts.host + [parts.port ?? []] + (parts.query ?? []).map { $0.value ?? [] }
    guard !single.contains(where: hasGlobstar),
      !parts.path.contains(where: { hasGlobstar($0) && $0 != Glob.globstar })
    else { throw .globstar }
    guard !(parts.query ?? []).contains(where: { $0.name.contains(Glob.star) }) else { throw .queryName }
    // RFC 3986 §3.2.2: the text between brackets is an address, which has no labels.
    if parts.host.first?.first == UInt8(ascii: "["), parts.host.contains(where: { $0.contains(Glob.star) }) {
      throw .malformed(.malformedHost)
    }
  }

  private static func hasGlobstar(_ text: [UInt8]) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == Glob.star && $1 == Glob.star }
  }

  /// - Parameter digits: where stars begin to stand for digits.
  private static func replaced(_ bytes: [UInt8], _ digits: Int?) -> String {
    let plain = bytes.enumerated().map { index, byte in
      guard byte == Glob.star else { return byte }
      return index >= digits ?? bytes.count ? UInt8(ascii: "1") : UInt8(ascii: "x")
    }
    return String(decoding: plain, as: UTF8.self)
  }

  private static func split(_ authority: [UInt8]) -> (host: [UInt8], port: [UInt8]?) {
    let end = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
    guard let colon = authority[end...].firstIndex(of: colon) else { return (authority, nil) }
    return (Array(authority[..<colon]), Array(authority[(colon + 1)...]))
  }

  static func labels(_ host: [UInt8]) -> [[UInt8]] {
    host.first == UInt8(ascii: "[")
      ? [host] : host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
  }

  /// What follows each slash of a path that begins with one, or is empty.
  static func segments(_ path: [UInt8]) -> [[UInt8]] {
    path.split(separator: slash, omittingEmptySubsequences: false).dropFirst().map { Array($0) }
  }

  static func parameters(_ query: [UInt8]) -> [RedirectPattern.Parts.Parameter] {
    query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { piece in
      let equals = piece.firstIndex(of: UInt8(ascii: "="))
      return RedirectPattern.Parts.Parameter(
        name: Array(piece[..<(equals ?? piece.endIndex)]), value: equals.map { Array(piece[($0 + 1)...]) })
    }
  }
}

import LatchkeyProtocol

/// Reads who a request says it is. Claims only: the services resolve them.
struct CallerReader: Sendable {
  let names: CookieNames

  struct Reading: Sendable {
    var caller: Caller
    /// Whether a token or key came in a header, which no other site can make a browser send.
    var bringsHeaderToken: Bool
  }

  /// - Parameter surface: the JSON API takes session tokens in `Authorization`; on OAuth endpoints that header is
  ///   the client's or the access token's, and not ours to read.
  func caller(_ headers: HeaderFields, _ cookies: Cookies, _ address: String, _ surface: Surface) -> Reading {
    let key = headers[.apiKey]?.prefix(bytes: Limits.headerWords).nonEmpty.map { Secret($0) }
    let bearer = surface == .api ? headers[.authorization].flatMap(Self.bearer) : nil
    let session = cookies.token(names.session)
    var caller = Caller(
      address: address, userAgent: headers[.userAgent] ?? "",
      languages: Self.languages(headers[.acceptLanguage] ?? ""))
    let bringsHeaderToken = key != nil || bearer != nil
    // A request with a token in a header skips the origin check, so its cookies must not count.
    caller.session = bringsHeaderToken ? bearer : session
    caller.apiKey = key
    caller.browsers = browsers(cookies)
    return Reading(caller: caller, bringsHeaderToken: bringsHeaderToken)
  }

  /// The browser's own cookie first: what begins now is bound to it.
  private func browsers(_ cookies: Cookies) -> [Secret] {
    var found: [Secret] = []
    for name in [names.browser] + cookies.names(beginning: names.browserPrefix) where found.count < Caller.mostBrowsers
    {
      guard let token = cookies.token(name), token.exposed.utf8.count == 43, !found.contains(token) else { continue }
      found.append(token)
    }
    return found
  }

  /// RFC 6750 §2.1; the scheme's name is case-insensitive.
  private static func bearer(_ header: String) -> Secret? {
    guard header.prefix(bytes: 7).lowercased() == "bearer " else { return nil }
    return String(header.dropFirst(7).drop { $0 == " " }).nonEmpty.map { Secret($0) }
  }

  /// RFC 9110 §12.5.4: tags by weight, the wildcard left out.
  static func languages(_ header: String) -> [String] {
    header.prefix(bytes: Limits.headerWords).split(separator: ",").prefix(Limits.languages * 2).enumerated()
      .compactMap { index, range -> (tag: String, weight: Double, index: Int)? in
        let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard let tag = parts.first, tag != "*", tag.utf8.count <= 35,
          tag.utf8.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 == 0x2D || (0x30...0x39).contains($0) }
          )
        else { return nil }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        return weight > 0 ? (tag, weight, index) : nil
      }
      .sorted { ($1.weight, $0.index) < ($0.weight, $1.index) }
      .prefix(Limits.languages).map(\.tag)
  }
}

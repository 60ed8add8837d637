import Encodings

extension RedirectURI {
  /// The address with parameters added to its query, which is retained (RFC 6749 §3.1.2). Those without a value are
  /// left out.
  public func adding(_ parameters: [(String, String?)]) -> String {
    let added = parameters.compactMap { name, value in value.map { "\(name)=\(Percent.encode($0))" } }
    guard !added.isEmpty else { return text }
    let joint =
      switch query {
      case nil: "?"
      case "": ""
      case .some(let query): query.hasSuffix("&") ? "" : "&"
      }
    return text + joint + added.joined(separator: "&")
  }
}

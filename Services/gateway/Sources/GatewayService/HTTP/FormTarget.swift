internal import Foundation

/// A redirect URI as the policy of the page that posts to it names it.
package enum FormTarget {
  /// The address as a source expression (Content Security Policy Level 3 §2.3.1): without its query, which is no part of
  /// one, and with the two characters escaped that end a directive.
  ///
  /// Of numeric addresses the grammar knows `127.0.0.1` alone, and a name with an underscore is none: there the scheme
  /// has to do. An address that cannot be read is no source at all.
  package static func source(_ url: String) -> String {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme, ["http", "https"].contains(scheme),
      let host = parts.encodedHost, !host.isEmpty
    else { return "'none'" }
    guard host == "127.0.0.1" || isName(host) else { return "\(scheme):" }
    let port = parts.port.map { ":\($0)" } ?? ""
    let path = parts.percentEncodedPath.replacing(";", with: "%3B").replacing(",", with: "%2C")
    return "\(scheme)://\(host)\(port)\(path)"
  }

  private static func isName(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.last?.first?.isNumber == false
      && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } }
  }
}

import Encodings
internal import Foundation

/// How a client authenticates at the token endpoint (RFC 6749 §2.3).
public enum ClientAuthenticationMethod: String, Sendable, Hashable, Codable, CaseIterable {
  case clientSecretBasic = "client_secret_basic"
  case clientSecretPost = "client_secret_post"
  case none
}

/// What a client presented: an id, and a secret that has not been checked yet. Prints without the secret.
public struct PresentedCredentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  public let clientID: String
  public let method: ClientAuthenticationMethod
  /// As presented, for the one comparison that is made outside of these rules.
  public let secret: String?

  public var description: String { "\(clientID) by \(method.rawValue)" }
  public var customMirror: Mirror { Mirror(self, children: ["clientID": clientID, "method": method.rawValue]) }

  /// Reads exactly one method from a request. The same secret in both header and body counts as the header's: apps do
  /// this, and there is nothing to choose between.
  /// - Parameters:
  ///   - authorization: every `Authorization` header, as received.
  /// - Throws: `invalid_request` for two methods or none at all, `invalid_client` for one that cannot be read.
  public static func read(authorization: [String], form: FormParameters) throws(OAuthError) -> PresentedCredentials {
    let bodyID = try bounded(form.oauthValue("client_id"), Limits.clientID, "client_id")
    let bodySecret = try bounded(form.oauthValue("client_secret"), Limits.clientSecret, "client_secret")
    let assertion = try form.oauthValue("client_assertion")
    let assertionType = try form.oauthValue("client_assertion_type")
    let usesAssertion = assertion != nil || assertionType != nil

    guard authorization.count <= 1 else { throw OAuthError(.invalidRequest, "There are two Authorization headers.") }
    // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
    guard !usesAssertion || authorization.isEmpty && bodySecret == nil else {
      throw twoMethods
    }
    guard !usesAssertion else {
      // RFC 6749 §5.2: "unsupported authentication method".
      throw OAuthError(.invalidClient, "Client assertions are not supported.")
    }
    if let header = authorization.first {
      guard bodySecret == nil || BasicCredentials.isScheme(of: header) else { throw twoMethods }
      let (id, secret) = try BasicCredentials.read(header)
      // RFC 6749 §3.2.1 lets a client name itself in the body; libraries do so alongside Basic when they use PKCE.
      guard bodyID == nil || bodyID == id else {
        throw OAuthError(.invalidRequest, "The client_id in the body is not the one in the Authorization header.")
      }
      // Compared by bytes: Swift's == takes canonically equivalent strings for equal.
      guard bodySecret.map({ $0.utf8.elementsEqual(secret.utf8) }) ?? true else { throw twoMethods }
      // RFC 6749 §2.3.1: an empty secret is no secret. A public client's library may still send `id:`.
      return PresentedCredentials(
        clientID: id, method: secret.isEmpty ? .none : .clientSecretBasic, secret: secret.isEmpty ? nil : secret)
    }
    guard let bodyID else {
      throw OAuthError(.invalidClient, "The request names no client.")
    }
    return PresentedCredentials(
      clientID: bodyID, method: bodySecret == nil ? .none : .clientSecretPost, secret: bodySecret)
  }

  private static var twoMethods: OAuthError {
    OAuthError(.invalidRequest, "The client used more than one authentication method.")
  }

  /// The same with every space of the secret turned back into a plus, if it came by Basic: a client that omits the form
  /// encoding (RFC 6749 §2.3.1) has its pluses read as spaces. Nil when that changes nothing.
  public var withPluses: PresentedCredentials? {
    guard method == .clientSecretBasic, let secret, secret.utf8.contains(UInt8(ascii: " ")) else { return nil }
    return PresentedCredentials(clientID: clientID, method: method, secret: secret.replacing(" ", with: "+"))
  }

  private static func bounded(_ value: String?, _ limit: Int, _ name: String) throws(OAuthError) -> String? {
    guard let value else { return nil }
    guard value.utf8.count <= limit else {
      throw OAuthError(.invalidRequest, "The parameter '\(name)' is longer than \(limit) bytes.")
    }
    return value
  }
}

/// HTTP Basic as OAuth uses it (RFC 7617, RFC 6749 §2.3.1): base64 of two form-encoded halves.
enum BasicCredentials {
  /// RFC 9110 §11.1: the scheme's name is case-insensitive.
  static func isScheme(of header: String) -> Bool {
    String(decoding: header.utf8.prefix(6), as: UTF8.self).lowercased() == "basic "
  }

  static func read(_ header: String) throws(OAuthError) -> (id: String, secret: String) {
    guard header.utf8.count <= 4 * (Limits.clientID + Limits.clientSecret) + 16 else {
      throw OAuthError(.invalidClient, "The Authorization header is too long.")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, isScheme(of: header) else {
      throw OAuthError(.invalidClient, "The Authorization header is not of the Basic scheme.")
    }
    guard let decoded = Data(base64Encoded: String(parts[1])),
      let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
    else {
      throw OAuthError(.invalidClient, "The Authorization header is not base64 of an id, a colon and a secret.")
    }
    let id: String
    let secret: String
    do {
      id = try Percent.decode(decoded[..<colon], plusIsSpace: true)
      secret = try Percent.decode(decoded[(colon + 1)...], plusIsSpace: true)
    } catch {
      throw OAuthError(.invalidClient, "The id and the secret in the Authorization header have to be form-encoded.")
    }
    guard !id.isEmpty, id.utf8.count <= Limits.clientID, secret.utf8.count <= Limits.clientSecret else {
      throw OAuthError(.invalidClient, "The id or the secret in the Authorization header is empty or too long.")
    }
    return (id, secret)
  }
}

public import Encodings

/// A protocol-defined refusal: what OAuth 2.0 and OpenID Connect let us say, and how to say it.
public struct OAuthError: Error, Sendable, Hashable, Codable {
  /// The registered codes that we send.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    // RFC 6749 §4.1.2.1 and §5.2
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case invalidScope = "invalid_scope"
    case accessDenied = "access_denied"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    // OpenID Connect Core §3.1.2.6
    case loginRequired = "login_required"
    case consentRequired = "consent_required"
    case accountSelectionRequired = "account_selection_required"
    case requestNotSupported = "request_not_supported"
    case requestURINotSupported = "request_uri_not_supported"
    // OpenID Connect Core Error Code unmet_authentication_requirements 1.0
    case unmetAuthenticationRequirements = "unmet_authentication_requirements"
    // RFC 6750 §3.1
    case invalidToken = "invalid_token"
    case insufficientScope = "insufficient_scope"
  }

  /// How an error that is not redirected is sent.
  public enum Answer: String, Sendable, Hashable, Codable {
    /// RFC 6749 §5.2: JSON, 400.
    case plain
    /// RFC 6749 §5.2: JSON, 401 with `WWW-Authenticate: Basic`.
    case basicChallenge
    /// RFC 6750 §3: 401 (or 403 for `insufficient_scope`, 400 for `invalid_request`) with `WWW-Authenticate: Bearer`.
    case bearerChallenge
  }

  public let code: Code
  /// One public sentence, in only the characters that RFC 6749 §5.2 allows: text from a request cannot break out of a
  /// header or a JSON string.
  public let description: String
  public let answer: Answer

  /// An `invalid_client` is always a challenge: RFC 6749 §5.2 asks for it if the header was used, and a client that did
  /// not use it loses nothing by learning which scheme would work.
  public init(_ code: Code, _ description: String, answer: Answer? = nil) {
    self.code = code
    self.description = Self.permitted(description)
    self.answer = answer ?? (code == .invalidClient ? .basicChallenge : .plain)
  }

  /// For anything wrong with a client and its secret: an attacker who guesses learns nothing from the reason.
  public static let wrongClient = OAuthError(
    .invalidClient, "The client is unknown, or its secret is wrong, expired or missing.")

  /// RFC 6749 §5.2: `error_description` is %x20-21 / %x23-5B / %x5D-7E.
  private static func permitted(_ text: String) -> String {
    var bytes = text.unicodeScalars.prefix(Limits.errorDescription).map { scalar -> UInt8 in
      switch scalar.value {
      case 0x22: UInt8(ascii: "'")
      case 0x5C: UInt8(ascii: "/")
      case 0x20...0x7E: UInt8(scalar.value)
      default: UInt8(ascii: "?")
      }
    }
    if text.unicodeScalars.count > Limits.errorDescription {
      bytes.replaceSubrange((bytes.count - 3)..., with: Array("...".utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The body of RFC 6749 §5.2.
  public var body: JSONValue { ["error": .string(code.rawValue), "error_description": .string(description)] }
}

extension OAuthError {
  /// How a client sees a refused form: always `invalid_request`.
  public init(_ refusal: FormRefusal) {
    let sentence =
      switch refusal {
      case .tooLarge: "The request is larger than \(Limits.form) bytes."
      case .tooManyParameters: "The request has more than \(Limits.formParameters) parameters."
      case .nameTooLong: "A parameter name is longer than \(Limits.parameterName) bytes."
      case .valueTooLong(let name, let limit): "The parameter '\(name)' is longer than \(limit) bytes."
      case .duplicate(let name): "The parameter '\(name)' was sent more than once."
      case .controlCharacter: "The request has a control character."
      }
    self.init(.invalidRequest, sentence)
  }
}

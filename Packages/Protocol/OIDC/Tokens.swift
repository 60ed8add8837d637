extension OIDC {
  /// RFC 6749 §3.2: a token request as it arrived.
  public struct ExchangeToken: ServiceRequest {
    public static let method: MethodName = "oidc.exchangeToken/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      /// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3: the members of the answer.
      case issued(JSONValue)
      case refused(Refusal)
    }

    public var form: [FormField]
    /// The `Authorization` header, whole.
    public var authorization: Secret?

    public init(form: [FormField], authorization: Secret?) {
      self.form = form
      self.authorization = authorization
    }
  }

  /// OpenID Connect Core §5.3: the claims about the person whom an access token stands for.
  public struct UserInfo: ServiceRequest {
    public static let method: MethodName = "oidc.userInfo/1"
    public static let replay = Replay.read
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      case claims(JSONValue)
      case refused(Refusal)
    }

    /// The access token; nil when none was sent.
    public var token: Secret?

    public init(token: Secret?) { self.token = token }
  }

  /// OpenID Connect Discovery §4, RFC 8414 §3: one document for both.
  public struct Metadata: ServiceRequest {
    public static let method: MethodName = "oidc.metadata/1"
    public static let replay = Replay.read
    public typealias Response = JSONValue

    public init() {}
  }

  /// RFC 7517 §5: the public keys.
  public struct Keys: ServiceRequest {
    public static let method: MethodName = "oidc.keys/1"
    public static let replay = Replay.read
    public typealias Response = JSONValue

    public init() {}
  }
}

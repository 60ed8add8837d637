public import Encodings

extension OIDC {
  /// RFC 6749 §3.2: a token request as it arrived.
  public struct ExchangeToken: ServiceRequest {
    public static let method: MethodName = "oidc.exchangeToken/2"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document
    public typealias Response = HTTPAnswer

    public var request: ClientRequest

    public init(_ request: ClientRequest) { self.request = request }
  }

  /// A request to an endpoint that authenticates clients.
  public struct ClientRequest: Codable, Sendable, Equatable {
    public var form: [FormField]
    /// Every `Authorization` header, whole.
    public var authorization: [Secret]
    /// The URL had a query too.
    public var hasQuery: Bool

    public init(form: [FormField], authorization: [Secret] = [], hasQuery: Bool = false) {
      self.form = form
      self.authorization = authorization
      self.hasQuery = hasQuery
    }
  }

  /// OpenID Connect Core §5.3: the claims about the person whom an access token stands for.
  public struct UserInfo: ServiceRequest {
    public static let method: MethodName = "oidc.userInfo/2"
    public static let replay = Replay.read
    public static let longestText = TextBound.document
    public typealias Response = HTTPAnswer

    /// Every `Authorization` header, whole.
    public var authorization: [Secret]
    /// Empty if no form was posted.
    public var form: [FormField]

    public init(authorization: [Secret], form: [FormField] = []) {
      self.authorization = authorization
      self.form = form
    }
  }

  /// OpenID Connect Discovery §4, RFC 8414 §3: one document for both.
  public struct Metadata: ServiceRequest {
    public static let method: MethodName = "oidc.metadata/2"
    public static let replay = Replay.read
    public typealias Response = HTTPAnswer

    public var paths: EndpointPaths

    public init(_ paths: EndpointPaths) { self.paths = paths }
  }

  /// Where the gateway has the endpoints: paths that begin with a slash.
  public struct EndpointPaths: Codable, Sendable, Equatable {
    public var authorization: String
    public var token: String
    public var userInfo: String
    public var introspection: String
    public var revocation: String
    public var endSession: String
    public var keys: String

    public init(
      authorization: String, token: String, userInfo: String, introspection: String, revocation: String,
      endSession: String, keys: String
    ) {
      self.authorization = authorization
      self.token = token
      self.userInfo = userInfo
      self.introspection = introspection
      self.revocation = revocation
      self.endSession = endSession
      self.keys = keys
    }
  }

  /// RFC 7517 §5: the public keys.
  public struct Keys: ServiceRequest {
    public static let method: MethodName = "oidc.keys/2"
    public static let replay = Replay.read
    public typealias Response = HTTPAnswer

    public init() {}
  }
}

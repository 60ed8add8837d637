import Encodings

extension OIDC {
  /// RFC 7662 §2.1: an introspection request, as received.
  public struct Introspect: ServiceRequest {
    public static let method: MethodName = "oidc.introspect/2"
    public static let replay = Replay.read
    public static let longestText = TextBound.document
    public typealias Response = HTTPAnswer

    public var request: ClientRequest

    public init(_ request: ClientRequest) { self.request = request }
  }

  /// RFC 7009 §2.1: a client revokes a token, as received.
  public struct Revoke: ServiceRequest {
    public static let method: MethodName = "oidc.revoke/2"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document
    public typealias Response = HTTPAnswer

    public var request: ClientRequest

    public init(_ request: ClientRequest) { self.request = request }
  }
}

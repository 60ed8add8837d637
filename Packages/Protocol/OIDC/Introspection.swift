extension OIDC {
  /// RFC 7662 §2.1: a question about a token, as it arrived.
  public struct Introspect: ServiceRequest {
    public static let method: MethodName = "oidc.introspect/1"
    public static let replay = Replay.read
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      /// RFC 7662 §2.2: the members of the answer.
      case answer(JSONValue)
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

  /// RFC 7009 §2.1: a client takes a token back, as it arrived.
  public struct Revoke: ServiceRequest {
    public static let method: MethodName = "oidc.revoke/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      /// The token is of no use any more, or never was of any.
      case done
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
}

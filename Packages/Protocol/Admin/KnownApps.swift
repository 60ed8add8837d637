extension Admin {
  /// Which known app a client was made from, for the page that shows how to connect it.
  public struct GetKnownApp: ServiceRequest {
    public static let method: MethodName = "admin.getKnownApp/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      /// The app's id in the list of known apps; nil for a client of no known app.
      case app(String?)
      case notFound
      case denied(Denial)
    }

    public var clientID: String

    public init(clientID: String) { self.clientID = clientID }
  }

  /// Records which known app a client is, or that it is none.
  public struct SetKnownApp: ServiceRequest {
    public static let method: MethodName = "admin.setKnownApp/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case noted
      case invalid([FieldProblem])
      case notFound
      case denied(Denial)
    }

    public var clientID: String
    /// 1 to 64 lower-case letters, digits and hyphens; the page that asks checks whether the list has it.
    public var app: String?

    public init(clientID: String, app: String?) {
      self.clientID = clientID
      self.app = app
    }
  }

  /// Registers one more callback URL exactly as given: the URL that an app was seen to request. Needs a proof for
  /// `redirectURI`, or an API key.
  public struct AddCallbackURL: ServiceRequest {
    public static let method: MethodName = "admin.addCallbackURL/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      /// All that are registered now, in order. Adding one that is already there is not an error.
      case added([String])
      case invalid([FieldProblem])
      /// The client holds `limit` callback URLs already.
      case full(limit: Int)
      case notFound
      case denied(Denial)
    }

    public var clientID: String
    public var url: String

    public init(clientID: String, url: String) {
      self.clientID = clientID
      self.url = url
    }
  }
}

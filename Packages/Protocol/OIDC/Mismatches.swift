public import Encodings

extension OIDC {
  /// Explains to a signed-in administrator why an authorization request's redirect URI was refused: what arrived, and
  /// how the registered ones differ. No one else may see any of it. Writes nothing.
  public struct ExplainMismatch: ServiceRequest {
    public static let method: MethodName = "oidc.explainMismatch/1"
    public static let replay = Replay.read
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      case mismatch(Mismatch)
      /// The request was refused for another reason, or would not be refused for this one any more.
      case otherwise
      /// The caller is not a signed-in administrator.
      case denied
    }

    public var parameters: [FormField]

    public init(parameters: [FormField]) { self.parameters = parameters }
  }

  /// A redirect URI that is not registered, beside those that are.
  public struct Mismatch: Codable, Sendable, Equatable {
    public var clientID: String
    public var clientName: String
    /// As it was sent; nil when the request named none.
    public var arrived: Arrived?
    /// The registered ones, the nearest first.
    public var registered: [Registered]

    public init(clientID: String, clientName: String, arrived: Arrived?, registered: [Registered]) {
      self.clientID = clientID
      self.clientName = clientName
      self.arrived = arrived
      self.registered = registered
    }
  }

  public struct Arrived: Codable, Sendable, Equatable {
    public var url: String
    /// The URL cut where it differs from the nearest that is registered.
    public var pieces: [Piece]
    /// Empty where the address has none.
    public var host: String
    /// One of the registered URLs has the same host.
    public var hostIsRegistered: Bool
    /// Why it may not be registered: a sentence; nil when it may.
    public var refusal: String?

    public init(url: String, pieces: [Piece], host: String, hostIsRegistered: Bool, refusal: String?) {
      self.url = url
      self.pieces = pieces
      self.host = host
      self.hostIsRegistered = hostIsRegistered
      self.refusal = refusal
    }
  }

  public struct Registered: Codable, Sendable, Equatable {
    public var pieces: [Piece]
    public var differences: [Difference]

    public init(pieces: [Piece], differences: [Difference]) {
      self.pieces = pieces
      self.differences = differences
    }
  }

  /// A stretch of an address. One that differs and is empty says that the other address has something more here.
  public struct Piece: Codable, Sendable, Equatable {
    public var text: String
    public var differs: Bool

    public init(_ text: String, differs: Bool) {
      self.text = text
      self.differs = differs
    }
  }

  /// In which part two addresses differ.
  public enum Difference: String, Codable, Sendable, Equatable, CaseIterable {
    case scheme
    case host
    case port
    case path
    case trailingSlash
    case letterCase
    case query
  }
}

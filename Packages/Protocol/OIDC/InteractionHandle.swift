import Encodings

extension OIDC {
  /// How a browser continues an unfinished authorization: the id of a row, or the request itself, sealed. It is part of
  /// our URLs and grants nothing: only the browser that it was given to may use it.
  public enum InteractionHandle: Codable, Sendable, Hashable, CustomStringConvertible {
    case stored(InteractionID)
    /// As `oidc` sealed it: base64url characters. Nothing is stored for a browser in which no user has signed in.
    case carried(String)

    /// Bytes of a carried one: as part of a URL in a `Location` header it leaves room in the 4 KiB that proxies allow
    /// for all headers of a response.
    public static let longestCarried = 1600

    /// Nil when it is neither.
    public init?(_ text: String) {
      if let id = InteractionID(text) {
        self = .stored(id)
      } else if !text.isEmpty, text.utf8.count <= Self.longestCarried, text.utf8.allSatisfy(Base64URL.contains) {
        self = .carried(text)
      } else {
        return nil
      }
    }

    public var description: String {
      switch self {
      case .stored(let id): "\(id)"
      case .carried(let text): text
      }
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      guard let handle = Self(try container.decode(String.self)) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is no interaction's handle.")
      }
      self = handle
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(description)
    }
  }
}

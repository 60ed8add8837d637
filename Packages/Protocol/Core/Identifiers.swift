public import Foundation

/// An identifier that knows what it identifies: a session's cannot be passed where a user's is expected.
/// It encodes as the bare UUID.
public struct Identifier<Entity>: Hashable, Codable, Sendable, CustomStringConvertible {
  public let uuid: UUID

  public init(_ uuid: UUID) { self.uuid = uuid }

  /// Parses the textual form (8-4-4-4-12 hexadecimal digits, any case).
  public init?(_ text: String) {
    guard let uuid = UUID(uuidString: text) else { return nil }
    self.init(uuid)
  }

  public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(UUID.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(uuid)
  }

  /// Lower-case text: the form used in URLs, tokens and WebAuthn user handles.
  public var description: String { uuid.uuidString.lowercased() }
}

public typealias UserID = Identifier<User>
public typealias SessionID = Identifier<Auth.Session>
public typealias PasskeyID = Identifier<Auth.Passkey>
public typealias InteractionID = Identifier<OIDC.Interaction>
public typealias ClientSecretID = Identifier<Admin.ClientSecret>
public typealias GroupID = Identifier<GroupSummary>
public typealias APIKeyID = Identifier<Admin.APIKey>
public typealias SignupLinkID = Identifier<Admin.SignupLink>

import Encodings

/// RegistrationResponseJSON (§5.1.8) as received: decoded and bounded, but not yet trusted.
///
/// `authenticatorData`, `publicKey` and `publicKeyAlgorithm`, which browsers add for convenience, are not read: the
/// attestation object has them, and one source cannot disagree with itself.
public struct AuthenticatorAttestationResponse: Sendable {
  /// The credential's id as the client reports it.
  public let id: [UInt8]
  public let transports: [String]
  /// `platform` or `cross-platform`, if the client said so.
  public let attachment: String?
  public let discoverable: Bool?
  package let clientDataJSON: [UInt8]
  package let attestationObject: [UInt8]

  /// - Parameter json: the body as received, up to 128 KiB.
  public init(json: [UInt8]) throws(Refusal) {
    let reader = try ResponseReader(json)
    id = reader.id
    attachment = reader.attachment
    discoverable = reader.discoverable
    // Step 3: a response with these two is an AuthenticatorAttestationResponse.
    clientDataJSON = try reader.bytes("clientDataJSON", atMost: Limit.clientData, else: .clientDataTooLarge)
    attestationObject = try reader.bytes("attestationObject", atMost: Limit.attestationObject)
    transports = try Self.transports(reader.response["transports"])
  }

  /// §5.2.1 getTransports(): short names, unknown ones kept, sorted and unique. Anything that cannot be one is dropped,
  /// since it is only a hint.
  private static func transports(_ value: JSONValue?) throws(Refusal) -> [String] {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else { throw .responseMemberInvalid }
    var names: Set<String> = []
    for item in items {
      guard let name = item.string else { throw .responseMemberInvalid }
      let letters = name.utf8
      guard (1...Limit.transportName).contains(letters.count), names.count < Limit.transports,
        letters.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
      else { continue }
      names.insert(name)
    }
    return names.sorted()
  }
}

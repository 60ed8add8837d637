/// AuthenticationResponseJSON (§5.1.8) as received: decoded and bounded, but not yet trusted.
public struct AuthenticatorAssertionResponse: Sendable {
  /// The credential's id, to look up its record.
  public let id: [UInt8]
  /// The handle that a discoverable credential carries, of any length; nil if the client sent none, or an empty one: a
  /// handle has 1 to 64 bytes (§5.4.3), and some versions of Safari give no bytes for a credential that carries none.
  public let userHandle: [UInt8]?
  /// `platform` or `cross-platform`, if the client said so.
  public let attachment: String?
  package let clientDataJSON: [UInt8]
  package let authenticatorData: [UInt8]
  package let signature: [UInt8]

  /// - Parameter json: the body as received, up to 128 KiB.
  public init(json: [UInt8]) throws(Refusal) {
    let reader = try ResponseReader(json)
    id = reader.id
    attachment = reader.attachment
    // Step 3: a response with these three is an AuthenticatorAssertionResponse.
    clientDataJSON = try reader.bytes("clientDataJSON", atMost: Limit.clientData, else: .clientDataTooLarge)
    authenticatorData = try reader.bytes("authenticatorData", atMost: Limit.authenticatorData)
    signature = try reader.bytes("signature", atMost: Limit.signature)
    let handle = try reader.optionalBytes("userHandle", atMost: Limit.response)
    userHandle = handle?.isEmpty == true ? nil : handle
  }
}

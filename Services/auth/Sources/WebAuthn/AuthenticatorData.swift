/// Authenticator data (§6.1) as received.
package struct AuthenticatorData: Sendable {
  /// The flags byte (§6.1). Bits reserved for future use are ignored, as the specification says.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// UP: the user was present.
    package static let userPresent = Flags(rawValue: 1 << 0)
    /// UV: the user was verified.
    package static let userVerified = Flags(rawValue: 1 << 2)
    /// BE: the credential may be backed up.
    package static let backupEligible = Flags(rawValue: 1 << 3)
    /// BS: the credential is backed up.
    package static let backedUp = Flags(rawValue: 1 << 4)
    /// AT: attested credential data follows.
    package static let attestedCredential = Flags(rawValue: 1 << 6)
    /// ED: extension data follows.
    package static let extensions = Flags(rawValue: 1 << 7)
  }

  /// Attested credential data (§6.5.1).
  package struct AttestedCredential: Sendable {
    let aaguid: AAGUID
    let id: [UInt8]
    let key: COSEKey
    /// The key's bytes as they stood in the authenticator data.
    let encodedKey: [UInt8]
  }

  let bytes: [UInt8]
  let rpIDHash: [UInt8]
  let flags: Flags
  let signCount: UInt32
  let attestedCredential: AttestedCredential?

  /// The length without attested credential or extension data.
  private static let fixedLength = 37

  package init(_ bytes: [UInt8]) throws(Refusal) {
    guard bytes.count >= Self.fixedLength else { throw .authenticatorDataTruncated }
    self.bytes = bytes
    rpIDHash = Array(bytes[0..<32])
    flags = Flags(rawValue: bytes[32])
    signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
    var position = Self.fixedLength
    attestedCredential =
      flags.contains(.attestedCredential) ? try AttestedCredential(bytes, position: &position) : nil
    if flags.contains(.extensions) {
      // §6.1: extension data is a CBOR map from identifiers to outputs. We ask for none that the authenticator answers
      // here; what it adds unasked is parsed, to find its end, and otherwise ignored.
      guard position < bytes.count else { throw .extensionsInvalid }
      var reader = CBORReader(bytes, at: position)
      guard let outputs = try reader.next().entries,
        outputs.keys.allSatisfy({ if case .text = $0 { true } else { false } })
      else { throw .extensionsInvalid }
      position = reader.position
    }
    guard position == bytes.count else { throw .authenticatorDataTrailing }
  }
}

extension AuthenticatorData.AttestedCredential {
  /// §6.5.1: the model, the length of the credential's id, the id, and the key, whose end only CBOR tells.
  fileprivate init(_ bytes: [UInt8], position: inout Int) throws(Refusal) {
    guard bytes.count - position >= 18, let aaguid = AAGUID(bytes[position..<position + 16]) else {
      throw .authenticatorDataTruncated
    }
    self.aaguid = aaguid
    let length = Int(bytes[position + 16]) << 8 | Int(bytes[position + 17])
    position += 18
    guard bytes.count - position >= length else { throw .authenticatorDataTruncated }
    id = Array(bytes[position..<position + length])
    position += length
    var reader = CBORReader(bytes, at: position)
    key = try COSEKey(try reader.next())
    encodedKey = Array(bytes[position..<reader.position])
    position = reader.position
  }
}

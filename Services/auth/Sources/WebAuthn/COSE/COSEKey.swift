/// A COSE_Key (RFC 9052 §7) as received: a map whose algorithm is known, and nothing else.
/// `VerificationKey` is what the checks make of it.
package struct COSEKey: Sendable {
  /// The members' labels (RFC 9053 §7, RFC 8230 §4).
  enum Label {
    static let keyType = 1
    static let algorithm = 3
    static let curve = -1
    static let x = -2
    static let y = -3
    static let modulus = -1
    static let exponent = -2
    static let ellipticPrivatePart = -4
    static let rsaPrivateParts = -12 ... -3
  }

  /// Key types (IANA COSE Key Types).
  enum KeyType {
    static let octetPair = 1
    static let elliptic = 2
    static let rsa = 3
  }

  let members: CBORMap
  /// The algorithm's number, whether or not it is one of ours.
  package let algorithm: Int

  package init(_ value: CBOR) throws(Refusal) {
    // §6.5.1.1: credentialPublicKey has to name its algorithm.
    guard let members = value.entries, let algorithm = members[Label.algorithm]?.integer else {
      throw .keyMalformed
    }
    self.members = members
    self.algorithm = algorithm
  }

  package init(encoded: [UInt8]) throws(Refusal) {
    try self.init(try CBORReader.decode(encoded))
  }

  /// §7.1 step 20: the algorithm, if it is among those offered.
  package func algorithm(among offered: [Algorithm]) throws(Refusal) -> Algorithm {
    guard let known = Algorithm(rawValue: algorithm), offered.contains(known) else { throw .algorithmNotOffered }
    return known
  }

  func bytes(_ label: Int) throws(Refusal) -> [UInt8] {
    guard let bytes = members[label]?.byteString else { throw .keyMalformed }
    return bytes
  }

  func integer(_ label: Int) throws(Refusal) -> Int {
    guard let integer = members[label]?.integer else { throw .keyMalformed }
    return integer
  }

  /// §6.5.1.1: a key holds what its type requires and no optional member, least of all its private part.
  func requireOnly(_ labels: [Int], privateParts: ClosedRange<Int>) throws(Refusal) {
    for key in members.keys {
      guard case .integer(let label) = key else { throw .keyMemberUnexpected }
      if labels.contains(label) { continue }
      if privateParts.contains(label) { throw .keyHasPrivatePart }
      throw .keyMemberUnexpected
    }
  }
}

/// The parts of a certificate that we read ourselves: the bytes that are signed, and parts that libcrypto accepts and
/// writes again although they are malformed.
struct CertificateFrame {
  /// The TBSCertificate in DER, as it came.
  let signedBytes: [UInt8]
  let signature: [UInt8]

  /// - Parameter der: one element in strict DER. Nil if it is not a certificate (RFC 5280 §4.1).
  init?(_ der: [UInt8]) {
    typealias Tag = DER.Tag
    guard var members = DERReader(der[...]).sequence(), let signed = members.next(), signed.tag == Tag.sequence,
      members.next(Tag.sequence) != nil, let signature = Self.wholeBytes(members.next(Tag.bitString)), members.isAtEnd
    else { return nil }
    var parts = DERReader(signed.content)
    // Version 1 is the default, and then not written (X.690 §11.5).
    if let version = parts.next(0xa0), version.elementsEqual([Tag.integer, 1, 0]) { return nil }
    // The serial number is not negative (RFC 5280 §4.1.2.2).
    guard let serial = parts.next(Tag.integer)?.first, serial < 0x80 else { return nil }
    // Algorithm, issuer, validity and subject come before the key.
    for _ in 0..<4 {
      guard parts.next(Tag.sequence) != nil else { return nil }
    }
    guard let key = parts.next(Tag.sequence) else { return nil }
    var keyParts = DERReader(key)
    guard keyParts.next(Tag.sequence) != nil, Self.wholeBytes(keyParts.next(Tag.bitString)) != nil else { return nil }
    signedBytes = Array(signed.encoded)
    self.signature = signature
  }

  /// The bytes of a BIT STRING without unused bits: keys and signatures are whole bytes.
  private static func wholeBytes(_ bits: ArraySlice<UInt8>?) -> [UInt8]? {
    bits?.first == 0 ? bits.map { Array($0.dropFirst()) } : nil
  }
}

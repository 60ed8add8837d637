/// What a certificate's subject may do for others (RFC 5280 §4.2.1.9).
package enum BasicConstraints: Sendable, Equatable {
  /// - Parameter pathLength: how many authorities may follow on the way to the last certificate; nil for any number.
  case authority(pathLength: Int?)
  case noAuthority
}

extension Certificate {
  /// The basic constraints; nil when the certificate says nothing about them.
  ///
  /// - Throws: `malformed`.
  package func basicConstraints() throws(CertificateFailure) -> BasicConstraints? {
    guard let found = self[[2, 5, 29, 19]] else { return nil }
    guard DER.isOneElement(found.value), var members = DERReader(found.value[...]).sequence() else { throw .malformed }
    // False is the default, which is not written.
    let authority = members.next(DER.Tag.boolean)
    guard authority?.first != 0 else { throw .malformed }
    let length = members.next(DER.Tag.integer)
    guard members.isAtEnd else { throw .malformed }
    guard authority != nil else { return .noAuthority }
    guard let length else { return .authority(pathLength: nil) }
    // No path length needs more than four bytes, and none is negative.
    guard length.count <= 4, let first = length.first, first < 0x80 else { throw .malformed }
    return .authority(pathLength: length.reduce(0) { $0 << 8 | Int($1) })
  }

  /// Whether the key usage (RFC 5280 §4.2.1.3) has keyCertSign; nil when the certificate has no key usage.
  ///
  /// - Throws: `malformed`.
  package func mayUseKeyToSignCertificates() throws(CertificateFailure) -> Bool? {
    guard let found = self[[2, 5, 29, 15]] else { return nil }
    var reader = DERReader(found.value[...])
    guard DER.isOneElement(found.value), let bits = reader.next(DER.Tag.bitString), let unused = bits.first else {
      throw .malformed
    }
    let usage = Array(bits.dropFirst())
    guard let last = usage.last else { return false }
    // X.690 §11.2.2: a list of named bits, of which there are nine, ends with one that is set.
    guard usage.count * 8 - Int(unused) <= 9, last & (1 << unused) != 0 else { throw .malformed }
    // Bit 5, counted from the top.
    return usage[0] & 0x04 != 0
  }
}

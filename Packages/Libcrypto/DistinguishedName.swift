internal import CLibcrypto

/// A subject's or an issuer's name (RFC 5280 §4.1.2.4), equal to another if their bytes in DER are: RFC 5280 §7.1 also
/// treats other spellings as equal, but an authority uses one throughout.
package struct DistinguishedName: Sendable, Hashable {
  /// The name in DER.
  package let der: [UInt8]
  private let attributes: [Attribute]

  private struct Attribute: Hashable {
    let type: OID
    /// Nil for a value that is not text, or not valid text of its own type.
    let text: String?
  }

  /// The only value of an attribute as text; nil when there is none, more than one, or one that is not a UTF8String,
  /// PrintableString or IA5String.
  package func text(of type: OID) -> String? {
    let found = attributes.filter { $0.type == type }
    return found.count == 1 ? found[0].text : nil
  }

  /// - Parameter x509Name: an `X509_NAME`.
  init(x509Name: OpaquePointer?) throws(CertificateFailure) {
    var start: UnsafePointer<UInt8>?
    var length = 0
    guard X509_NAME_get0_der(x509Name, &start, &length) == 1 else { throw .malformed }
    der = Array(UnsafeBufferPointer(start: start, count: length))
    var attributes: [Attribute] = []
    for place in 0..<max(0, X509_NAME_entry_count(x509Name)) {
      let entry = X509_NAME_get_entry(x509Name, place)
      guard let type = X509_NAME_ENTRY_get_object(entry), let value = X509_NAME_ENTRY_get_data(entry) else {
        throw .malformed
      }
      attributes.append(Attribute(type: OID(type), text: Self.text(ASN1_STRING_type(value), contents(of: value))))
    }
    self.attributes = attributes
  }

  private static func text(_ type: CInt, _ bytes: [UInt8]) -> String? {
    switch type {
    case V_ASN1_UTF8STRING: String(validating: bytes, as: UTF8.self)
    case V_ASN1_PRINTABLESTRING where bytes.allSatisfy(printable.contains),
      V_ASN1_IA5STRING where bytes.allSatisfy({ $0 < 0x80 }):
      String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  /// X.680 §41.4.
  private static let printable = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?".utf8)
}

/// The part of CBOR (RFC 8949) that WebAuthn uses, as received.
///
/// Tags, floating-point numbers, `undefined` and other simple values are left out: CTAP 2 forbids tags, and no
/// structure of WebAuthn holds the others.
package indirect enum CBOR: Equatable, Sendable {
  case unsigned(UInt64)
  /// The value −1 − n, which may be below what a 64-bit integer holds.
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBOR])
  case map(CBORMap)
  case bool(Bool)
  case null

  /// The integer, if it is one and fits.
  package var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .negative(let value): Int(exactly: value).map { -1 - $0 }
    default: nil
    }
  }

  package var byteString: [UInt8]? {
    if case .bytes(let value) = self { value } else { nil }
  }

  package var textString: String? {
    if case .text(let value) = self { value } else { nil }
  }

  package var items: [CBOR]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var entries: CBORMap? {
    if case .map(let value) = self { value } else { nil }
  }
}

/// A map's key: an integer or a text, as everywhere in WebAuthn, compared by its bytes.
package enum CBORKey: Hashable, Sendable {
  case integer(Int)
  case text([UInt8])
}

/// A CBOR map without duplicate keys.
package struct CBORMap: Equatable, Sendable {
  package private(set) var values: [CBORKey: CBOR] = [:]

  package subscript(label: Int) -> CBOR? { values[.integer(label)] }
  package subscript(name: String) -> CBOR? { values[.text(Array(name.utf8))] }
  package var count: Int { values.count }
  package var keys: Set<CBORKey> { Set(values.keys) }

  mutating func insert(_ value: CBOR, for key: CBORKey) throws(Refusal) {
    guard values.updateValue(value, forKey: key) == nil else { throw .cborDuplicateKey }
  }
}

// The soft authenticator: makes WebAuthn registrations and assertions as hardware would, and every wrong one on demand.
//
// It shares no code with the WebAuthn library that it tests: it has its own CBOR, base64url and JSON, so that a mistake
// in the library's cannot hide itself. Each part (client data, authenticator data, key, statement) is a value whose
// fields a test may change; bytes and signatures are made last, so that a change is signed like a valid one.

/// CBOR to be written: in the order given, and with whatever a test puts into `raw`.
package indirect enum SoftCBOR: Sendable {
  case int(Int)
  case bytes([UInt8])
  case text(String)
  case array([SoftCBOR])
  case map([(key: SoftCBOR, value: SoftCBOR)])
  case bool(Bool)
  case raw([UInt8])

  package var encoded: [UInt8] {
    switch self {
    case .int(let value):
      value >= 0 ? Self.head(0, UInt64(value)) : Self.head(1, UInt64(-1 - value))
    case .bytes(let value): Self.head(2, UInt64(value.count)) + value
    case .text(let value): Self.head(3, UInt64(value.utf8.count)) + Array(value.utf8)
    case .array(let items): Self.head(4, UInt64(items.count)) + items.flatMap(\.encoded)
    case .map(let entries):
      Self.head(5, UInt64(entries.count)) + entries.flatMap { $0.key.encoded + $0.value.encoded }
    case .bool(let value): [value ? 0xf5 : 0xf4]
    case .raw(let bytes): bytes
    }
  }

  /// A map's value by its integer label; setting nil removes it, setting a new one adds it at the end.
  package subscript(label: Int) -> SoftCBOR? {
    get { value { if case .int(label) = $0 { true } else { false } } }
    set { replace(.int(label), newValue) { if case .int(label) = $0 { true } else { false } } }
  }

  /// A map's value by its name.
  package subscript(name: String) -> SoftCBOR? {
    get { value { if case .text(name) = $0 { true } else { false } } }
    set { replace(.text(name), newValue) { if case .text(name) = $0 { true } else { false } } }
  }

  private func value(_ matches: (SoftCBOR) -> Bool) -> SoftCBOR? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { matches($0.key) }?.value
  }

  private mutating func replace(_ key: SoftCBOR, _ value: SoftCBOR?, _ matches: (SoftCBOR) -> Bool) {
    guard case .map(var entries) = self else { return }
    let place = entries.firstIndex { matches($0.key) }
    switch (place, value) {
    case (let place?, let value?): entries[place].value = value
    case (let place?, nil): entries.remove(at: place)
    case (nil, let value?): entries.append((key, value))
    case (nil, nil): break
    }
    self = .map(entries)
  }

  /// An item's first bytes: major type and argument in its shortest form.
  package static func head(_ major: UInt8, _ argument: UInt64) -> [UInt8] {
    let type = major << 5
    let (code, width): (UInt8, Int) =
      switch argument {
      case 0..<24: (UInt8(argument), 0)
      case 0...0xff: (24, 1)
      case 0...0xffff: (25, 2)
      case 0...0xffff_ffff: (26, 4)
      default: (27, 8)
      }
    return [type | code] + (0..<width).reversed().map { UInt8(truncatingIfNeeded: argument >> (UInt64($0) * 8)) }
  }
}

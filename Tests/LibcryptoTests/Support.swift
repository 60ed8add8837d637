import CLibcrypto
import Foundation
import Libcrypto
import TestKit
import Testing

/// Calls, and checks that nothing is left in the thread's queue of errors.
func leavingNoErrors<Value>(_ call: () throws -> Value, at location: SourceLocation = #_sourceLocation) rethrows
  -> Value
{
  ERR_clear_error()
  defer { #expect(ERR_peek_error() == 0, sourceLocation: location) }
  return try call()
}

/// Leaves an error behind in the thread's queue, as a careless caller would.
func leaveError() {
  var start: UnsafePointer<UInt8>?
  #expect(d2i_X509(nil, &start, 0) == nil && ERR_peek_error() != 0)
}

/// Every input that differs from this one in one bit.
func flips(of bytes: [UInt8]) -> some Sequence<[UInt8]> {
  (0..<bytes.count * 8).lazy.map { place in
    var flipped = bytes
    flipped[place / 8] ^= 1 << UInt8(place % 8)
    return flipped
  }
}

/// Every beginning of this one, the empty one too.
func beginnings(of bytes: [UInt8]) -> some Sequence<[UInt8]> {
  bytes.indices.lazy.map { Array(bytes[..<$0]) }
}

/// An element of BER whose length is indefinite, in place of the outermost one of DER with two bytes of length.
func indefinite(_ der: [UInt8]) -> [UInt8] {
  [der[0], 0x80] + der[4...] + [0, 0]
}

/// The same element with a length of more bytes than it needs.
func longLength(_ der: [UInt8]) -> [UInt8] {
  [der[0], 0x83, 0x00] + der[2...]
}

extension SplitMix {
  /// Bytes changed, removed, repeated and inserted, some at a time.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...below(4) {
      guard !result.isEmpty else { break }
      let place = below(result.count)
      switch below(4) {
      case 0: result[place] = UInt8(below(256))
      case 1: result.remove(at: place)
      case 2: result.insert(UInt8(below(256)), at: place)
      default: result.insert(contentsOf: result[place..<min(result.count, place + below(40))], at: place)
      }
    }
    return result
  }
}

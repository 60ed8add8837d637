// Encodings owns the spellings of values that more than one program reads or writes: base64url, hexadecimal, percent
// and form encoding, JSON, IP addresses and networks; and comparison in constant time. Bytes in, values out.
//
// It must not know: sockets, SQL, messages, cryptography, the clock. It depends on nothing but the standard library, so
// that the pure rules (WebAuthn, OIDCRules) may use it.
//
// Every reader is strict: one spelling for one value wherever the specification allows it, and a limit on everything
// that an attacker can make long. Where callers need different limits, the one reader takes a named parameter.

extension Collection<UInt8> {
  /// The bytes in one piece: without a copy where they are in one piece already. The loops over them stay free of
  /// generics, which cost a call per byte across modules.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
  }
}

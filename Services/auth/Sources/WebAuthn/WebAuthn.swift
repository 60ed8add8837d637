// WebAuthn: the relying party's side of W3C Web Authentication Level 3, as values and pure functions.
//
// It owns:      the options handed to a browser, the parsing of what comes back, and every verification step of the
//               two ceremonies (§7.1 registration, §7.2 authentication). A file per chapter; each check carries its
//               step's number and name.
// It must not:  read a clock, make randomness, open anything, log, or know users, sessions, HTTP or SQL. The time,
//               the random source and the stored credential are passed in. Single use of a challenge, its purpose
//               and its expiry are the caller's, since only the store can decide "exactly once".
//
// Every input has two types: as received (`AuthenticatorAttestationResponse`, `CollectedClientData`,
// `AuthenticatorData`, `COSEKey`), which parsing makes, and as checked (`CheckedClientData`, `VerificationKey`,
// `NewCredential`, `Assertion`), which only the checks make and which later steps require.

import Encodings

/// Bounds on all input. What a real authenticator sends is far below each of them.
package enum Limit {
  /// A whole response in JSON, in bytes. Attestation with a certificate chain stays under 16 KiB.
  static let response = 128 * 1024
  /// `clientDataJSON`, in bytes. The specification's own examples stay under 400.
  static let clientData = 8 * 1024
  /// `attestationObject`, in bytes.
  static let attestationObject = 64 * 1024
  /// `authenticatorData` of an assertion, in bytes.
  static let authenticatorData = 16 * 1024
  /// A signature, in bytes. RSA with 4096 bits makes 512.
  static let signature = 1024
  /// A credential id, in bytes: §7.1 step 25.
  static let credentialID = 1023
  /// A user handle, in bytes: §5.4.3.
  static let userHandle = 64
  /// Certificates in an `x5c` chain.
  static let certificates = 6
  /// A JSON text; the members that we know have names of two dozen letters.
  static let json = JSONBounds(bytes: response, depth: depth, name: 128, values: items)
  /// Containers within containers, in JSON and CBOR alike.
  static let depth = 8
  /// Values in one CBOR or JSON text, counted over all levels.
  static let items = 1024
  /// Transports kept from a response, and the length of each one's name.
  static let transports = 16
  static let transportName = 32
}

internal import CLibcrypto

// RSA and X.509 through the system's libcrypto (OpenSSL 3), of which the database driver brings a copy anyway.
//
// This folder owns the C interface and the parsing of keys, signatures and certificates. Input is checked to be what it
// claims to be, and no more. It must not know its callers: which algorithms are accepted, what a certificate must say
// and whom to trust are rules of WebAuthn and OIDCRules. No I/O, no clock; randomness only for making a key or a salt.

/// Calls libcrypto and leaves its error queue empty.
///
/// The queue belongs to the thread: an error that an earlier caller left behind would be taken for this call's, and one
/// that this call left for a later one's, by libpq's TLS for example. The failure that it throws says why a call
/// failed.
func quietly<Value, Failure: Error>(_ call: () throws(Failure) -> Value) throws(Failure) -> Value {
  ERR_clear_error()
  defer { ERR_clear_error() }
  return try call()
}

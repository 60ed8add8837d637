internal import CLibcrypto

// RSA and X.509 by the system's libcrypto (OpenSSL 3), of which the driver of the database brings a copy anyway.
//
// This folder owns the C interface and the reading of what comes in bytes: keys, signatures, certificates. What is read
// is checked to be what it says it is and no more. It must not know who asks: which algorithms are welcome, what a
// certificate has to say and whom to trust are rules of WebAuthn and OIDCRules. No I/O, no clock; the only randomness
// is what makes a key or a salt.

/// Calls libcrypto and leaves its queue of errors empty.
///
/// The queue belongs to the thread: an error that an earlier caller left behind would be read as this call's, and one
/// that this call left would be read as a later one's, by libpq's TLS for example. Why a call failed is in the failure
/// that it throws.
func quietly<Value, Failure: Error>(_ call: () throws(Failure) -> Value) throws(Failure) -> Value {
  ERR_clear_error()
  defer { ERR_clear_error() }
  return try call()
}

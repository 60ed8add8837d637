import Encodings

/// How a request object (OpenID Connect Core §6.1) says that its app expects the response. The object itself is
/// refused, and its signature is never checked: it is read only to send that refusal where the app looks for it, and
/// only once the redirect URI outside of it has been proven.
struct UnverifiedRequestObject: Sendable {
  let responseMode: String?
  let state: String?

  /// Nil when there is no single object whose payload can be read.
  init?(_ parameters: FormParameters) {
    let objects = parameters.values("request")
    guard objects.count == 1, objects[0].utf8.count <= Limits.token else { return nil }
    let parts = objects[0].utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // A JWS has three parts, with an empty signature if it has none (RFC 7515 §7.1); an encrypted object has five.
    guard parts.count == 3, let payload = Base64URL.decode(Array(parts[1])),
      let claims = (try? JSONValue(json: payload))?.object
    else { return nil }
    responseMode = claims["response_mode"]?.string
    state = claims["state"]?.string
  }
}

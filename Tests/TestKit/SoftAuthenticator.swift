internal import Foundation

/// A browser with an authenticator, without either: options in as JSON, response out as JSON, passkeys kept between.
package struct SoftAuthenticator {
  /// A passkey that it holds.
  package struct Passkey: Sendable {
    package let id: [UInt8]
    package let key: SoftKey
    package let rpID: String
    package let userHandle: [UInt8]
    package var signCount: UInt32
  }

  /// Why it did not answer, as a browser's promise would be rejected.
  package enum Failure: Error, Equatable {
    case optionsInvalid
    case noAlgorithm
    /// It holds one of the excluded credentials.
    case excluded
    /// It holds none that is asked for.
    case noPasskey
  }

  /// The origin of the page that asks.
  package var origin: String
  /// COSE's number of the algorithm it makes keys of.
  package var algorithm: Int
  package var aaguid: [UInt8] = Array("soft-key-model-1".utf8)
  /// The flags of its answers, beside those for attested data.
  package var flags = SoftAuthenticatorData.userPresent | SoftAuthenticatorData.userVerified
  /// How far each answer moves the counter: 0 for an authenticator that does not count.
  package var countingBy: UInt32 = 1
  package private(set) var passkeys: [Passkey] = []

  package init(origin: String, algorithm: Int = -7) {
    self.origin = origin
    self.algorithm = algorithm
  }

  /// `navigator.credentials.create()`: a RegistrationResponseJSON for PublicKeyCredentialCreationOptionsJSON.
  ///
  /// - Parameter change: what to make different from a valid answer.
  package mutating func create(
    _ options: String, change: (inout SoftRegistration) throws -> Void = { _ in }
  ) throws -> String {
    let options = try Self.object(options)
    guard let challenge = options["challenge"] as? String, let user = options["user"] as? [String: Any],
      let userID = user["id"] as? String, let party = options["rp"] as? [String: Any]
    else { throw Failure.optionsInvalid }
    let rpID = try party["id"] as? String ?? host()
    let offered = (options["pubKeyCredParams"] as? [[String: Any]] ?? []).compactMap { $0["alg"] as? Int }
    guard offered.contains(algorithm) else { throw Failure.noAlgorithm }
    let excluded = Self.ids(options["excludeCredentials"])
    guard !passkeys.contains(where: { excluded.contains($0.id) && $0.rpID == rpID }) else { throw Failure.excluded }

    let key = try SoftKey.make(algorithm)
    var random = SystemRandomNumberGenerator()
    let id = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    var registration = try SoftRegistration(
      key: key, challenge: softBase64URLDecode(challenge), origin: origin, rpID: rpID, credentialID: id, aaguid: aaguid)
    registration.authenticatorData.flags = flags | SoftAuthenticatorData.attested
    try change(&registration)
    passkeys.append(
      Passkey(id: id, key: key, rpID: rpID, userHandle: softBase64URLDecode(userID), signCount: 0))
    return String(decoding: try registration.json(), as: UTF8.self)
  }

  /// `navigator.credentials.get()`: an AuthenticationResponseJSON for PublicKeyCredentialRequestOptionsJSON, by the
  /// newest passkey that fits.
  ///
  /// - Parameter change: what to make different from a valid answer.
  package mutating func get(
    _ options: String, change: (inout SoftAssertion) throws -> Void = { _ in }
  ) throws -> String {
    let options = try Self.object(options)
    guard let challenge = options["challenge"] as? String else { throw Failure.optionsInvalid }
    let rpID = try options["rpId"] as? String ?? host()
    let allowed = Self.ids(options["allowCredentials"])
    guard
      let place = passkeys.lastIndex(where: { $0.rpID == rpID && (allowed.isEmpty || allowed.contains($0.id)) })
    else { throw Failure.noPasskey }
    passkeys[place].signCount += countingBy
    let passkey = passkeys[place]
    var assertion = SoftAssertion(
      key: passkey.key, challenge: softBase64URLDecode(challenge), origin: origin, rpID: rpID,
      credentialID: passkey.id, userHandle: passkey.userHandle, signCount: passkey.signCount)
    assertion.authenticatorData.flags = flags
    try change(&assertion)
    return String(decoding: try assertion.json(), as: UTF8.self)
  }

  private func host() throws -> String {
    guard let host = URL(string: origin)?.host else { throw Failure.optionsInvalid }
    return host
  }

  private static func object(_ text: String) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw Failure.optionsInvalid
    }
    return object
  }

  private static func ids(_ list: Any?) -> [[UInt8]] {
    (list as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }.map(softBase64URLDecode)
  }
}

public import LatchkeyProtocol

/// The secrets among the settings (the passwords for SMTP and LDAP): sealed under the key that services share, each bound to
/// its setting's name, as base64url text.
public struct SettingSecrets: Sendable {
  private let sealer: Sealer

  public init(keys: ServiceKeys, randomness: any Randomness = SystemRandomness()) {
    sealer = Sealer(current: keys.shared("settings"), randomness: randomness)
  }

  /// - Parameter key: the setting's name in the REST API, such as `smtpPassword`.
  public func seal(_ secret: Secret, of key: String) throws(SealFailure) -> String {
    Base64URL.encode(try sealer.seal(Array(secret.exposed.utf8), context: "settings/\(key)"))
  }

  /// Nil when it was not sealed by us for this setting.
  public func open(_ text: String, of key: String) -> Secret? {
    guard let bytes = Base64URL.decode(text), let plain = try? sealer.open(bytes, context: "settings/\(key)") else {
      return nil
    }
    return Secret(String(decoding: plain, as: UTF8.self))
  }
}

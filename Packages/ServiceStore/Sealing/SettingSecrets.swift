import Encodings
import Foundation
public import LatchkeyProtocol
import ServiceKit

/// Secrets among the settings: sealed for the table `settings`, opened by any service that needs one.
public struct SettingSecrets: Sendable {
  private let sealer: Sealer

  public init(keys: ServiceKeys) { sealer = Sealer(current: keys.shared("settings")) }

  /// - Parameter name: the setting's, such as `smtpPassword`; a value sealed for one cannot be put in another's place.
  /// - Returns: base64url text.
  public func seal(_ secret: Secret, as name: String) throws(SealFailure) -> String {
    Base64URL.encode(try sealer.seal(Array(secret.exposed.utf8), context: "settings/\(name)"))
  }

  public func open(_ sealed: String, as name: String) throws(SealFailure) -> Secret {
    guard let bytes = Base64URL.decode(sealed) else { throw .malformed }
    return Secret(String(decoding: try sealer.open(bytes, context: "settings/\(name)"), as: UTF8.self))
  }
}

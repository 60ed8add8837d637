import Encodings
import ServiceKit
public import Store

/// The code that `/setup` asks for: only a person who can read the log, or run a command on the machine, may set this
/// up; merely reaching the port first is not enough.
///
/// Made from the installation's id under the key that auth hashes codes with, so that every process knows it and none
/// has to store it.
public enum SetupCode {
  /// Characters of five bits each: too many to guess in the hour.
  static let length = 12

  /// As the log writes it: `XXXX-XXXX-XXXX`.
  ///
  /// - Parameter keys: auth's.
  public static func text(_ seed: Instance.SetupSeed, keys: ServiceKeys) -> String {
    let code = spelling(seed, KeyedHash(key: keys.hash))
    return stride(from: 0, to: length, by: 4).map { code.dropFirst($0).prefix(4) }.joined(separator: "-")
  }

  /// - Parameters:
  ///   - typed: as the person typed it.
  ///   - hash: under auth's key for codes.
  public static func matches(_ typed: String, _ seed: Instance.SetupSeed, _ hash: KeyedHash) -> Bool {
    ConstantTime.equal(ShortCode.normalised(typed).utf8, spelling(seed, hash).utf8)
  }

  private static func spelling(_ seed: Instance.SetupSeed, _ hash: KeyedHash) -> String {
    ShortCode.spelling(hash.hash("\(seed.instance)/\(seed.openings)", purpose: "setup-code").prefix(length))
  }
}

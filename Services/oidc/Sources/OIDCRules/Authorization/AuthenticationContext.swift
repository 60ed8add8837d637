/// Authentication method references (RFC 8176 §2, and `phr` of OpenID Connect EAP ACR Values 1.0 §2): the values that a
/// session's `amr` may hold, each only when it is true.
public enum AMR {
  /// A phishing-resistant credential was used: a passkey.
  public static let phishingResistant = "phr"
  /// Possession of a key was proven.
  public static let possession = "pop"
  /// The authenticator verified its user.
  public static let userVerified = "user"
  /// User verification and possession: two factors.
  public static let multipleFactors = "mfa"
  /// A single-use code.
  public static let oneTimeCode = "otp"
}

/// Authentication context class references (Core §2 `acr`; OpenID Connect EAP ACR Values 1.0 §2).
public enum ACR {
  public static let phishingResistant = "phr"

  /// The value of `acr_values_supported`. Not `phrh`: we do not ask for attestation, so we cannot know whether a key is
  /// in hardware.
  public static let supported = [phishingResistant]

  /// The class that an authentication with these methods reaches; nil when it reaches none that we name.
  public static func reached(by amr: [String]) -> String? {
    amr.contains(AMR.phishingResistant) ? phishingResistant : nil
  }
}

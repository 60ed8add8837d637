extension Refusal {
  /// The clause that this reason enforces. "R" is a step of §7.1 (registration), "A" one of §7.2 (authentication).
  public var clause: String {
    switch self {
    case .responseTooLarge: "§5.1 (bound of ours)"
    case .responseMalformed, .responseMemberInvalid: "§5.1.8, R3, A3"
    case .base64URLInvalid: "§3 Base64url encoding; RFC 4648 §5"
    case .credentialTypeUnsupported: "§5.8.2"
    case .credentialIDInconsistent: "§5.1 id and rawId"
    case .clientDataTooLarge: "§5.8.1 (bound of ours)"
    case .clientDataNotUTF8: "R5, A8"
    case .clientDataMalformed, .clientDataMemberInvalid: "R6, A9"
    case .ceremonyTypeWrong: "R7, A10"
    case .challengeMismatch: "R8, A11"
    case .originUnexpected: "R9, A12"
    case .crossOriginUnexpected: "R10, A13"
    case .topOriginUnexpected: "R11, A14"
    case .cborTruncated, .cborTrailingData, .cborIndefiniteLength, .cborNotShortest, .cborDuplicateKey, .cborTooDeep,
      .cborTooManyItems, .cborTypeUnsupported, .cborTextNotUTF8:
      "R13; CTAP 2 §8 message encoding; RFC 8949"
    case .authenticatorDataTruncated, .authenticatorDataTrailing, .attestedCredentialMissing,
      .attestedCredentialUnexpected:
      "§6.1, R13, A7"
    case .extensionsInvalid: "§6.1, R28, A23"
    case .relyingPartyMismatch: "R14, A15"
    case .userNotPresent: "R15, A16"
    case .userNotVerified: "R16, A17"
    case .backedUpButNotEligible: "R17, A18"
    case .backupEligibilityChanged: "A19"
    case .syncedPasskeyRefused: "R18"
    case .credentialIDEmpty, .credentialIDTooLong: "R25"
    case .credentialAlreadyRegistered: "R26"
    case .algorithmNotOffered: "R20"
    case .keyMalformed, .keyMemberUnexpected, .keyHasPrivatePart, .keyTypeMismatch, .keyPointCompressed:
      "§5.8.5, §6.5.1.1; RFC 9052 §7"
    case .keyPointInvalid: "§5.8.5; RFC 9053 §7.1, §7.2"
    case .keyModulusRefused, .keyExponentRefused: "RFC 8230 §4, §6.1"
    case .attestationObjectInvalid: "§6.5.4, R13"
    case .attestationFormatUnsupported: "R21"
    case .attestationStatementInvalid, .attestationECDAAUnsupported, .attestationSignatureInvalid: "§8.2, R22"
    case .attestationAlgorithmMismatch: "§8.2, R22"
    case .attestationStatementNotEmpty: "§8.7, R22"
    case .certificateMalformed, .certificateNotVersion3, .certificateSubjectInvalid, .certificateIsAuthority,
      .certificateExtensionRefused, .certificateModelMismatch:
      "§8.2.1, R22"
    case .certificateExpired, .certificateChainBroken, .certificateChainHasRoot: "R24; RFC 5280 §6.1"
    case .attestationNotTrusted: "R24"
    case .credentialNotAllowed: "A5"
    case .credentialUnknown, .userHandleMissing, .userMismatch: "A6"
    case .userHandleInvalid: "§5.4.3, A6"
    case .algorithmChanged: "A21 (the algorithm is the registered one)"
    case .signatureMalformed: "§6.5.5, A21"
    case .signatureInvalid: "A21"
    case .signCountNotIncreased: "A22"
    }
  }

  /// One short sentence for the person at the browser. It names what they can act on and nothing that tells an
  /// attacker which check stopped them.
  public var sentence: String {
    switch self {
    case .userNotVerified:
      "Your passkey did not confirm that it is you. Unlock it with a PIN, a fingerprint or your face, and try again."
    case .userNotPresent:
      "Your passkey did not confirm that you are there. Please try again."
    case .syncedPasskeyRefused:
      "Passkeys that are synchronised between devices are not allowed here. Please use a security key."
    case .credentialAlreadyRegistered:
      "This passkey is already registered."
    case .credentialUnknown, .credentialNotAllowed, .userMismatch, .userHandleMissing, .userHandleInvalid:
      "This passkey is not known here."
    case .algorithmNotOffered, .attestationFormatUnsupported, .attestationNotTrusted, .attestationECDAAUnsupported:
      "This kind of passkey is not supported here."
    case .originUnexpected, .crossOriginUnexpected, .topOriginUnexpected, .relyingPartyMismatch:
      "This page's address is not the one that passkeys are set up for."
    case .signCountNotIncreased:
      "This passkey may have been copied. Please sign in another way and replace it."
    case .responseTooLarge, .responseMalformed, .responseMemberInvalid, .base64URLInvalid, .credentialTypeUnsupported,
      .credentialIDInconsistent, .clientDataTooLarge, .clientDataNotUTF8, .clientDataMalformed,
      .clientDataMemberInvalid:
      "The browser's answer could not be read. Please try again."
    default:
      "The passkey could not be verified. Please try again."
    }
  }
}

/// Why a ceremony was refused: one closed list, so that logs and metrics cannot grow with what a caller sends.
///
/// `clause` names the section or step that the reason enforces (of W3C WebAuthn Level 3 unless another is named);
/// `sentence` is what a person may be shown. The raw value is a stable name for audit rows and metrics.
public enum Refusal: String, Error, CaseIterable, Hashable, Sendable {
  // The response as JSON
  case responseTooLarge
  case responseMalformed
  case responseMemberInvalid
  case base64URLInvalid
  case credentialTypeUnsupported
  case credentialIDInconsistent
  // Client data
  case clientDataTooLarge
  case clientDataNotUTF8
  case clientDataMalformed
  case clientDataMemberInvalid
  case ceremonyTypeWrong
  case challengeMismatch
  case originUnexpected
  case crossOriginUnexpected
  case topOriginUnexpected
  // CBOR
  case cborTruncated
  case cborTrailingData
  case cborIndefiniteLength
  case cborNotShortest
  case cborDuplicateKey
  case cborTooDeep
  case cborTooManyItems
  case cborTypeUnsupported
  case cborTextNotUTF8
  // Authenticator data
  case authenticatorDataTruncated
  case authenticatorDataTrailing
  case attestedCredentialMissing
  case attestedCredentialUnexpected
  case extensionsInvalid
  case relyingPartyMismatch
  case userNotPresent
  case userNotVerified
  case backedUpButNotEligible
  case backupEligibilityChanged
  case syncedPasskeyRefused
  // Credential id and key
  case credentialIDEmpty
  case credentialIDTooLong
  case credentialAlreadyRegistered
  case algorithmNotOffered
  case keyMalformed
  case keyMemberUnexpected
  case keyHasPrivatePart
  case keyTypeMismatch
  case keyPointCompressed
  case keyPointInvalid
  case keyModulusRefused
  case keyExponentRefused
  // Attestation
  case attestationObjectInvalid
  case attestationFormatUnsupported
  case attestationStatementInvalid
  case attestationStatementNotEmpty
  case attestationECDAAUnsupported
  case attestationAlgorithmMismatch
  case attestationSignatureInvalid
  case certificateMalformed
  case certificateNotVersion3
  case certificateSubjectInvalid
  case certificateIsAuthority
  case certificateExtensionRefused
  case certificateModelMismatch
  case certificateExpired
  case certificateChainBroken
  case certificateChainHasRoot
  case attestationNotTrusted
  // Assertion
  case credentialNotAllowed
  case credentialUnknown
  case userHandleMissing
  case userHandleInvalid
  case userMismatch
  case algorithmChanged
  case signatureMalformed
  case signatureInvalid
  case signCountNotIncreased
}

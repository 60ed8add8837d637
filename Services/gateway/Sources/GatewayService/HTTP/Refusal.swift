package import Encodings
package import LatchkeyProtocol

/// Why a request is refused. Every refusal leaves through ``ErrorResponder``, which writes it in the form that its
/// route speaks: JSON, RFC 6749, or a page.
package struct Refusal: Error, Sendable {
  package var status: Status
  /// The REST API's code; the catalogue is Pocket ID's where it has one.
  package var code: String
  /// A public sentence.
  package var message: String
  /// The REST API's `details`.
  package var details: JSONValue?
  package var headers: HeaderFields
  /// Which page shows it, if the status alone does not tell.
  package var page: ErrorPage.Kind?
  /// Nothing more may be read from this connection: the body was left unread.
  package var closes: Bool

  package init(
    _ status: Status, _ code: String, _ message: String, details: JSONValue? = nil,
    headers: HeaderFields = [:], page: ErrorPage.Kind? = nil, closes: Bool = false
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
    self.headers = headers
    self.page = page
    self.closes = closes
  }
}

extension Refusal {
  package static let notFound = Refusal(.notFound, "not_found", "There is nothing here.")
  package static let notSignedIn = Refusal(.unauthorized, "not_signed_in", "Sign in first.")
  package static let invalidAPIKey = Refusal(
    .unauthorized, "not_signed_in", "This API key is unknown, expired or revoked.")
  package static let userDisabled = Refusal(.forbidden, "user_disabled", "This account is disabled.")
  package static let proofRequired = Refusal(
    .unauthorized, "reauthentication_required", "Confirm with your passkey first.")
  package static let overloaded = Refusal(
    .serviceUnavailable, "overloaded", "Too many requests are being answered right now. Try again in a moment.",
    headers: [.retryAfter: "1"])

  /// The caller's network already holds its share of what all networks share.
  package static let shareUsedUp = Refusal(
    .tooManyRequests, "rate_limited", "Too much of your network is under way here. Try again in a moment.",
    headers: [.retryAfter: "1"])

  package static let changedOften = Refusal(
    .tooManyRequests, "rate_limited", "You have changed this often enough for now. Try again in an hour.",
    headers: [.retryAfter: "3600"])

  package static func body(_ message: String) -> Refusal { Refusal(.badRequest, "invalid_request_body", message) }

  package static func request(_ message: String) -> Refusal { Refusal(.badRequest, "invalid_request", message) }

  package static func tooLarge(_ limit: Int) -> Refusal {
    Refusal(
      .contentTooLarge, "request_too_large", "The body is larger than the \(limit / 1024) KiB that are read here.",
      closes: true)
  }

  package static let fileTooLarge = Refusal(
    .contentTooLarge, "file_too_large", "A picture may have \(Limits.file >> 20) MiB.", closes: true)

  /// The form of the REST API: `{fields: [{field, code, message}]}`.
  package static func invalid(_ problems: [FieldProblem]) -> Refusal {
    let fields = problems.map { problem -> JSONValue in
      ["field": .string(problem.field), "code": .string(problem.code), "message": .string(problem.message)]
    }
    let sentence = problems.first.map { "\($0.field): \($0.message)" } ?? "A field is not as it should be."
    return Refusal(.badRequest, "validation_failed", sentence, details: ["fields": .array(fields)])
  }

  /// Something failed behind the gateway. The explanation names internal methods and services, so it goes to the log
  /// only.
  package init(_ failure: ServiceFailure) {
    switch failure.kind {
    case .unavailable:
      self.init(
        .serviceUnavailable, "service_unavailable", "A part of this service does not answer. Try again in a moment.",
        headers: [.retryAfter: "2"])
    case .overloaded: self = .overloaded
    case .timedOut:
      self.init(
        .gatewayTimeout, "timed_out", "The answer took too long. Try again in a moment.", headers: [.retryAfter: "2"])
    case .textTooLong: self.init(.badRequest, "validation_failed", "Here \(failure.explanation).")
    case .unknownMethod, .malformed, .forbidden, .internal:
      self.init(.internalServerError, "internal_error", "Something broke on our side.")
    }
  }
}

extension Refusal {
  package init(_ denial: Admin.Denial) {
    switch denial {
    case .notSignedIn: self = .notSignedIn
    case .notAdministrator: self.init(.forbidden, "forbidden", "This is for administrators.")
    case .proofRequired: self = .proofRequired
    }
  }

  /// Why a passkey was not accepted.
  package init(_ refusal: Auth.CeremonyRefusal) {
    self =
      switch refusal {
      case .stateInvalid:
        Refusal(.badRequest, "invalid_webauthn_session", "This was not begun in this browser, or not for this purpose.")
      case .expired: Refusal(.badRequest, "invalid_webauthn_session", "The 60 seconds for this have passed.")
      case .spent: Refusal(.badRequest, "invalid_webauthn_session", "This answer was used before.")
      case .malformed: Refusal(.badRequest, "invalid_webauthn_response", "The passkey's answer could not be read.")
      case .unknownPasskey: Refusal(.unauthorized, "passkey_not_found", "No account here has this passkey.")
      case .verificationFailed:
        Refusal(.unauthorized, "webauthn_authentication_failed", "The passkey's answer did not verify.")
      case .passkeyChanged:
        Refusal(
          .unauthorized, "passkey_changed",
          """
          This passkey was bound to one device and can be copied now, or the other way round: it is not the one that was \
          added.
          """)
      case .userVerificationRequired:
        Refusal(
          .badRequest, "passkey_user_verification_required",
          "The device has to verify you, by fingerprint, face or PIN.")
      case .alreadyRegistered: Refusal(.conflict, "already_in_use", "This passkey is registered already.")
      case .userDisabled: .userDisabled
      case .syncedPasskey:
        Refusal(
          .badRequest, "synced_passkey_not_allowed", "Only a passkey that stays on its device is taken here.")
      }
    details = ["reason": .string(refusal.rawValue)]
  }
}

import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store

extension AuthService {
  func signInWithCode(
    _ message: Auth.SignInWithCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignInWithCode.Response {
    let code = ShortCode.normalised(message.code.exposed)
    guard !code.isEmpty, code.utf8.count <= Limits.oneTimeCode else { return .wrong }
    // Counted before the code is checked: an attempt beyond the limit learns nothing, whether it is right or wrong.
    if let wait = try await attemptsExhausted(call) { return .tooMany(retryAfterSeconds: wait) }
    let lifetime = sessionLifetime(try await currentSettings(call))
    let (token, session) = newSession(spending: code, amr: ["otp"], lifetime: lifetime, call)
    var entry = AuditEntry(.tokenSignIn, call)
    entry.session = session.id
    let redeem = OneTimeCodes.Redeem(
      codeHash: hash(of: code), request: call.id, allowedAttempts: Limits.attemptsAtMailedCode,
      browserHash: call.browserHash, session: session, proof: firstPasskeyProof(call), entry: entry,
      newDevice: try newDeviceMail(call), keyProofSeconds: Limits.proof / .seconds(1))
    if let user = try await store.write(redeem, call).rows.first {
      await forgiveAttempt(call)
      return .signedIn(try await begun(signedIn(user, token, lifetime), call))
    }
    return try await whyNot(code, call)
  }

  /// Why a code was not accepted: the user learns as little as helps, the audit log gets the full reason.
  private func whyNot(_ code: String, _ call: Call) async throws(ServiceFailure) -> Auth.SignInWithCode.Response {
    let look = OneTimeCodes.Look(codeHash: hash(of: code), request: call.id, browserHash: call.browserHash)
    guard let found = try await store.first(look, call) else { return .wrong }
    if found.isUsedHere, let repeated = try await repeatedSession(spending: code, call) {
      return .signedIn(try await begun(repeated, call))
    }
    let (reason, answer): (String, Auth.SignInWithCode.Response) =
      if found.isUsed {
        ("used", .wrong)
      } else if found.isExpired {
        ("expired", .wrong)
      } else if found.isForAnotherBrowser {
        ("anotherBrowser", .anotherBrowser)
      } else if found.user.disabled {
        ("userDisabled", .userDisabled)
      } else {
        ("tooManyAttempts", .wrong)
      }
    var entry = AuditEntry(.signInRefused, call)
    entry.userID = found.user.id
    entry.username = found.user.username
    entry.data = ["method": "one_time_code", "reason": reason]
    await store.note(AuditLog.InsertBounded(entry), call)
    logger.info("a one-time code was refused", metadata: ["reason": "\(reason)", "request": "\(call.id)"])
    return answer
  }

  /// Counts an attempt. Returns after how many seconds the next one is checked; nil if this one is.
  private func attemptsExhausted(_ call: Call) async throws(ServiceFailure) -> Int? {
    let count = OneTimeCodes.CountAttempt(
      Self.network(call), windowSeconds: Limits.codeWindow / .seconds(1), browserHash: call.browserHash)
    guard let row = try await store.write(count, call).rows.first, settings.limitsAttempts,
      row.count > Limits.attemptsPerNetwork
    else { return nil }
    return max(1, row.secondsLeft)
  }

  private func forgiveAttempt(_ call: Call) async {
    await store.note(
      Attempts.Forgive(Self.network(call), windowSeconds: Limits.codeWindow / .seconds(1)), call)
  }

  private static func network(_ call: Call) -> String {
    "address:\(IPAddress.network(of: call.caller.address))/one-time-code"
  }

  /// Sent by gateways of the previous version, which learn no more than that the code was not accepted.
  func redeemOneTimeCode(
    _ message: Auth.RedeemOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RedeemOneTimeCode.Response {
    if case .signedIn(let signedIn) = try await signInWithCode(Auth.SignInWithCode(code: message.code), call) {
      return .signedIn(signedIn)
    }
    return .invalid
  }

  func proveBySignIn(
    _ message: Auth.ProveBySignIn, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ProveBySignIn.Response {
    guard let session = try await session(call) else { return .notSignedIn }
    // OpenID Connect Core §3.1.2.1: reauthentication has to happen after the client asked for it.
    if case .authorize = message.purpose { return .stale }
    var entry = AuditEntry(.reauthenticated, call)
    entry.userID = session.user.id
    entry.username = session.user.username
    entry.session = session.session.id
    entry.data = ["purpose": message.purpose.text, "method": "sign_in"]
    let prove = Proofs.FromSignIn(
      id: tokens.uuid("\(call.id)", purpose: "proof-by-sign-in"), session: session.session.id,
      purpose: message.purpose, lifetimeSeconds: Limits.proof / .seconds(1),
      youngerThanSeconds: Limits.freshSignIn / .seconds(1), entry: entry)
    return try await store.write(prove, call).rows.first == true ? .proven : .stale
  }
}

import Foundation
import LatchkeyProtocol
import Logging
import ServiceKit
import ServiceStore
import Store
import WebAuthn

/// What `auth` must remember of an unfinished ceremony, sealed and carried by the browser: nothing is written for a
/// caller who has proven nothing, and any instance can finish what another began.
///
/// The purpose is authenticated with it, so a state of one kind of ceremony cannot pass for another.
protocol CeremonyState: Codable, Sendable {
  static var purpose: String { get }
  var challenge: Data { get }
}

struct SetupState: CeremonyState {
  static let purpose = "setup"
  let challenge: Data
  let user: UserID
  let profile: Profile
  /// Whether the person has said that the address is their own.
  let emailVerified: Bool?
}

struct SignInState: CeremonyState {
  static let purpose = "sign-in"
  let challenge: Data
}

struct ProofState: CeremonyState {
  static let purpose = "proof"
  let challenge: Data
  let session: SessionID
  /// What the proof is for, each as `Auth.ProofPurpose.text`.
  let proves: [String]
}

struct PasskeyState: CeremonyState {
  static let purpose = "passkey"
  let challenge: Data
  let session: SessionID
}

/// A state and the browser that it belongs to: its cookie is worthless beside another browser's.
private struct BrowserBound<State: CeremonyState>: Codable {
  /// SHA-256 of the browser-binding cookie; nil for a caller that keeps none.
  let browser: Data?
  let state: State
}

extension AuthService {
  func newChallenge() -> Data { Data(randomness.bytes(Challenge.length)) }

  func begin<State: CeremonyState>(
    _ options: String, _ state: State, _ call: Call
  ) throws(ServiceFailure) -> Auth.Ceremony {
    do {
      let bound = BrowserBound(browser: call.browserHash, state: state)
      let sealed = try carried.seal(bound, purpose: State.purpose, lifetime: Limits.ceremony)
      return Auth.Ceremony(options: options, state: Secret(sealed))
    } catch {
      logger.error("a ceremony's state could not be sealed: \(error)")
      throw ServiceFailure(.internal, mayHaveHappened: false, "Something broke here; the log has the cause.")
    }
  }

  /// The state that the browser returned, if it is ours, of this kind, for this browser and not expired.
  func open<State: CeremonyState>(
    _ type: State.Type, _ answer: Auth.CeremonyAnswer, _ call: Call
  ) throws(CeremonyFailure) -> (state: State, challenge: Challenge) {
    guard let sealed = answer.state else { throw .refused(.stateInvalid) }
    let bound: BrowserBound<State>
    do {
      bound = try carried.open(BrowserBound<State>.self, from: sealed.exposed, purpose: type.purpose)
    } catch {
      throw .refused(error == .expired ? .expired : .stateInvalid)
    }
    guard bound.browser == nil || call.isOfBrowser(bound.browser),
      let challenge = Challenge(bound.state.challenge)
    else { throw .refused(.stateInvalid) }
    return (bound.state, challenge)
  }

  func spending(_ challenge: Challenge, _ call: Call) -> SpentChallenge {
    SpentChallenge(
      hash: Data(Digest.sha256(challenge.bytes)), request: call.id,
      keepUntil: clock.now().addingTimeInterval(Limits.spentChallenge))
  }

  /// Whether an earlier attempt of this request spent the challenge: then its outcome is repeated, not refused.
  func spentHere(_ challenge: Challenge, _ call: Call) async throws(ServiceFailure) -> Bool {
    let spentBy = try await store.first(Challenges.SpentBy(hash: Data(Digest.sha256(challenge.bytes))), call)
    return spentBy == Data(call.id.bytes)
  }
}

/// How finishing a ceremony ends early: with an answer, or because something broke.
enum CeremonyFailure: Error {
  case refused(Auth.CeremonyRefusal)
  case broken(ServiceFailure)
}

extension AuthService {
  /// Runs a ceremony whose refusals are answers.
  func answering<Response>(
    refusal: (Auth.CeremonyRefusal) -> Response, _ call: Call,
    _ body: () async throws(CeremonyFailure) -> Response
  ) async throws(ServiceFailure) -> Response {
    do {
      return try await body()
    } catch {
      switch error {
      case .refused(let reason): return refusal(reason)
      case .broken(let failure): throw failure
      }
    }
  }

  /// A read or write of the Store within a ceremony.
  func stored<T>(_ body: () async throws(ServiceFailure) -> T) async throws(CeremonyFailure) -> T {
    do { return try await body() } catch { throw .broken(error) }
  }

  /// A verification step that refuses with its W3C reason: the log gets the reason, the browser a shorter answer.
  func verified<T>(_ call: Call, _ body: () throws(Refusal) -> T) throws(CeremonyFailure) -> T {
    do {
      return try body()
    } catch {
      throw refused(error, call)
    }
  }

  /// What the browser is told of a refusal; the log has its reason.
  ///
  /// - Parameter answer: says which refusal words the caller knows.
  func refused(_ refusal: Refusal, of answer: Auth.CeremonyAnswer? = nil, _ call: Call) -> CeremonyFailure {
    logger.info("ceremony refused", metadata: ["reason": "\(refusal.rawValue)", "request": "\(call.id)"])
    let told = Auth.CeremonyRefusal(refusal)
    guard told == .passkeyChanged, answer?.alsoKnows?.contains(told.rawValue) != true else { return .refused(told) }
    return .refused(.verificationFailed)
  }
}

extension Auth.CeremonyRefusal {
  init(_ refusal: Refusal) {
    self =
      switch refusal {
      case .responseTooLarge, .responseMalformed, .responseMemberInvalid, .base64URLInvalid, .credentialIDInconsistent:
        .malformed
      case .credentialUnknown, .credentialNotAllowed: .unknownPasskey
      case .userNotVerified: .userVerificationRequired
      case .credentialAlreadyRegistered: .alreadyRegistered
      case .syncedPasskeyRefused: .syncedPasskey
      case .backupEligibilityChanged: .passkeyChanged
      default: .verificationFailed
      }
  }
}

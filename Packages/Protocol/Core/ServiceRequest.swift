// Core of the message protocol.
//
// Owns: what a message is (`ServiceRequest`), how it is named, what accompanies it (`Call`), how it breaks
// (`ServiceFailure`), and the table that routes a method's bytes to its handler (`Routes`).
// Must not know: sockets, SQL, HTTP, or any single message.

/// A request that one service answers: a value whose type names the type of its response.
///
/// A refusal that a standard foresees ("wrong passkey", `invalid_grant`) is a value of `Response`; only breakage is a
/// `ServiceFailure`. New properties must be optional; a new case in an answer's enum is a new version of the method,
/// since an old reader would fail to decode it after the effect has happened.
public protocol ServiceRequest: Codable, Sendable {
  associatedtype Response: Codable & Sendable

  /// The method's name on the wire, such as "oidc.exchangeToken/1". Written out, never derived from the type's name, so
  /// that renaming a type changes nothing on the wire. Prefer `static let`.
  static var method: MethodName { get }

  /// What a sender may do when the answer is lost.
  static var replay: Replay { get }

  /// The longest text allowed in the message, in bytes of UTF-8, member names included: the sender refuses to write a
  /// longer one and the receiver to read it, before anything compares, normalises or stores it. The rules of the
  /// service bound each field further.
  static var longestText: Int { get }
}

extension ServiceRequest {
  public static var longestText: Int { TextBound.usual }
}

/// How long the texts of messages may be.
public enum TextBound {
  /// Names, addresses, scopes, codes, claims: more than any of them may have.
  public static let usual = 4096
  /// Texts made for programs: passkeys' answers, form fields, tokens, lists written as JSON. The gateway reads no more
  /// of a body.
  public static let document = 64 * 1024
}

/// What a sender may do with a message that was sent and whose answer never came.
public enum Replay: String, Codable, Sendable, CaseIterable {
  /// It changes nothing: it may be asked again, anywhere.
  case read
  /// It has an effect, and the receiver repeats the outcome for the same request id: it may be sent again with that id.
  case replayable
  /// It has an effect that would happen twice: it is never sent again once it may have arrived.
  case once

  /// Whether a message that may have been handled can be sent a second time.
  public var maySendAgain: Bool { self != .once }
}

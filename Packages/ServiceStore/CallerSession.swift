import Encodings
public import Foundation
public import LatchkeyProtocol
public import Store

extension StoreAccess {
  /// The caller's live session, from the Store: never from anything that the gateway claims.
  public func session(_ call: Call) async throws(ServiceFailure) -> Sessions.Resolve.Row? {
    guard let hash = call.sessionHash else { return nil }
    return try await first(Sessions.Resolve(tokenHash: hash), call)
  }
}

extension Call {
  /// What the Store knows the caller's session token by; nil if none was sent.
  public var sessionHash: Data? { caller.session.map { Data(Digest.sha256($0.exposed)) } }

  /// What is kept of the caller's browser-binding cookie; nil if it sent none. What begins is bound to it.
  public var browserHash: Data? { caller.browsers.first.map(Self.hash) }

  /// Whether the caller's browser is the one that something was bound to, by any of its cookies. Something that was
  /// bound to no browser matches none.
  public func isOfBrowser(_ hash: Data?) -> Bool {
    guard let hash else { return false }
    return caller.browsers.contains { ConstantTime.equal(Self.hash($0), hash) }
  }

  private static func hash(_ token: Secret) -> Data { Data(Digest.sha256(token.exposed)) }
}

public import Foundation
public import LatchkeyProtocol
public import ServiceKit
public import Store

/// Where services leave mail: it seals the mail under the key that they share, bound to the row that holds it, so that
/// a stolen dump signs no one in.
public struct MailOutbox: Sendable {
  private let sealer: Sealer
  private let clock: any WallClock

  public init(
    keys: ServiceKeys, randomness: any Randomness = SystemRandomness(), clock: any WallClock = SystemClock()
  ) {
    sealer = Sealer(current: keys.shared("outbox"), randomness: randomness)
    self.clock = clock
  }

  /// A mail as a row of the outbox, to be written with its cause: embedded in the cause's statement, or by
  /// `Outbox.Post` in its transaction. A repeated call makes the same row again, so that no one gets two.
  ///
  /// - Parameter subject: what tells several mails of one kind in one call apart.
  public func item(_ mail: Mail, _ call: Call, subject: String = "") throws(ServiceFailure) -> OutboxItem {
    try item(mail, id: UUID(fromRandom: Digest.sha256("\(call.id)/mail/\(mail.kind)/\(subject)")))
  }

  /// A mail that no call causes: a job's.
  public func item(_ mail: Mail, id: UUID) throws(ServiceFailure) -> OutboxItem {
    do {
      let plain = try MessagePack.encode(mail, longestText: TextBound.document)
      let sealed = try sealer.seal(plain, context: Self.context(id))
      return OutboxItem(
        id: id, service: .admin, kind: mail.kind, sealed: Data(sealed), usefulSeconds: mail.usefulness(clock.now()))
    } catch {
      throw ServiceFailure(.internal, mayHaveHappened: false, "A mail could not be sealed.")
    }
  }

  /// The mail of a row; nil if we did not seal it for this row.
  public func open(_ sealed: Data, id: UUID) -> Mail? {
    guard let plain = try? sealer.open(Array(sealed), context: Self.context(id)) else { return nil }
    return try? MessagePack.decode(Mail.self, from: plain, longestText: TextBound.document)
  }

  static func context(_ id: UUID) -> String { "outbox/\(id.uuidString.lowercased())" }
}

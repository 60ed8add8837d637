public import Foundation
import LatchkeyProtocol
public import Postgres

/// Codes that people ask for by mail.
public enum MailedCodes {
  /// How long a changed address waits for codes. An attacker who only holds a session, or a key, must not be mailed a
  /// way into an account before its owner hears of it.
  public struct Wait: Sendable, Equatable {
    /// Nil: codes are mailed at once.
    let seconds: Double?
    let confirmHash: Data?

    /// An administrator's change, which was proven.
    public static let none = Wait(seconds: nil, confirmHash: nil)

    /// - Parameter confirmHash: of the token that ends the wait; nil if only time does.
    public static func day(confirmHash: Data?) -> Wait { Wait(seconds: 24 * 3600, confirmHash: confirmHash) }
  }

  /// Ends the wait of the user whose former address was sent this token.
  public struct Confirm: Statement {
    public static let sql = """
      WITH confirmed AS (
        UPDATE users SET codes_from = NULL, codes_confirm_hash = NULL
        WHERE codes_confirm_hash = $1 AND codes_from > now() AND NOT disabled RETURNING id, username),
      entry AS (\(AuditEntry.insert(
        parameter: "$2", when: "EXISTS (SELECT 1 FROM confirmed)", userID: "(SELECT id FROM confirmed)")))
      SELECT EXISTS (SELECT 1 FROM confirmed) OR \(AuditEntry.isWritten(parameter: "$2"))
      """

    public let bindings: Bindings

    /// - Parameter entry: records it. If the request wrote it before, it ended the wait before.
    public init(tokenHash: Data, entry: AuditEntry) { bindings = Bindings(tokenHash, entry.json) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// For a user who has had this address for long enough and is not disabled: a code, the mail that takes it to their
  /// address, and the entry in the record, together. For anyone else, nothing.
  ///
  /// The mail goes to the address as it is stored, not as it was typed: two addresses that differ only in case may
  /// still belong to two people.
  public struct Send: Statement {
    public static let sql = """
      WITH who AS (SELECT u.id FROM users u WHERE lower(u.email) = lower($1) AND NOT u.disabled
        AND (u.codes_from IS NULL OR u.codes_from <= now())),
      made AS (\(NewOneTimeCode.insert(from: "who", userID: "who.id", first: 2))),
      mailed AS (\(OutboxItem.insert(from: "made", userID: "made.user_id", first: 7))),
      entry AS (
        \(AuditEntry.insert(
          parameter: "$12", when: "EXISTS (SELECT 1 FROM made)", userID: "(SELECT user_id FROM made)")))
      SELECT EXISTS (SELECT 1 FROM made)
      """

    public let bindings: Bindings

    public init(to email: String, code: NewOneTimeCode, item: OutboxItem, entry: AuditEntry) {
      bindings = Bindings { values in
        values.add(email)
        code.bind(&values)
        item.bind(&values)
        values.add(entry.json)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }
}

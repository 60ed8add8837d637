public import Postgres

/// Codes that people ask for by mail.
public enum MailedCodes {
  /// For whoever has this address and is not disabled: a code, the mail that brings it to the address that they have, and
  /// the entry in the record, together. For anybody else nothing.
  ///
  /// The mail goes to the address as it is stored, not as it was typed: two that compare as equal without regard to case may
  /// still be two people's.
  public struct Send: Statement {
    public static let sql = """
      WITH who AS (SELECT u.id FROM users u WHERE lower(u.email) = lower($1) AND NOT u.disabled),
      made AS (\(NewOneTimeCode.insert(from: "who", userID: "who.id", first: 2))),
      mailed AS (\(OutboxItem.insert(from: "made", userID: "made.user_id", first: 7))),
      entry AS (
        \(AuditEntry.insert(
          parameter: "$12", when: "EXISTS (SELECT 1 FROM made)", userID: "(SELECT user_id FROM made)")))
      SELECT EXISTS (SELECT 1 FROM made)
      """

    let email: String
    let code: NewOneTimeCode
    let item: OutboxItem
    let entry: AuditEntry

    public init(to email: String, code: NewOneTimeCode, item: OutboxItem, entry: AuditEntry) {
      self.email = email
      self.code = code
      self.item = item
      self.entry = entry
    }

    public func bind(_ values: inout Bindings) {
      values.add(email)
      code.bind(&values)
      item.bind(&values)
      values.add(entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }
}

import LatchkeyProtocol
public import Postgres

/// Refusals that the token service records.
public enum OIDCRefusals {
  /// Writes a refusal about a known user or client, unless the last minute has enough of them. If the entry lacks a
  /// name, it gets the client's current one.
  public struct Note: Statement {
    public static let sql = AuditEntry.insert(
      parameter: "$1", when: AuditLog.InsertBounded.fewEnough,
      clientName: "coalesce(e.client_name, (SELECT name FROM clients WHERE id = e.client_id))")

    public let bindings: Bindings

    public init(_ entry: AuditEntry) { bindings = Bindings(entry.json) }
  }
}

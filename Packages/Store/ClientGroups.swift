public import LatchkeyProtocol
public import Postgres

/// Which groups may use which client.
public enum ClientGroups {
  /// The groups that may use a client, by name.
  public struct OfClient: Statement {
    public static let sql = """
      SELECT \(Groups.columns) FROM clients_allowed_groups ag JOIN user_groups ug ON ug.id = ag.group_id
      WHERE ag.client_id = $1 ORDER BY lower(ug.friendly_name), ug.id
      """

    public let bindings: Bindings

    public init(clientID: String) { bindings = Bindings(clientID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Group { try Groups.decode(&row) }
  }

  /// How many groups may use each of these clients; a client without any has no row.
  public struct Counts: Statement {
    public static let sql = """
      SELECT client_id, count(*) FROM clients_allowed_groups WHERE client_id = ANY($1) GROUP BY client_id
      """

    public let bindings: Bindings

    public init(of clientIDs: [String]) { bindings = Bindings(clientIDs) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (clientID: String, count: Int) {
      let id: String = try row.next()
      let count: Int64 = try row.next()
      return (clientID: id, count: Int(count))
    }
  }

  /// The clients that name a group among their allowed ones, by name.
  public struct OfGroup: Statement {
    public static let sql = """
      SELECT \(Consents.clientColumns) FROM clients_allowed_groups ag JOIN clients c ON c.id = ag.client_id
      WHERE ag.group_id = $1 ORDER BY lower(c.name), c.id
      """

    public let bindings: Bindings

    public init(group: GroupID) { bindings = Bindings(group.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> OIDC.ClientSummary {
      try Consents.client(&row)
    }
  }

  /// Makes exactly these the groups of a client.
  public struct ReplaceGroups: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM clients_allowed_groups WHERE client_id = $1 AND NOT group_id = ANY($2))
      INSERT INTO clients_allowed_groups (client_id, group_id) SELECT $1, id FROM user_groups WHERE id = ANY($2)
      ON CONFLICT DO NOTHING
      """

    public let bindings: Bindings

    public init(clientID: String, groups: [GroupID]) { bindings = Bindings(clientID, groups.map(\.uuid)) }
  }

  /// Makes exactly these the clients of a group.
  public struct ReplaceClients: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM clients_allowed_groups WHERE group_id = $1 AND NOT client_id = ANY($2))
      INSERT INTO clients_allowed_groups (client_id, group_id) SELECT id, $1 FROM clients WHERE id = ANY($2)
      ON CONFLICT DO NOTHING
      """

    public let bindings: Bindings

    public init(group: GroupID, clientIDs: [String]) { bindings = Bindings(group.uuid, clientIDs) }
  }

  /// Which of these are clients; held against deletion until the transaction ends.
  public struct Existing: Statement {
    public static let sql = "SELECT c.id, c.name FROM clients c WHERE c.id = ANY($1) ORDER BY c.id FOR KEY SHARE OF c"

    public let bindings: Bindings

    public init(_ ids: [String]) { bindings = Bindings(ids) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (id: String, name: String) {
      (id: try row.next(), name: try row.next())
    }
  }
}

import Foundation
public import LatchkeyProtocol
public import Postgres

/// Clients and their secrets, for their administrators.
public enum Clients {
  private static let settingColumns = Admin.ClientField.all.map(\.column)

  static let columns =
    (["id", "created_at", "created_by", "logo_version", "dark_logo_version", "imported"]
    + settingColumns).map { "c.\($0)" }.joined(separator: ", ")

  static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client {
    var client = Admin.Client(
      id: try row.next(), settings: .usual, secrets: [], createdAt: try row.next(),
      createdBy: try row.next(UUID?.self).map { UserID($0) },
      logos: LogoVersions(light: try row.next(), dark: try row.next()), imported: try row.next())
    for field in Admin.ClientField.all { try field.read(&row, into: &client.settings) }
    return client
  }

  /// The parameters of all settings.
  private static func parameters(from first: Int) -> String {
    settingColumns.indices.map { "$\(first + $0)" }.joined(separator: ", ")
  }

  /// One page of clients; each row also has the total.
  public struct List: Statement {
    /// The columns that a list may be sorted by.
    public enum Sort: String, Sendable, CaseIterable {
      case name
      case createdAt
    }

    public static let sql = """
      SELECT \(columns), count(*) OVER () FROM clients c
      WHERE ($1::text IS NULL OR c.name ILIKE $1 OR c.id ILIKE $1) AND c.pkce_enabled = ANY($6::bool[])
        AND c.requires_reauthentication = ANY($7::bool[]) AND c.skip_consent = ANY($8::bool[])
        AND c.is_group_restricted = ANY($9::bool[])
      ORDER BY
        CASE WHEN $2 = 'name' AND NOT $3 THEN lower(c.name) END,
        CASE WHEN $2 = 'name' AND $3 THEN lower(c.name) END DESC,
        CASE WHEN $2 = 'createdAt' AND NOT $3 THEN c.created_at END,
        CASE WHEN $2 = 'createdAt' AND $3 THEN c.created_at END DESC,
        c.id
      LIMIT $4 OFFSET $5
      """

    public let bindings: Bindings

    public init(_ query: ListQuery<Sort>, _ filter: Admin.ClientFilter = Admin.ClientFilter()) {
      bindings = Bindings { values in
        values.add(query.pattern)
        query.bind(&values)
        let wanted = [
          filter.pkceEnabled, filter.requiresReauthentication, filter.skipConsent, filter.isGroupRestricted,
        ]
        for flag in wanted { values.add(flag.map { [$0] } ?? [true, false]) }
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<Admin.Client> {
      try Counted(&row, Clients.decode)
    }
  }

  /// A LIKE pattern that finds `text` anywhere; what LIKE would interpret is taken literally.
  static func pattern(_ text: String) -> String {
    "%" + text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
  }

  public struct Get: Statement {
    public static let sql = "SELECT \(columns) FROM clients c WHERE c.id = $1"

    public let bindings: Bindings

    public init(id: String) { bindings = Bindings(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// The client as it is now, locked against every other change until the transaction ends.
  public struct Lock: Statement {
    public static let sql = "SELECT \(columns) FROM clients c WHERE c.id = $1 FOR UPDATE OF c"

    public let bindings: Bindings

    public init(id: String) { bindings = Bindings(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// Makes a client; an id in use makes nothing and returns no row.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO clients AS c (id, created_in, created_by, \(settingColumns.joined(separator: ", ")))
      VALUES ($1, $2, $3, \(parameters(from: 4)))
      ON CONFLICT (id) DO NOTHING RETURNING \(columns)
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - settings: all of them set.
    ///   - session: the browser that makes it; the first secret needs no further proof from it.
    ///   - user: who makes it.
    public init(id: String, settings: Admin.ClientSettings, session: SessionID?, by user: UserID) {
      bindings = Bindings { values in
        values.add(id, session?.uuid, user.uuid)
        for field in Admin.ClientField.all { field.bind(settings, to: &values) }
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  public struct Update: Statement {
    public static let sql = """
      UPDATE clients c SET (\(settingColumns.joined(separator: ", "))) = ROW(\(parameters(from: 2)))
      WHERE c.id = $1 RETURNING \(columns)
      """

    public let bindings: Bindings

    /// - Parameter settings: all of them set.
    public init(id: String, settings: Admin.ClientSettings) {
      bindings = Bindings { values in
        values.add(id)
        for field in Admin.ClientField.all { field.bind(settings, to: &values) }
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.Client { try Clients.decode(&row) }
  }

  /// Deletes a client with everything that depends on it.
  public struct Delete: Statement {
    public static let sql = "DELETE FROM clients WHERE id = $1"

    public let bindings: Bindings

    public init(id: String) { bindings = Bindings(id) }
  }
}

extension Admin.ClientField {
  fileprivate func bind(_ settings: Admin.ClientSettings, to values: inout Bindings) {
    switch setting {
    case .text(let path): values.add(settings[keyPath: path])
    case .texts(let path): values.add(settings[keyPath: path])
    case .flag(let path): values.add(settings[keyPath: path])
    case .minutes(let path): values.add(Int32(settings[keyPath: path]))
    case .keptFlag(let path): values.add(settings[keyPath: path])
    case .address(let path), .keptText(let path), .keptAddress(let path): values.add(settings[keyPath: path]?.nonEmpty)
    }
  }

  fileprivate func read(_ row: inout RowReader, into settings: inout Admin.ClientSettings) throws(RowError) {
    switch setting {
    case .text(let path): settings[keyPath: path] = try row.next()
    case .texts(let path): settings[keyPath: path] = try row.next()
    case .flag(let path): settings[keyPath: path] = try row.next()
    case .minutes(let path): settings[keyPath: path] = Int(try row.next(Int32.self))
    case .keptFlag(let path): settings[keyPath: path] = try row.next()
    case .address(let path), .keptText(let path), .keptAddress(let path): settings[keyPath: path] = try row.next()
    }
  }
}

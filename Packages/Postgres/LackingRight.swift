/// A privilege that a database user needs and lacks, in a sentence with the SQL that grants it.
public struct LackingRight: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Right: Sendable, Equatable {
    case connect
    case createSchema(String)
    /// To read and write what is in it.
    case useSchema(String)
    /// To make tables in it.
    case changeSchema(String)
    case createRoles
    /// To set the passwords of roles that another user has made.
    case administerRoles([String])
  }

  public let right: Right
  public let user: String
  public let database: String

  public init(_ right: Right, user: String, database: String) {
    self.right = right
    self.user = user
    self.database = database
  }

  public var description: String {
    "The database user \"\(user)\" may not \(deed). As a superuser, or as the owner, run: \(remedy);"
  }

  private var deed: String {
    switch right {
    case .connect: "connect to the database \"\(database)\""
    case .createSchema(let schema): "make the schema \"\(schema)\" in the database \"\(database)\""
    case .useSchema(let schema): "use the schema \"\(schema)\" of the database \"\(database)\""
    case .changeSchema(let schema): "make tables in the schema \"\(schema)\" of the database \"\(database)\""
    case .createRoles: "create roles"
    case .administerRoles(let roles): "change the roles \(roles.map { "\"\($0)\"" }.joined(separator: ", "))"
    }
  }

  /// The statement that grants it.
  public var remedy: String {
    let (user, database) = (SQLText.identifier(user), SQLText.identifier(database))
    return switch right {
    case .connect: "GRANT CONNECT ON DATABASE \(database) TO \(user)"
    case .createSchema: "GRANT CREATE ON DATABASE \(database) TO \(user)"
    case .useSchema(let schema): "GRANT USAGE ON SCHEMA \(SQLText.identifier(schema)) TO \(user)"
    case .changeSchema(let schema): "GRANT USAGE, CREATE ON SCHEMA \(SQLText.identifier(schema)) TO \(user)"
    case .createRoles: "ALTER ROLE \(user) CREATEROLE"
    case .administerRoles(let roles):
      "GRANT \(roles.map(SQLText.identifier).joined(separator: ", ")) TO \(user) WITH ADMIN OPTION"
    }
  }
}

/// What the current user may do with a schema.
struct SchemaRights: Statement {
  struct Row: Sendable {
    let user: String
    let database: String
    let exists: Bool
    let mayUse: Bool
    let mayChange: Bool
    let mayCreateSchemas: Bool

    /// - Parameter changing: whether tables are to be made, or only read and written.
    func lack(of schema: String, changing: Bool) -> LackingRight? {
      let right: LackingRight.Right? =
        switch (exists, changing) {
        case (false, true): mayCreateSchemas ? nil : .createSchema(schema)
        case (false, false): nil
        case (true, true): mayUse && mayChange ? nil : .changeSchema(schema)
        case (true, false): mayUse ? nil : .useSchema(schema)
        }
      return right.map { LackingRight($0, user: user, database: database) }
    }
  }

  static let sql = """
    SELECT current_user::text, current_database()::text, n.oid IS NOT NULL,
      coalesce(has_schema_privilege(n.oid, 'USAGE'), false), coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
      has_database_privilege(current_database(), 'CREATE')
    FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = $1
    """

  let schema: String

  var bindings: Bindings { Bindings(schema) }

  static func decode(_ row: inout RowReader) throws(RowError) -> Row {
    Row(
      user: try row.next(), database: try row.next(), exists: try row.next(), mayUse: try row.next(),
      mayChange: try row.next(), mayCreateSchemas: try row.next())
  }
}

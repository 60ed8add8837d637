public import Postgres

/// What connecting an app adds to its client, one thing at a time.
public enum ConnectedApps {
  /// Which known app a client is.
  public struct Read: Statement {
    public struct Row: Sendable {
      public let name: String
      public let knownApp: String?
      public let callbackURLs: [String]
      public let isPublic: Bool
      /// A `*` in its callback URLs stands for anything.
      public let callbackPatterns: Bool
      public let imported: Bool
    }

    public static let sql = """
      SELECT name, known_app, callback_urls, is_public, callback_patterns, imported FROM clients WHERE id = $1
      """

    public let bindings: Bindings

    public init(clientID: String) { bindings = Bindings(clientID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        name: try row.next(), knownApp: try row.next(), callbackURLs: try row.next(), isPublic: try row.next(),
        callbackPatterns: try row.next(), imported: try row.next())
    }
  }

  /// The same, locked until the transaction ends, so that what is compared is what is changed.
  public struct Lock: Statement {
    public static let sql = Read.sql + " FOR UPDATE"

    public let bindings: Bindings

    public init(clientID: String) { bindings = Bindings(clientID) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Read.Row { try Read.decode(&row) }
  }

  public struct SetKnownApp: Statement {
    public static let sql = "UPDATE clients SET known_app = $2 WHERE id = $1"

    public let bindings: Bindings

    public init(clientID: String, app: String?) { bindings = Bindings(clientID, app) }
  }

  public struct SetCallbackURLs: Statement {
    public static let sql = "UPDATE clients SET callback_urls = $2 WHERE id = $1"

    public let bindings: Bindings

    public init(clientID: String, urls: [String]) { bindings = Bindings(clientID, urls) }
  }
}

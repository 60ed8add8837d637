public import Foundation
public import OIDCFacts
public import Postgres

extension Grants {
  /// A client that authenticates, and the code that it presents with all that its tokens will say: one statement, so
  /// that a token request reads once.
  public struct ForExchange: Statement {
    public struct Row: Sendable {
      public let client: TokenClient
      public let code: StoredCode?
    }

    public static let sql = """
      SELECT \(TokenClient.columns), g.redirect_uri, g.nonce, g.code_challenge, g.code_expires_at, g.spent_at,
        g.spent_by, \(StoredGrant.columns)
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN grants g ON g.code_hash = $2
        \(GrantLife.consentAndUserIfLiving)
      WHERE c.id = $1
      """

    public let bindings: Bindings

    public init(clientID: String, codeHash: Data) { bindings = Bindings(clientID, codeHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let redirectURI: String? = try row.next()
      let nonce: String? = try row.next()
      let challenge: String? = try row.next()
      let expiresAt: Date? = try row.next()
      let spentAt: Date? = try row.next()
      let spentBy: [UInt8]? = try row.next()
      guard let grant = try StoredGrant.optional(row: &row), let expiresAt else {
        return Row(client: client, code: nil)
      }
      return Row(
        client: client,
        code: StoredCode(
          grant: grant, redirectURI: redirectURI, nonce: nonce, challenge: challenge, expiresAt: expiresAt,
          spentAt: spentAt, spentBy: spentBy))
    }
  }
}

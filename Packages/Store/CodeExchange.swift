public import Foundation
public import OIDCFacts
public import Postgres

extension Authorizations {
  /// A client that authenticates, and the code that it presents with all that its tokens will say: one statement, so
  /// that a token request reads once.
  public struct ForExchange: Statement {
    public struct Row: Sendable {
      public let client: TokenClient
      public let code: StoredCode?
    }

    public static let sql = """
      SELECT \(TokenClient.columns), a.redirect_uri, a.nonce, a.code_challenge, a.code_expires_at, a.spent_at,
        a.spent_by, \(AuthorizationFamily.columns)
      FROM clients c \(TokenClient.secretsJoin)
        LEFT JOIN authorizations a ON a.code_hash = $2
        \(AuthorizationLife.consentAndUserIfLiving)
      WHERE c.id = $1
      """

    let clientID: String
    let codeHash: Data

    public init(clientID: String, codeHash: Data) {
      self.clientID = clientID
      self.codeHash = codeHash
    }

    public func bind(_ values: inout Bindings) {
      values.add(clientID)
      values.add(codeHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let client = try TokenClient(row: &row)
      let redirectURI: String? = try row.next()
      let nonce: String? = try row.next()
      let challenge: String? = try row.next()
      let expiresAt: Date? = try row.next()
      let spentAt: Date? = try row.next()
      let spentBy: [UInt8]? = try row.next()
      guard let family = try AuthorizationFamily.optional(row: &row), let expiresAt else {
        return Row(client: client, code: nil)
      }
      return Row(
        client: client,
        code: StoredCode(
          family: family, redirectURI: redirectURI, nonce: nonce, challenge: challenge, expiresAt: expiresAt,
          spentAt: spentAt, spentBy: spentBy))
    }
  }
}

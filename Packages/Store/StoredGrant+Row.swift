import Foundation
import LatchkeyProtocol
import OIDCFacts
import Postgres

extension StoredGrant {
  /// Of a grant `g` with `GrantLife.consentAndUserIfLiving`.
  static let columns = """
    g.id, g.client_id, g.user_id, g.scopes, g.session_id, g.auth_time, g.amr, g.claims,
    coalesce(NOT \(GrantLife.lives("g")), false), \(UserFacts.columns)
    """

  /// Of an outer join: nil when there is no such grant. All columns are read either way.
  static func optional(row: inout RowReader) throws(RowError) -> StoredGrant? {
    let id: UUID? = try row.next()
    let clientID: String? = try row.next()
    let user: UUID? = try row.next()
    let scopes: [String]? = try row.next()
    let session: UUID? = try row.next()
    let authTime: Date? = try row.next()
    let amr: [String]? = try row.next()
    let claims: String? = try row.next()
    let ended: Bool = try row.next()
    let person = try UserFacts.optional(row: &row)
    guard let id, let clientID, let user, let scopes, let session, let authTime, let amr else { return nil }
    return StoredGrant(
      id: id, clientID: clientID, userID: "\(UserID(user))", scopes: scopes, sessionID: "\(SessionID(session))",
      authenticatedAt: authTime, amr: amr, claims: claims, ended: ended, person: person)
  }
}

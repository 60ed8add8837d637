import Foundation
import LatchkeyProtocol
import OIDCFacts
import Postgres

extension AuthorizationFamily {
  /// Of an authorization `a` with `AuthorizationLife.consentAndUserIfLiving`.
  static let columns = """
    a.id, a.client_id, a.user_id, a.scopes, a.session_id, a.auth_time, a.amr, a.claims,
    coalesce(NOT \(AuthorizationLife.lives("a")), false), \(UserFacts.columns)
    """

  /// Of an outer join: nil when there is no such authorization. All columns are read either way.
  static func optional(row: inout RowReader) throws(RowError) -> AuthorizationFamily? {
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
    return AuthorizationFamily(
      id: id, clientID: clientID, userID: "\(UserID(user))", scopes: scopes, sessionID: "\(SessionID(session))",
      authenticatedAt: authTime, amr: amr, claims: claims, ended: ended, person: person)
  }
}

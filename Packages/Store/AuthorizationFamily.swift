public import Foundation
public import LatchkeyProtocol
import Postgres

/// An authorization as tokens are made of it, with the person whom it is about as they are now.
public struct AuthorizationFamily: Sendable {
  public let id: UUID
  public let clientID: String
  public let user: UserID
  public let scopes: [String]
  public let session: SessionID
  public let authTime: Date
  public let amr: [String]
  /// The `claims` parameter as JSON text.
  public let claims: String?
  /// It, or the session that it is bound to.
  public let ended: Bool
  /// Nil when the person is gone, disabled, outside the client's groups, or has taken the consent back since.
  public let person: PersonClaims?

  public var lives: Bool { !ended && person != nil }

  /// Of an authorization `a` with `AuthorizationLife.consentAndUserIfLiving`.
  static let columns = """
    a.id, a.client_id, a.user_id, a.scopes, a.session_id, a.auth_time, a.amr, a.claims,
    coalesce(NOT \(AuthorizationLife.lives("a")), false), \(PersonClaims.columns)
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
    let person = try PersonClaims.optional(row: &row)
    guard let id, let clientID, let user, let scopes, let session, let authTime, let amr else { return nil }
    return AuthorizationFamily(
      id: id, clientID: clientID, user: UserID(user), scopes: scopes, session: SessionID(session), authTime: authTime,
      amr: amr, claims: claims, ended: ended, person: person)
  }
}

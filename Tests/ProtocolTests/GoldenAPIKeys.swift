import Foundation
import LatchkeyProtocol

extension GoldenCatalogue {
  static var apiKeys: [GoldenMessage] {
    let id = APIKeyID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))
    let key = Admin.APIKey(
      id: id, name: "Backup", description: "Nightly", expiresAt: Date(timeIntervalSince1970: 1_800_000_000),
      lastUsedAt: nil, createdAt: Date(timeIntervalSince1970: 1_790_000_000), expirationEmailSent: false)
    let new = Admin.NewAPIKey(key: key, token: Secret("lkey_0123456789abcdefghijklmnopqrstuv"))
    return [
      .of(
        Admin.ListAPIKeys(page: Admin.PageRequest(page: 1, limit: 20, search: "back", sortColumn: "name")),
        answers: .keys(Admin.Page(items: [key], total: 1, page: 1, limit: 20)), .denied(.notSignedIn)),
      .of(
        Admin.CreateAPIKey(name: "Backup", description: nil, expiresAt: key.expiresAt), answers: .created(new),
        .invalid([FieldProblem("name", "required", "A name has 3 to 50 characters.")]), .expirationInvalid,
        .full(limit: 100), .denied(.proofRequired)),
      .of(
        Admin.CreateAPIKeyOfUser(
          user: UserID(id.uuid), name: "Backup", description: "Nightly", expiresAt: key.expiresAt),
        answers: .created(new),
        .invalid([FieldProblem("name", "required", "A name has 3 to 50 characters.")]), .expirationInvalid,
        .full(limit: 100), .notFound, .denied(.notAdministrator)),
      .of(
        Admin.RenewAPIKey(id: id, expiresAt: key.expiresAt), answers: .renewed(new), .notExpired, .expirationInvalid,
        .notFound, .denied(.proofRequired)),
      .of(Admin.RevokeAPIKey(id: id), answers: .revoked, .notFound, .denied(.notSignedIn)),
    ]
  }
}

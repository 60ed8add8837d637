import Foundation
import LatchkeyProtocol

private let moment = Date(timeIntervalSince1970: 1_767_225_600.25)
private let group = GroupSummary(
  id: GroupID(UUID(uuid: (7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7))), name: "family", friendlyName: "The family",
  createdAt: moment)
private let person = User(
  id: UserID(UUID(uuid: (8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8))), username: "grace",
  email: "grace@example.com", emailVerified: false, firstName: "Grace", lastName: "Hopper",
  displayName: "Grace Hopper", isAdmin: false, locale: "zh-CN", disabled: false, groups: [group],
  customClaims: [CustomClaim(key: "shelf", value: "[1,2]")])
private let account = Admin.Account(
  profile: Profile(username: "grace", email: "grace@example.com", firstName: "Grace", lastName: "Hopper"),
  emailVerified: true, isAdmin: false, disabled: true)
private let problem = FieldProblem("username", "retired", "Somebody had this username until recently.")
private let session = Auth.Session(
  id: SessionID(UUID(uuid: (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9))), createdAt: moment, lastSeenAt: moment,
  expiresAt: moment, address: "192.0.2.1", userAgent: "Browser/1", amr: ["otp"])
private let passkey = Auth.Passkey(
  id: PasskeyID(UUID(uuid: (6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6))), name: "Phone", credentialID: Data([9]),
  attestationType: "none", transports: ["hybrid"], backupEligible: true, backupState: true, createdAt: moment,
  lastUsedAt: moment, authenticator: nil)

extension GoldenCatalogue {
  static var people: [GoldenMessage] {
    let page = Admin.PageRequest(page: 3, limit: 50, search: "gra", sortColumn: "email", descending: true)
    return [
      .of(
        Admin.ListUsers(page: page, filter: Admin.UserFilter(isAdmin: true, disabled: false)),
        answers: .users(Admin.Page(items: [person], total: 101, page: 3, limit: 50)), .denied(.notAdministrator)),
      .of(Admin.GetUser(id: person.id), answers: .user(person), .notFound, .denied(.notSignedIn)),
      .of(
        Admin.CreateUser(id: person.id, account: account, groups: [group.id]), answers: .created(person),
        .invalid([problem]), .denied(.proofRequired)),
      .of(
        Admin.UpdateUser(id: person.id, account: account), answers: .updated(person), .invalid([problem]),
        .refused(.lastAdministrator), .notFound, .denied(.proofRequired)),
      .of(
        Admin.DeleteUser(id: person.id), answers: .deleted, .refused(.ownAccount), .notFound, .denied(.notSignedIn)),
      .of(
        Admin.SetUserGroups(id: person.id, groups: [group.id]), answers: .updated(person), .invalid([problem]),
        .notFound, .denied(.notSignedIn)),
    ]
  }

  static var wardens: [GoldenMessage] {
    [
      .of(Auth.CurrentUser(), answers: .user(person), .notSignedIn),
      .of(Auth.WhyNobody(), answers: .disabled, .other),
      .of(
        Auth.ListPasskeysOf(user: person.id), answers: .passkeys([passkey]), .notFound, .denied(.notAdministrator)),
      .of(
        Auth.RemovePasskeyOf(user: person.id, id: passkey.id), answers: .removed, .notFound, .denied(.notSignedIn)),
      .of(
        Auth.ListSessionsOf(user: person.id), answers: .sessions([session]), .notFound, .denied(.notAdministrator)),
      .of(
        Auth.EndSessionsOf(user: person.id, session: session.id), answers: .ended(count: 1), .notFound,
        .denied(.notSignedIn)),
    ]
  }
}

import Encodings
import Foundation
import LatchkeyProtocol

// Examples of the messages about groups, claims, allowed groups, consents and previews.

private func uuid(_ byte: UInt8) -> UUID {
  UUID(uuid: (byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte))
}

private let moment = Date(timeIntervalSince1970: 1_767_225_600.123456)
private let claim = CustomClaim(key: "quota", value: "5")
private let problem = FieldProblem("name", "required", "A name is needed.")
private let person = User(
  id: UserID(uuid(2)), username: "bo", email: nil, emailVerified: false, firstName: "", lastName: "",
  displayName: "bo", isAdmin: false, locale: nil, disabled: true)
private let group = Admin.Group(
  id: GroupID(uuid(1)), name: "family", friendlyName: "Family", customClaims: [claim], userCount: 2, createdAt: moment)
private let summary = OIDC.ClientSummary(
  id: "grafana", name: "Grafana", description: "Dashboards", launchURL: "https://grafana.example.com",
  requiresReauthentication: false, returnsTo: nil)
private let detail = Admin.GroupDetail(group: group, users: [person], allowedClients: [summary])
private let client = Admin.Client(
  id: "grafana", settings: Admin.ClientSettings(name: "Grafana", callbackURLs: []) { $0.isGroupRestricted = true },
  secrets: [
    Admin.ClientSecret(
      id: ClientSecretID(uuid(6)), prefix: "AbCd", createdAt: moment, expiresAt: nil, lastUsedAt: moment)
  ], createdAt: moment, allowedGroups: [group], allowedGroupsCount: 1, createdBy: UserID(uuid(2)))
private let page = Admin.PageRequest(page: 2, limit: 10, search: "fam", sortColumn: "name", descending: true)

extension GoldenCatalogue {
  static var groups: [GoldenMessage] {
    [
      .of(
        Admin.ListGroups(page: page), answers: .groups(Admin.Page(items: [group], total: 11, page: 2, limit: 10)),
        .denied(.notAdministrator)),
      .of(Admin.GetGroup(id: group.id), answers: .group(detail), .notFound, .denied(.notSignedIn)),
      .of(
        Admin.CreateGroup(name: "family", friendlyName: "Family"), answers: .changed(detail), .invalid([problem]),
        .nameTaken, .notFound, .denied(.notAdministrator)),
      .of(
        Admin.UpdateGroup(id: group.id, name: "family", friendlyName: "Family"), answers: .changed(detail), .notFound),
      .of(Admin.DeleteGroup(id: group.id), answers: .deleted, .notFound, .denied(.notAdministrator)),
      .of(Admin.SetMembers(id: group.id, users: [person.id]), answers: .changed(detail), .invalid([problem])),
      .of(
        Admin.ChangeMember(id: group.id, user: person.id, isMember: true), answers: .changed, .notFound,
        .denied(.notAdministrator)),
      .of(
        Admin.ListMembers(id: group.id, members: false, page: page),
        answers: .users(Admin.Page(items: [person], total: 11, page: 2, limit: 10)), .notFound,
        .denied(.notAdministrator)),
      .of(
        Admin.SetCustomClaims(owner: .user(person.id), claims: [claim]), answers: .claims([claim]), .reserved("sub"),
        .duplicate("quota"), .invalid([problem]), .notFound, .denied(.notAdministrator)),
      .of(Admin.SuggestClaims(), answers: .names(["quota"]), .denied(.notAdministrator)),
      .of(
        Admin.SetAllowedGroups(clientID: "grafana", groups: [group.id]), answers: .updated(client),
        .invalid([problem]), .notFound, .denied(.notAdministrator)),
      .of(
        Admin.SetAllowedClients(id: group.id, clientIDs: ["grafana"]), answers: .changed(detail), .invalid([problem])),
      .of(
        OIDC.ListConsents(user: person.id, page: page),
        answers: .consents(
          Admin.Page(
            items: [OIDC.Consent(client: summary, scopes: ["openid", "email"], lastUsedAt: moment)], total: 11,
            page: 2, limit: 10)), .denied(.notAdministrator)),
      .of(
        OIDC.ListAccessibleClients(page: page),
        answers: .clients(
          Admin.Page(
            items: [OIDC.AccessibleClient(client: summary, lastUsedAt: moment, hasConsent: true)], total: 11, page: 2,
            limit: 10)), .notSignedIn),
      .of(OIDC.RevokeConsent(clientID: "grafana"), answers: .revoked, .notFound, .notSignedIn),
      .of(
        OIDC.PreviewTokens(clientID: "grafana", user: person.id, scope: "openid"),
        answers: .preview(
          OIDC.PreviewTokens.Preview(idToken: ["sub": "bo"], accessToken: ["jti": "1"], userInfo: ["sub": "bo"])),
        .notFound, .notAllowed, .invalid(problem), .denied(.notAdministrator)),
    ]
  }
}

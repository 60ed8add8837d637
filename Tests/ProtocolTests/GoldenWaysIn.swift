import Foundation
import LatchkeyProtocol

private let moment = Date(timeIntervalSince1970: 1_767_225_600.123456)
private let id = UUID(uuid: (7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7))
private let person = User(
  id: UserID(id), username: "grace", email: "grace@example.com", emailVerified: false, firstName: "Grace",
  lastName: "Hopper", displayName: "Grace Hopper", isAdmin: false, locale: nil, disabled: false)
private let signedIn = Auth.SignedIn(user: person, token: Secret("token"), endsAt: moment)
private let profile = Profile(username: "grace", email: "grace@example.com", firstName: "Grace", lastName: "Hopper")
private let problem = FieldProblem("username", "taken", "Somebody has this username.")
private let link = Admin.SignupLink(
  id: SignupLinkID(id), token: Secret("ABCDEFGHJKMNPQRSTVWXYZ"), expiresAt: moment, usageLimit: 5, usageCount: 1,
  groups: [GroupSummary(id: GroupID(id), name: "family", friendlyName: "Family")], createdAt: moment)

extension GoldenCatalogue {
  static var waysIn: [GoldenMessage] {
    [
      .of(Auth.SignUpStatus(link: Secret("t")), answers: .open, .linkNeeded, .linkInvalid, .closed),
      .of(
        Auth.SignUp(profile: profile, link: Secret("t")), answers: .signedUp(signedIn), .closed, .linkInvalid,
        .taken([problem]), .invalid([problem])),
      .of(
        Auth.CreateOneTimeCode(user: person.id, lifetimeSeconds: 900), answers: .created(code: Secret("ABC123")),
        .invalid([problem]), .notFound, .denied(.proofRequired)),
      .of(
        Auth.MailOneTimeCode(user: person.id, lifetimeSeconds: 900), answers: .sent, .off, .noAddress,
        .invalid([problem]), .notFound, .denied(.notAdministrator)),
      .of(Auth.AskForOneTimeCode(email: "grace@example.com", redirect: "/settings"), answers: .heard, .off),
      .of(
        Auth.SignInWithCode(code: Secret("ABC123")), answers: .signedIn(signedIn), .wrong, .anotherBrowser,
        .userDisabled, .tooMany(retryAfterSeconds: 60)),
      .of(Auth.ProveBySignIn(purpose: .oneTimeLink), answers: .proven, .stale, .notSignedIn),
      .of(
        Admin.CreateSignupLink(lifetimeSeconds: 3600, usageLimit: 5, groups: [GroupID(id)]), answers: .created(link),
        .invalid([problem]), .denied(.notAdministrator)),
      .of(
        Admin.ListSignupLinks(page: Admin.PageRequest()),
        answers: .links(Admin.Page(items: [link], total: 1, page: 1, limit: 20)), .denied(.notSignedIn)),
      .of(Admin.DeleteSignupLink(id: link.id), answers: .deleted, .notFound, .denied(.notAdministrator)),
    ]
  }
}

public import LatchkeyProtocol
import Postgres
import ServiceKit
import Store

extension AdminService {
  public func updateOwnProfile(
    _ message: Admin.UpdateOwnProfile, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateOwnProfile.Response {
    guard let session = try await store.session(call) else { return .denied(.notSignedIn) }
    let profile = message.profile.normalised
    let problems = profile.problems
    guard problems.isEmpty else { return .invalid(problems) }
    let update = Users.UpdateProfile(id: session.user.id, profile: profile, displayName: profile.nameToShow)
    switch try await store.attempt(update, call) {
    case .success(let written):
      return written.rows.first.map { .updated($0) } ?? .denied(.notSignedIn)
    case .failure(let broken) where broken.name == "users_username_key":
      return .invalid([FieldProblem("username", "taken", "Somebody has this username.")])
    case .failure:
      return .invalid([FieldProblem("email", "taken", "Somebody has this e-mail address.")])
    }
  }
}

/// What to know about an app before users sign in to it, where it is not what they would expect.
struct KnownAppHints: Sendable {
  let knowsByUsername: Bool
  let knowsByEmail: Bool
  let joinsUsername: Bool
  let joinsEmail: Bool
  let joinsEither: Bool
  let needsVerified: Bool
  let joinsVerified: Bool
  /// Separated by commas; nil for any.
  let algorithms: String?
  /// In English, as the app's own words are.
  let notes: String?
  /// Some of it can lose a user their account, hand it to another user, or keep people out.
  let warns: Bool
  /// There is more to know.
  let tells: Bool

  init(_ app: KnownApp, notes: String?) {
    knowsByUsername = app.identity == .username
    knowsByEmail = app.identity == .email
    joinsUsername = app.joins == .username
    joinsEmail = app.joins == .email
    joinsEither = app.joins == .either
    needsVerified = app.verifiedEmail == .needed
    joinsVerified = app.verifiedEmail == .joining
    algorithms = app.idTokenAlgorithms?.joined(separator: ", ")
    self.notes = notes
    warns = knowsByUsername || knowsByEmail || joinsUsername || joinsEmail || joinsEither || needsVerified
    tells = joinsVerified || algorithms != nil || notes != nil
  }
}

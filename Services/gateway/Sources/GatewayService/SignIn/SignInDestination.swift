import Encodings

/// Where a user goes after signing in: on with an app's sign-in, or to a path of ours. Pages on the way keep it.
package struct SignInDestination: Sendable {
  package let interaction: String?
  package let next: String

  /// - Parameters:
  ///   - interaction: the id of an unfinished authorization, which comes before any path.
  ///   - next: the route must have checked that it is a path of ours.
  package init(interaction: String? = nil, next: String = "/") {
    self.interaction = interaction
    self.next = next
  }

  /// The address of another page on the way.
  package func url(_ path: String) -> String {
    if let interaction { return "\(path)?interaction=\(Percent.encode(interaction))" }
    return next == "/" ? path : "\(path)?redirect=\(Percent.encode(next))"
  }

  /// Back to the start of signing in.
  var signInURL: String { interaction == nil ? url("/login") : url("/interaction") }
}

package import LatchkeyProtocol
import Synchronization

/// How the installation presents itself, as `auth` last said. A page waits for it no longer than one answer takes, and
/// is served even without it.
package final class AppearanceCache: Sendable {
  /// Changes that an administrator makes through another gateway show here after this long.
  static let age = Duration.seconds(1)

  private struct State {
    var appearance: Auth.Appearance
    var askedAt: ContinuousClock.Instant?
  }

  private let state: Mutex<State>

  /// - Parameter appName: what is shown until `auth` has answered once.
  package init(appName: String) {
    state = Mutex(
      State(
        appearance: Auth.Appearance(settings: ApplicationSettings(chosen: ["appName": appName]), images: [:])))
  }

  /// The last known appearance.
  package var last: Auth.Appearance { state.withLock(\.appearance) }

  /// Asks again if it last asked long ago. Of many concurrent requests one asks; the others go on with what is known.
  func refresh(_ auth: any MessageSender, _ call: Call) async {
    let due = state.withLock { state in
      if let askedAt = state.askedAt, askedAt.duration(to: .now) < Self.age { return false }
      state.askedAt = .now
      return true
    }
    guard due, let heard = try? await auth.send(Auth.GetAppearance(), call) else { return }
    state.withLock { $0.appearance = heard }
  }

  /// Makes the next page ask again, because something was saved here.
  package func drop() { state.withLock { $0.askedAt = nil } }
}

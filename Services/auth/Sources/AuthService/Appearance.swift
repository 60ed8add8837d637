import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceStore
import Store

extension AuthService {
  /// What anyone may know: the public settings.
  func getAppearance(
    _ message: Auth.GetAppearance, _ call: Call
  ) async throws(ServiceFailure) -> Auth.Appearance {
    let settings = try await currentSettings(call)
    let known = ApplicationSettings.definitions.filter(\.isPublic).map { ($0.key, settings[$0.key]) }
    let images = try await store.read(ImageVersions.OfApplication(), call)
    return Auth.Appearance(
      settings: ApplicationSettings(chosen: Dictionary(uniqueKeysWithValues: known), isFixed: settings.isFixed),
      images: Dictionary(images.map { ($0.name, $0.version) }) { first, _ in first })
  }

  /// The settings in force; `APP_NAME` names an installation that its administrator has not named.
  func currentSettings(_ call: Call) async throws(ServiceFailure) -> ApplicationSettings {
    var current = try await store.settings(call)
    if current.chosen["appName"]?.isEmpty ?? true { current["appName"] = settings.appName }
    return current
  }
}

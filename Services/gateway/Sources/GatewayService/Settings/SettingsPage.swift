package import LatchkeyProtocol

/// `/settings/admin/application-configuration`
package struct SettingsPage: Page {
  package static let template = "settings"
  let form: [String: any Sendable]
  let groups: [Group]
  let isFixed: Bool
  /// Untrusted proxies nearby that say for whom they forward.
  let unbelievedProxies: [String]
  let look: LookSection
  let atSettings = true

  /// - Parameters:
  ///   - groups: all that a user who signs up could join.
  ///   - images: versions of the operator's images, as in `Auth.Appearance`.
  package init(
    _ view: Admin.SettingsView, groups: [GroupSummary], images: [String: String] = [:],
    unbelievedProxies: [String] = []
  ) {
    form = view.form
    let chosen = Set(view.settings.signupDefaultGroups)
    self.groups = groups.map { Group(groupID: "\($0.id)", name: $0.friendlyName, isChosen: chosen.contains($0.id)) }
    isFixed = view.settings.isFixed
    self.unbelievedProxies = unbelievedProxies
    look = LookSection(accent: view.settings.accentColour, images: images, isFixed: view.settings.isFixed)
  }

  package struct Group: Sendable {
    let groupID: String
    let name: String
    let isChosen: Bool
  }
}

extension Admin.SettingsView {
  /// The settings as a form shows them, by the REST API's names: a choice among few by what it may be.
  fileprivate var form: [String: any Sendable] {
    Dictionary(uniqueKeysWithValues: ApplicationSettings.definitions.map { ($0.key, value(of: $0)) })
  }

  private func value(of definition: ApplicationSettings.Definition) -> any Sendable {
    let value = settings[definition.key]
    switch definition.form {
    case .flag: return value == "true"
    case .oneOf(let values): return Dictionary(uniqueKeysWithValues: values.map { ($0, $0 == value) })
    case .secret: return secrets.contains(definition.key) ? ApplicationSettings.mask : ""
    // One `name=value` per line.
    case .claims: return settings.signupDefaultClaims.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    default: return value
    }
  }
}

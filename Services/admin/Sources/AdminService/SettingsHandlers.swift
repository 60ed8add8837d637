import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

extension AdminService {
  func getSettings(
    _ message: Admin.GetSettings, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetSettings.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard let everything = try await store.first(ChosenSettings.ReadAll(), call) else {
        throw ServiceFailure(.internal, mayHaveHappened: false, "The table of settings has no row.")
      }
      return .settings(view(everything))
    }
  }

  func updateSettings(
    _ message: Admin.UpdateSettings, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateSettings.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let (asked, problems) = checked(message)
      guard problems.isEmpty else { return .invalid(problems) }
      let unknown = try await unknownGroups(asked, call)
      guard principal.mayLeaveOut(unknown.count, of: "signupDefaultUserGroupIDs", logger, call) else {
        return .invalid(
          unknown.map { FieldProblem("signupDefaultUserGroupIDs", "not_found", "There is no group \($0).") })
      }
      let settings = asked.without(defaultGroups: unknown)
      var sealed: [String: String] = [:]
      for (name, secret) in message.secrets where !secret.isEmpty {
        do { sealed[name] = try settingSecrets.seal(secret, as: name) } catch {
          throw ServiceFailure(.internal, mayHaveHappened: false, "The secret \(name) cannot be sealed: \(error)")
        }
      }
      let (chosen, new) = (own(settings), sealed)
      let refusal: Admin.UpdateSettings.Response? = try await change(call, by: principal) { change in
        let transaction = change.transaction
        guard let before = try await transaction.first(ChosenSettings.Lock()), !before.settings.isFixed else {
          return .fixed
        }
        let current = effective(before.settings)
        let givesPower = ApplicationSettings.definitions.contains {
          $0.givesPower && current[$0.key] != settings[$0.key]
        }
        if givesPower, try await !change.uses(.settings) { return .denied(.proofRequired) }
        let secrets = before.sealed.filter { message.secrets[$0.key] == nil }.merging(new) { _, new in new }
        var entry = change.entry(.settingsUpdated)
        for definition in ApplicationSettings.definitions where definition.form != .secret {
          entry.note(definition.key, .string(current[definition.key]), .string(settings[definition.key]))
        }
        let touched = message.secrets.keys.filter {
          !(message.secrets[$0]?.isEmpty ?? true) || before.sealed[$0] != nil
        }
        if !touched.isEmpty { entry.data["secretsChanged"] = touched.sorted().joined(separator: ", ") }
        if !entry.changes.isEmpty || !touched.isEmpty { try await transaction.write(AuditLog.Insert(entry)) }
        try await transaction.write(ChosenSettings.Save(chosen: chosen, sealed: secrets))
        return nil
      }
      if let refusal { return refusal }
      guard let after = try await store.first(ChosenSettings.ReadAll(), call) else { return .fixed }
      logger.notice("settings changed", metadata: ["by": "\(principal.user.id)", "request": "\(call.id)"])
      return .updated(view(after))
    }
  }

  /// The message's values in normal form, and everything that is wrong with them and with its secrets.
  private func checked(_ message: Admin.UpdateSettings) -> (ApplicationSettings, [FieldProblem]) {
    var settings = ApplicationSettings()
    for definition in ApplicationSettings.definitions where definition.form != .secret {
      guard let value = message.values[definition.key] else { continue }
      settings[definition.key] = ApplicationSettings.normalised(value, definition)
    }
    var problems = settings.problems
    for (name, secret) in message.secrets.sorted(by: { $0.key < $1.key }) {
      guard let definition = ApplicationSettings.definition(name), definition.form == .secret else {
        problems.append(FieldProblem(name, "invalid", "There is no such secret."))
        continue
      }
      if let problem = ApplicationSettings.problem(secret.exposed, definition) {
        problems.append(FieldProblem(name, problem.code, problem.message))
      }
    }
    return (effective(settings), problems)
  }

  private func unknownGroups(
    _ settings: ApplicationSettings, _ call: Call
  ) async throws(ServiceFailure) -> [GroupID] {
    let wanted = settings.signupDefaultGroups
    guard !wanted.isEmpty else { return [] }
    let known = Set(try await store.read(Groups.Known(wanted), call))
    return wanted.filter { !known.contains($0) }
  }

  /// Settings that differ from what the installation would have anyway, so that its defaults can still change.
  private func own(_ settings: ApplicationSettings) -> [String: String] {
    let unset = effective(ApplicationSettings())
    return settings.chosen.filter { !$0.value.isEmpty && $0.value != unset[$0.key] }
  }

  /// With the operator's values from the environment where nothing was chosen.
  private func effective(_ settings: ApplicationSettings) -> ApplicationSettings {
    var settings = settings
    for (key, value) in defaults where settings.chosen[key]?.isEmpty ?? true { settings[key] = value }
    return settings
  }

  private func view(_ everything: ChosenSettings.Everything) -> Admin.SettingsView {
    Admin.SettingsView(settings: effective(everything.settings), secrets: everything.sealed.keys.sorted())
  }
}

extension ApplicationSettings {
  /// The same, except that new users do not join these groups.
  fileprivate func without(defaultGroups: [GroupID]) -> ApplicationSettings {
    guard !defaultGroups.isEmpty else { return self }
    var settings = self
    let kept = signupDefaultGroups.filter { !defaultGroups.contains($0) }
    settings["signupDefaultUserGroupIDs"] = "[\(kept.map { "\"\($0)\"" }.joined(separator: ","))]"
    return settings
  }
}

package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// `PublicAppConfigVariableDto`s: the public settings, and two facts that are not settings.
  package static func publicSettings(_ settings: ApplicationSettings) -> JSONValue {
    let known = ApplicationSettings.definitions.filter(\.isPublic).map { definition -> JSONValue in
      .object(variable(definition, settings[definition.key]))
    }
    let facts: [JSONValue] = [
      ["key": "uiConfigDisabled", "type": "boolean", "value": .string(settings.isFixed ? "true" : "false")],
      ["key": "tracingEnabled", "type": "", "value": "false"],
    ]
    return .array(known + facts)
  }

  /// `AppConfigVariableDto`s: a stored secret shows as a mask, which keeps it when sent back.
  package static func allSettings(_ view: Admin.SettingsView) -> JSONValue {
    .array(
      ApplicationSettings.definitions.map { definition in
        let secret = view.secrets.contains(definition.key) ? ApplicationSettings.mask : ""
        var members = variable(definition, definition.form == .secret ? secret : view.settings[definition.key])
        members["isPublic"] = .bool(definition.isPublic)
        return .object(members)
      })
  }

  private static func variable(
    _ definition: ApplicationSettings.Definition, _ value: String
  ) -> [String: JSONValue] {
    ["key": .string(definition.key), "type": .string(definition.form.typeName), "value": .string(value)]
  }
}

extension ApplicationSettings.Form {
  /// The REST API's word for it.
  fileprivate var typeName: String {
    switch self {
    case .flag: "bool"
    case .minutes: "int"
    default: "string"
    }
  }
}

extension Admin.UpdateSettings {
  /// From `AppConfigUpdateDto`: values are text; a required one is named if it is missing.
  package init(_ fields: inout JSONFields) {
    var values: [String: String] = [:]
    var secrets: [String: Secret] = [:]
    for definition in ApplicationSettings.definitions {
      let key = definition.key
      if definition.form == .secret {
        // Absent or masked: it stays as it is.
        if let secret = fields.text(key), secret != ApplicationSettings.mask { secrets[key] = Secret(secret) }
        continue
      }
      let value = fields.text(key)
      if definition.isRequired, fields[key] == nil || value?.isEmpty == true {
        fields.refuse(key, "required", "Is missing: all settings are replaced at once.")
      }
      if definition.form == .colour, let value, !value.isEmpty, value != "default", Colour(css: value) == nil {
        fields.refuse(key, "invalid", "Expected default, or a colour such as #a5701f.")
      }
      values[key] = value
    }
    self.init(values: values, secrets: secrets)
  }
}

extension ApplicationSettings.Definition {
  /// What the REST API requires: every choice among few, and the three without which nothing can be shown.
  package var isRequired: Bool {
    switch form {
    case .flag, .oneOf, .name, .minutes, .address: true
    default: false
    }
  }
}

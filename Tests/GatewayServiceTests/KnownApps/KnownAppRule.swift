import Foundation
import GatewayService
import Testing

/// Something that holds for every known app, so that whoever follows an entry ends up signed in.
struct KnownAppRule: Sendable, CustomTestStringConvertible {
  let name: String
  /// What breaks it, each in a few words; none where it holds.
  let complaints: @Sendable (KnownApp) -> [String]

  init(_ name: String, _ complaints: @escaping @Sendable (KnownApp) -> [String]) {
    self.name = name
    self.complaints = complaints
  }

  var testDescription: String { name }

  static let all = connecting + addresses + identity + scopes + texts
}

extension KnownApp {
  var noteText: String { notes?.text([:]) ?? "" }
  var groupText: String { groups?.text([:]) ?? "" }

  /// What is set in each place that names the client, by place and in order.
  var connectingPlaces: [(place: Place, settings: [Setting])] {
    var places: [Place] = []
    for setting in settings where !places.contains(setting.place) { places.append(setting.place) }
    return places.map { place in (place, settings.filter { $0.place == place }) }
      .filter { $0.settings.mention(.clientId) }
  }

  /// Each of its places connects the app by itself, as its notes say; otherwise they do so together.
  var isSetUpInOneOfThem: Bool { noteText.contains("one of them") }
}

extension [KnownApp.Setting] {
  func mention(_ placeholder: AppText.Placeholder) -> Bool { contains { $0.value.mentions(placeholder) } }
}

extension KnownApp.Place {
  var kind: String {
    switch self {
    case .environment: "environment"
    case .file: "file"
    case .page: "page"
    }
  }
}

extension KnownApp.Setting {
  /// The key's letters and digits, small: `OIDC_USER-Claim` is `oidcuserclaim`.
  var plainKey: String { key.lowercased().filter { $0.isLetter || $0.isNumber } }

  /// The value as it is written, without quotes around it.
  var bareValue: String { value.text([:]).trimmingCharacters(in: CharacterSet(charactersIn: "'\"")) }

  /// Whether it switches PKCE on or off, be it the whole setting or a part of its value; nil for another.
  var switchesPKCE: Bool? {
    let text = "\(key)=\(value.text([:]))".lowercased()
    guard let named = text.firstMatch(of: /pkce|challenge|proof key/) else { return nil }
    for word in text[named.range.upperBound...].split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      if ["true", "on", "1", "yes", "enabled", "s256"].contains(word) { return true }
      if ["false", "off", "0", "no", "disabled", "none"].contains(word) { return false }
    }
    return nil
  }
}

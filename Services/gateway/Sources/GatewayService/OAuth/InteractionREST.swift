package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  /// An unfinished authorization, with a name and a sentence for every scope.
  package static func interaction(_ interaction: OIDC.Interaction) -> JSONValue {
    [
      "id": .string("\(interaction.handle)"), "scopes": .texts(interaction.scopes),
      "scopeInfo": .array(interaction.scopes.map(scope)), "client": .clientSummary(interaction.client),
      "currentStep": .string(interaction.currentStep.rawValue),
      "requiredSteps": .texts(interaction.requiredSteps.map(\.rawValue)),
    ]
  }

  private static func scope(_ key: String) -> JSONValue {
    let words: (name: String, description: String)? =
      switch key {
      case "openid": ("Sign-in", "Know that it is you")
      case "profile": ("Profile", "See your name and username")
      case "email": ("E-mail", "See your e-mail address")
      case "groups": ("Groups", "See which groups you are in")
      case "offline_access": ("Stay signed in", "Stay signed in when you sign out here")
      default: nil
      }
    guard let words else { return ["key": .string(key), "name": .string(key)] }
    return ["key": .string(key), "name": .string(words.name), "description": .string(words.description)]
  }
}

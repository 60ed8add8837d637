/// What a client wants the user to be asked (OpenID Connect Core §3.1.2.1).
public enum Prompt: String, Sendable, Hashable, CaseIterable {
  case none
  case login
  case consent
  case selectAccount = "select_account"

  /// - Throws: `invalid_request` for a value that discovery does not list (Initiating User Registration 1.0: a provider
  ///   that publishes `prompt_values_supported` refuses others), and for `none` with another value.
  static func parse(_ text: String?) throws(OAuthError) -> Set<Prompt> {
    var prompts: Set<Prompt> = []
    for word in (text ?? "").split(separator: " ") {
      guard let prompt = Prompt(rawValue: String(word)) else {
        throw OAuthError(
          .invalidRequest,
          "The parameter 'prompt' has a value other than \(allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      prompts.insert(prompt)
    }
    guard !prompts.contains(.none) || prompts.count == 1 else {
      // Core §3.1.2.1: "If this parameter contains none with any other value, an error is returned."
      throw OAuthError(.invalidRequest, "The prompt 'none' cannot stand beside another.")
    }
    return prompts
  }
}

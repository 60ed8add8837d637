/// What a client wants the user to be asked (OpenID Connect Core §3.1.2.1).
public enum Prompt: String, Sendable, Hashable, CaseIterable {
  case none
  case login
  case consent
  case selectAccount = "select_account"

  /// The values that are supported. Others are ignored, as Core §3.1.2.1 recommends: a client that knows more than we do
  /// still gets people signed in, and discovery says what we know.
  ///
  /// - Throws: `invalid_request` for `none` beside another, known or not.
  static func parse(_ text: String?) throws(OAuthError) -> Set<Prompt> {
    let words = Set((text ?? "").split(separator: " "))
    let prompts = Set(words.compactMap { Prompt(rawValue: String($0)) })
    guard !prompts.contains(.none) || words.count == 1 else {
      // Core §3.1.2.1: "If this parameter contains none with any other value, an error is returned."
      throw OAuthError(.invalidRequest, "The prompt 'none' cannot stand beside another.")
    }
    return prompts
  }
}

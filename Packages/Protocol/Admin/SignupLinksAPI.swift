/// Links by which people sign up.
public protocol SignupLinksAPI: Sendable {}

extension Routes {
  mutating func addSignupLinks(_ api: some SignupLinksAPI) {}
}

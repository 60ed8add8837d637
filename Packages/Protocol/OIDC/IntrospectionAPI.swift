/// What programs ask about tokens, and taking them back.
public protocol IntrospectionAPI: Sendable {}

extension Routes {
  mutating func addIntrospection(_ api: some IntrospectionAPI) {}
}

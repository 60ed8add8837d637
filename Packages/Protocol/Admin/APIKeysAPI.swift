/// Keys of the REST API.
public protocol APIKeysAPI: Sendable {}

extension Routes {
  mutating func addAPIKeys(_ api: some APIKeysAPI) {}
}

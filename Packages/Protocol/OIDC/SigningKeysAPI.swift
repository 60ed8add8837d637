/// The signing keys, for their administrators.
public protocol SigningKeysAPI: Sendable {}

extension Routes {
  mutating func addSigningKeys(_ api: some SigningKeysAPI) {}
}

/// Pictures, logos, backgrounds.
public protocol ImagesAPI: Sendable {}

extension Routes {
  mutating func addImages(_ api: some ImagesAPI) {}
}

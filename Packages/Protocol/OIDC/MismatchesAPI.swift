/// What an administrator may know of a refused authorization request.
public protocol MismatchesAPI: Sendable {}

extension Routes {
  mutating func addMismatches(_ api: some MismatchesAPI) {}
}

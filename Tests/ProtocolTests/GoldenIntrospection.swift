import LatchkeyProtocol

extension GoldenCatalogue {
  static let introspection: [GoldenMessage] = []
}

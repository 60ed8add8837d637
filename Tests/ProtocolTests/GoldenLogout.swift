import LatchkeyProtocol

extension GoldenCatalogue {
  static let logout: [GoldenMessage] = []
}

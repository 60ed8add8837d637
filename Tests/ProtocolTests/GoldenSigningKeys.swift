import LatchkeyProtocol

extension GoldenCatalogue {
  static let signingKeys: [GoldenMessage] = []
}

/// The page of the signing keys.
enum SigningKeyPageRoutes {
  static let all: [Route] = []
}

import Foundation
import LatchkeyProtocol

extension GoldenCatalogue {
  static var signingKeys: [GoldenMessage] {
    let day = Date(timeIntervalSince1970: 1_790_000_000)
    let keys = OIDC.SigningKeys(
      keys: [
        OIDC.SigningKey(id: "k2", algorithm: "RS256", state: .current, publishedAt: day, signsFrom: day + 3600),
        OIDC.SigningKey(id: "k3", algorithm: "RS256", state: .next, publishedAt: day + 3600),
        OIDC.SigningKey(
          id: "k1", algorithm: "RS256", state: .retired, publishedAt: day - 86_400, signsFrom: day - 3600,
          retiredAt: day + 3600, believedUntil: day + 7200),
      ], rotationDays: 90)
    return [
      .of(OIDC.ListSigningKeys(), answers: .keys(keys), .denied(.notAdministrator)),
      .of(
        OIDC.RotateSigningKeys(algorithm: "RS256", expected: ["k1"]), answers: .rotated(keys), .unchanged(keys),
        .unknownAlgorithm, .denied(.proofRequired)),
      .of(OIDC.RevokeSigningKey(id: "k1"), answers: .revoked(keys), .notFound, .denied(.notSignedIn)),
    ]
  }
}

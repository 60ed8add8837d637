import Foundation
import GatewayService

extension PageSamples {
  static var signingKeys: [Sample] {
    [
      Sample("signing-keys", SigningKeysPage(algorithms: algorithms(rotated: true), rotationDays: 90), viewer: ada),
      Sample("signing-keys-new", SigningKeysPage(algorithms: algorithms(rotated: false), rotationDays: 0), viewer: ada),
    ]
  }

  private static func algorithms(rotated: Bool) -> [SigningKeysPage.Algorithm] {
    [
      ("RS256", SigningKeysPage.Use.idTokens), ("PS256", nil), ("ES256", .accessTokens), ("ES384", nil), ("EdDSA", nil),
    ].map { (name: String, use: SigningKeysPage.Use?) in
      var keys = [
        SigningKeysPage.Key(current: "Qm7v-\(name)-a1", signsFrom: ago(rotated ? 2 : 700)),
        SigningKeysPage.Key(next: "x0Rk-\(name)-b2", publishedAt: ago(rotated ? 2 : 700)),
      ]
      if rotated, use != nil {
        keys.append(
          SigningKeysPage.Key(retired: "tz9L-\(name)-c3", retiredAt: ago(2), believedUntil: ago(-1)))
      }
      return SigningKeysPage.Algorithm(name, signs: use, keys: keys)
    }
  }
}

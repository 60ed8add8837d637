import LatchkeyProtocol
import LatchkeyWords
import OIDCRules
import ServiceKit

// Discovery/ owns what we publish: metadata and public keys. It must not know where the gateway has its routes: the
// paths come with the message.

extension OIDCService {
  /// OpenID Connect Discovery §4.
  func metadata(_ message: OIDC.Metadata, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    let paths = message.paths
    let discovery = Discovery(
      issuer: settings.issuer, internalURL: settings.internalURL,
      paths: (
        paths.authorization, paths.token, paths.userInfo, paths.introspection, paths.revocation, paths.endSession,
        paths.keys
      ), locales: Language.all.map(\.tag))
    return .published(discovery.document)
  }

  /// RFC 7517 §5.
  func keys(_ message: OIDC.Keys, _ call: Call) async throws(ServiceFailure) -> OIDC.HTTPAnswer {
    .published(PublicJWK.set(await keyRing.published().map(\.jwk)))
  }
}

import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit

/// What the discovery document offers apps, for the pages that show it: they show nothing that is not in it.
struct AdvertisedEndpoints: Sendable {
  let endSession: String?
  let introspection: String?
  let revocation: String?
  /// The algorithms that tokens can be signed with.
  let algorithms: [String]

  /// - Parameter document: JSON, read as an app reads it.
  init(_ document: Data) {
    let metadata = try? JSONValue(json: Array(document))
    endSession = metadata?["end_session_endpoint"]?.string
    introspection = metadata?["introspection_endpoint"]?.string
    revocation = metadata?["revocation_endpoint"]?.string
    algorithms = metadata?["id_token_signing_alg_values_supported"]?.array?.compactMap(\.string) ?? []
  }
}

extension Exchange {
  /// Nothing while `oidc` does not answer: an administrator's page does without.
  func offered() async -> AdvertisedEndpoints {
    AdvertisedEndpoints((try? await services.oidc.send(OIDC.Metadata.ours, call))?.body ?? Data())
  }

  func endpoints(_ offered: AdvertisedEndpoints) -> ClientPage.Endpoints {
    ClientPage.Endpoints(
      appURL: site.settings.appURL.issuer, internalURL: site.settings.internalAppURL?.issuer,
      endSession: offered.endSession, introspection: offered.introspection, revocation: offered.revocation)
  }
}

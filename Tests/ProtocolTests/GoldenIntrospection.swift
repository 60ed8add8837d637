import Encodings
import Foundation
import LatchkeyProtocol

extension GoldenCatalogue {
  static var introspection: [GoldenMessage] {
    let request = OIDC.ClientRequest(form: [FormField("token", "t")], authorization: [Secret("Basic YTpi")])
    return [
      .of(
        OIDC.Introspect(request),
        answers: OIDC.HTTPAnswer(status: 200, fields: [], body: Data(#"{"active":false}"#.utf8))),
      .of(OIDC.Revoke(request), answers: OIDC.HTTPAnswer(status: 200, fields: [], body: Data())),
    ]
  }
}

import Encodings
import LatchkeyProtocol

extension GoldenCatalogue {
  static var mismatches: [GoldenMessage] {
    let mismatch = OIDC.Mismatch(
      clientID: "grafana", clientName: "Grafana",
      arrived: OIDC.Arrived(
        url: "https://g.example.com/cb/",
        pieces: [OIDC.Piece("https://g.example.com/cb", differs: false), OIDC.Piece("/", differs: true)],
        host: "g.example.com", hostIsRegistered: true, refusal: nil),
      registered: [
        OIDC.Registered(
          pieces: [OIDC.Piece("https://g.example.com/cb", differs: false), OIDC.Piece("", differs: true)],
          differences: OIDC.Difference.allCases)
      ])
    return [
      .of(
        OIDC.ExplainMismatch(parameters: [FormField("client_id", "grafana")]), answers: .mismatch(mismatch),
        .mismatch(OIDC.Mismatch(clientID: "grafana", clientName: "Grafana", arrived: nil, registered: [])), .otherwise,
        .denied)
    ]
  }
}

import LatchkeyProtocol

extension GoldenCatalogue {
  static var knownApps: [GoldenMessage] {
    [
      .of(
        Admin.GetKnownApp(clientID: "grafana"), answers: .app("grafana"), .app(nil), .notFound,
        .denied(.notAdministrator)),
      .of(
        Admin.SetKnownApp(clientID: "grafana", app: "grafana"), answers: .noted,
        .invalid([FieldProblem("knownApp", "invalid", "This is no known app's id.")]), .notFound,
        .denied(.notSignedIn)),
      .of(
        Admin.AddCallbackURL(clientID: "grafana", url: "https://grafana.example.com/callback"),
        answers: .added(["https://grafana.example.com/callback"]),
        .invalid([FieldProblem("url", "invalid", "The callback URL is empty.")]), .full(limit: 50), .notFound,
        .denied(.proofRequired)),
    ]
  }
}

import LatchkeyProtocol

extension GoldenCatalogue {
  static var introspection: [GoldenMessage] {
    let refusal = OIDC.Refusal(.client, error: "invalid_client", description: "The client is unknown.")
    return [
      .of(
        OIDC.Introspect(form: [FormField("token", "t")], authorization: Secret("Basic YTpi")),
        answers: .answer(["active": false]), .refused(refusal)),
      .of(
        OIDC.Revoke(form: [FormField("token", "t")], authorization: nil), answers: .done, .refused(refusal)),
    ]
  }
}

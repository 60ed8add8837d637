/// A client's request as received at an endpoint where clients authenticate: nothing in it is trusted.
public struct ReceivedForm: Sendable {
  /// Every `Authorization` header.
  let authorization: [String]
  let form: FormParameters
  let hasQuery: Bool

  public init(authorization: [String], form: FormParameters, hasQuery: Bool) {
    self.authorization = authorization
    self.form = form
    self.hasQuery = hasQuery
  }
}

/// What every endpoint where clients authenticate reads from a request before it asks what the request is about.
protocol ClientDraft: SendableMetatype {
  var received: ReceivedForm { get }
  var credentials: PresentedCredentials? { get set }
}

// The checks that the token, introspection and revocation endpoints begin with. They are written once, here; the
// endpoints' tables list them in their order.
extension DraftCheck where Draft: ClientDraft, Refusal == OAuthError {
  static var query: DraftCheck {
    DraftCheck("query", "RFC 6749 §2.3.1, §3.2: in the body only; logs keep addresses") { (draft) throws(OAuthError) in
      guard !draft.received.hasQuery else {
        throw OAuthError(.invalidRequest, "Send the parameters in the body, not in the address.")
      }
    }
  }

  static var duplicates: DraftCheck {
    DraftCheck("duplicates", "RFC 6749 §3.2: no parameter twice") { (draft) throws(OAuthError) in
      do throws(FormRefusal) { try draft.received.form.refuseDuplicates() } catch { throw OAuthError(error) }
    }
  }

  static var clientAuthentication: DraftCheck {
    DraftCheck("client authentication", "RFC 6749 §2.3: exactly one method") { (draft) throws(OAuthError) in
      draft.credentials = try PresentedCredentials.read(
        authorization: draft.received.authorization, form: draft.received.form)
    }
  }
}

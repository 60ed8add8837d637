// The checks of the end-session endpoint, in order. None of them keeps a user signed in: without a hint that passes,
// the user is asked; without an address that passes, they stay here.
extension EndSessionRequest {
  static let checks: [Check] = [
    Check("duplicates", "RFC 6749 §3.1: no parameter twice", duplicates),
    Check("id_token_hint", "RP-Initiated Logout §2, §4: ours; expired accepted", hint),
    Check("client_id", "RP-Initiated Logout §2: the client that the hint was issued to", client),
    Check("session", "RP-Initiated Logout §2: sub and sid of the browser's session, or ask", session),
    Check("post_logout_redirect_uri", "RP-Initiated Logout §3: registered, and proven by a hint", destination),
    Check("state", "RP-Initiated Logout §2: passed back as it came", state),
  ]

  private static func duplicates(_ draft: inout Draft) throws(EndSessionProblem) {
    do {
      try draft.parameters.refuseDuplicates()
    } catch {
      // We cannot know which of two values is meant: the request counts as empty.
      draft.parameters = FormParameters()
      throw .unreadable
    }
  }

  private static func hint(_ draft: inout Draft) throws(EndSessionProblem) {
    guard try draft.parameters.sent("id_token_hint") != nil else { return }
    guard let hint = draft.facts.hint else { throw .hint }
    draft.hint = hint
  }

  private static func client(_ draft: inout Draft) throws(EndSessionProblem) {
    let named = try draft.parameters.sent("client_id")
    if let named, let hint = draft.hint, !hint.audience.contains(where: { $0.utf8.elementsEqual(named.utf8) }) {
      draft.hint = nil
      throw .foreignHint
    }
    guard draft.hint != nil || named != nil else { return }
    guard let client = draft.facts.client,
      named.map({ $0.utf8.elementsEqual(client.id.utf8) }) ?? (draft.hint?.audience == [client.id])
    else {
      draft.hint = nil
      throw .unknownClient
    }
    draft.client = client
  }

  private static func session(_ draft: inout Draft) throws(EndSessionProblem) {
    guard let hint = draft.hint, let session = draft.facts.session else { return }
    // §2: "the currently logged-in End-User is not the one identified by the ID Token hint"; another of their own
    // sessions is not the one that the app means either.
    draft.meansThisSession = hint.subject == session.userID && hint.sessionID == session.id
    if !draft.meansThisSession, session.isLive { throw .otherSession }
  }

  private static func destination(_ draft: inout Draft) throws(EndSessionProblem) {
    guard let text = try draft.parameters.sent("post_logout_redirect_uri") else { return }
    guard let client = draft.client else { throw .unprovenDestination }
    guard let uri = (try? RedirectURI(parsing: text))?.proven(by: client.logoutCallbackURLs, patterns: client.patterns)
    else {
      throw .unregisteredDestination
    }
    // §3: "the OP MUST NOT perform post-logout redirection" without a hint: anyone can write down a client's id.
    // Offering a link to an address that the client registered is not the same as redirecting there.
    draft.destination = PostLogoutDestination(uri: uri, isProven: draft.hint != nil)
    if draft.hint == nil { throw .unprovenDestination }
  }

  private static func state(_ draft: inout Draft) throws(EndSessionProblem) {
    guard let state = try draft.parameters.sent("state"), draft.destination != nil else { return }
    guard state.utf8.count <= Limits.state, state.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      draft.destination = nil
      throw .unreadable
    }
    draft.destination?.state = state
  }
}

extension FormParameters {
  fileprivate func sent(_ name: String) throws(EndSessionProblem) -> String? {
    do { return try value(name) } catch { throw .unreadable }
  }
}

import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import OIDCRules
import ServiceStore
import Store

// Logout/ owns signing out: RP-Initiated Logout, and telling apps by back channel and by frames. It must not know the
// session's cookie, nor end the session that the browser holds: `auth` does that.

extension OIDCService {
  /// The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2). It says what is to be done with the
  /// browser's session; one that only the hint names is ended here.
  func endSession(
    _ message: OIDC.EndSession, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.EndSession.Response {
    try await leaving(message.parameters, saidYesIn: nil, call)
  }

  /// What the question carried is checked again, as if it had just arrived: the session may be another one by now, and
  /// the client may have lost an address.
  func confirmEndSession(
    _ message: OIDC.ConfirmEndSession, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ConfirmEndSession.Response {
    guard let confirmation = message.confirmation else {
      // A page of our own asked: the yes applies to the user who is signed in.
      let facts = try await store.first(logoutFacts(nil, call), call)
      return .end(farewell(facts))
    }
    do {
      let asked = try carried.open(AskedToLeave.self, from: confirmation.exposed, purpose: AskedToLeave.purpose)
      return try await leaving(asked.parameters, saidYesIn: asked.session, call)
    } catch let failure as ServiceFailure {
      throw failure
    } catch {
      // Not ours, or an hour old: the person is asked again, by us.
      return try await leaving([], saidYesIn: nil, call)
    }
  }

  /// - Parameter session: the one that the user was asked about and said yes to.
  private func leaving(
    _ fields: [FormField], saidYesIn session: SessionID?, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Leaving {
    // An unreadable request counts as empty; the user can still sign out.
    let request = EndSessionRequest((try? FormParameters(fields)) ?? FormParameters())
    var hint: IDTokenHint?
    if let token = request.idTokenHint { hint = await read(hint: token) }
    let facts = try await store.first(logoutFacts(request.clientID(hint: hint), call), call)
    let checked = request.checked(
      EndSessionRequest.Facts(
        hint: hint, client: facts?.client.map(EndSessionRequest.Client.init),
        session: facts?.session.map(EndSessionRequest.Session.init)))
    if !checked.problems.isEmpty {
      logger.info(
        "an app's request to sign somebody out was not quite right",
        metadata: [
          "problems": "\(checked.problems.map(\.rawValue).joined(separator: ", "))", "request": "\(call.id)",
          "client": "\(checked.clientID ?? "-")",
        ])
    }
    if let named = checked.named { try await end(named, asked: checked, call) }
    switch checked.decision {
    case .end: return .end(farewell(facts, checked))
    case .over: return .over(farewell(facts, checked))
    case .ask:
      guard let current = facts?.session else { return .over(farewell(facts, checked)) }
      // The user was asked, and told which app asks: their yes makes up for the missing proof (§3, "other means").
      if current.id == session { return .end(farewell(facts, checked, saidYes: true)) }
      return .ask(
        OIDC.LogoutQuestion(
          user: current.user, app: summary(facts, checked), confirmation: try question(fields, in: current.id, call),
          back: checked.destination?.location))
    }
  }

  private func end(
    _ named: CheckedEndSession.NamedSession, asked: CheckedEndSession, _ call: Call
  ) async throws(ServiceFailure) {
    guard let session = SessionID(named.id), let user = UserID(named.userID) else { return }
    var entry = AuditEntry(.signOut, call)
    (entry.userID, entry.session, entry.clientID) = (user, session, asked.clientID)
    entry.data = ["method": "id_token_hint"]
    _ = try await store.write(Sessions.EndNamed(session, of: user, entry: entry), call)
  }

  private func logoutFacts(_ clientID: String?, _ call: Call) -> LogoutFacts.Read {
    LogoutFacts.Read(clientID: clientID, tokenHash: call.sessionHash, limit: Limits.frontchannelFrames)
  }

  private func question(
    _ fields: [FormField], in session: SessionID, _ call: Call
  ) throws(ServiceFailure) -> Secret {
    let size = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    // The page carries it back in a form. No legitimate request is too long; one that is too long is not carried on.
    let asked = AskedToLeave(session: session, parameters: size <= Limits.askedToLeave ? fields : [])
    do {
      return Secret(try carried.seal(asked, purpose: AskedToLeave.purpose, lifetime: Lifetime.question))
    } catch {
      throw broken(error, call)
    }
  }

  private func summary(_ facts: LogoutFacts?, _ checked: CheckedEndSession) -> OIDC.ClientSummary? {
    guard let client = facts?.client, client.id == checked.clientID else { return nil }
    return OIDC.ClientSummary(
      id: client.id, name: client.name, description: client.description, launchURL: client.launchURL,
      requiresReauthentication: false, returnsTo: checked.destination?.uri.uri.place, logos: client.logos)
  }

  private func farewell(
    _ facts: LogoutFacts?, _ checked: CheckedEndSession? = nil, saidYes: Bool = false
  ) -> OIDC.LogoutDestination {
    var farewell = OIDC.LogoutDestination()
    if let session = facts?.session {
      farewell.frames = (facts?.frontchannelURIs ?? []).compactMap { uri in
        FrontchannelFrame(registered: uri, issuer: settings.issuer, sessionID: "\(session.id)")
          .map { OIDC.LogoutDestination.Frame(location: $0.location, origin: $0.origin) }
      }
    }
    guard let checked else { return farewell }
    farewell.app = summary(facts, checked)
    farewell.isAddressUnknown = checked.problems.contains(.unregisteredDestination)
    if let destination = checked.destination {
      if destination.isProven || saidYes {
        farewell.destination = destination.location
      } else {
        farewell.link = destination.location
      }
    }
    if farewell.destination == nil, checked.problems.contains(.unprovenDestination) { farewell.isUnproven = true }
    return farewell
  }
}

/// A question that the page carries while the person thinks: what was asked, and about which session.
struct AskedToLeave: Codable, Sendable {
  static let purpose = "end-session"

  let session: SessionID
  let parameters: [FormField]
}

extension EndSessionRequest.Client {
  init(_ client: LogoutFacts.Client) {
    self.init(
      id: client.id, logoutCallbackURLs: client.logoutCallbackURLs,
      patterns: CallbackPatterns(
        isPublic: client.isPublic, chosen: client.callbackPatterns, imported: client.imported))
  }
}

extension EndSessionRequest.Session {
  init(_ session: LogoutFacts.Session) {
    self.init(id: "\(session.id)", userID: "\(session.user.id)", isLive: session.isLive)
  }
}

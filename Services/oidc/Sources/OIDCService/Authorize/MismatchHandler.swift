import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceStore
import Store

extension OIDCService {
  /// Looks up who asks: what is registered is shown to administrators only.
  func explainMismatch(
    _ message: OIDC.ExplainMismatch, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ExplainMismatch.Response {
    guard let session = try await store.session(call), session.user.isAdmin else { return .denied }
    guard let request = (try? FormParameters(message.parameters)).map(AuthorizationRequest.init),
      let clientID = try? request.clientID(), request.parameters.values("redirect_uri").count < 2,
      let client = try await store.first(ConnectedApps.Read(clientID: clientID), call)
    else { return .otherwise }
    let registered = client.callbackURLs
    guard let arrived = request.parameters.values("redirect_uri").first else {
      return .mismatch(
        OIDC.Mismatch(
          clientID: clientID, clientName: client.name, arrived: nil,
          registered: registered.map { OIDC.Registered(pieces: [OIDC.Piece($0, differs: false)], differences: []) }))
    }
    if let uri = try? RedirectURI(parsing: arrived), uri.proven(by: registered, patterns: client.patterns) != nil {
      return .otherwise
    }
    return .mismatch(Self.mismatch(clientID, client, arrived))
  }

  private static func mismatch(_ clientID: String, _ client: ConnectedApps.Read.Row, _ arrived: String)
    -> OIDC.Mismatch
  {
    let shown = RedirectURIComparison.visible(arrived)
    let compared = client.callbackURLs.map {
      RedirectURIComparison(arrived: shown, registered: $0, patterns: client.patterns)
    }
    .enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }.map(\.element)
    let host = RedirectURIComparison.host(of: shown)
    var refusal: String?
    do { _ = try CallbackURL.validated(arrived) } catch { refusal = error.sentence }
    return OIDC.Mismatch(
      clientID: clientID, clientName: client.name,
      arrived: OIDC.Arrived(
        url: arrived, pieces: (compared.first?.arrived ?? [.init(shown, differs: false)]).map(OIDC.Piece.init),
        host: host,
        hostIsRegistered: client.callbackURLs.contains { RedirectURIComparison.host(of: $0) == host },
        refusal: refusal),
      registered: compared.map { comparison in
        OIDC.Registered(
          pieces: comparison.registered.map(OIDC.Piece.init),
          differences: comparison.differences.map(OIDC.Difference.init))
      })
  }
}

extension ConnectedApps.Read.Row {
  fileprivate var patterns: CallbackPatterns {
    CallbackPatterns(isPublic: isPublic, chosen: callbackPatterns, imported: imported)
  }
}

extension OIDC.Piece {
  fileprivate init(_ piece: RedirectURIComparison.Piece) { self.init(piece.text, differs: piece.differs) }
}

extension OIDC.Difference {
  fileprivate init(_ difference: RedirectURIComparison.Difference) {
    self =
      switch difference {
      case .scheme: .scheme
      case .host: .host
      case .port: .port
      case .path: .path
      case .trailingSlash: .trailingSlash
      case .letterCase: .letterCase
      case .query: .query
      }
  }
}

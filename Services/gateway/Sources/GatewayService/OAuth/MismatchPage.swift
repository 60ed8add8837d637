package import LatchkeyProtocol

/// `/authorize`, for a signed-in administrator, when the redirect URI is not registered: what arrived, what is
/// registered, where they differ, and the decision to register what arrived.
package struct MismatchPage: Page {
  package static let template = "mismatch"
  let app: AppSummary
  let apiURL: String
  let clientURL: String
  let arrivedURL: String?
  let arrived: [Stretch]
  let registered: [Row]
  let noneRegistered: Bool
  let host: String?
  /// The address is on a host that none of the registered ones is on, so it may be another party's.
  let foreignHost: Bool
  let mayAdd: Bool
  let refusal: String?
  let requestID: String

  package init(_ mismatch: OIDC.Mismatch, requestID: String) {
    app = AppSummary(name: mismatch.clientName)
    apiURL = "/api/oidc/clients/\(ClientPage.pathID(mismatch.clientID))"
    clientURL = ClientPage.url(id: mismatch.clientID)
    arrivedURL = mismatch.arrived?.url
    arrived = mismatch.arrived?.pieces.map(Stretch.init) ?? []
    registered = mismatch.registered.map(Row.init)
    noneRegistered = mismatch.registered.isEmpty
    host = mismatch.arrived.flatMap { $0.host.isEmpty ? nil : $0.host }
    refusal = mismatch.arrived?.refusal
    mayAdd = mismatch.arrived != nil && refusal == nil
    foreignHost = mayAdd && mismatch.arrived?.hostIsRegistered == false && !mismatch.registered.isEmpty
    self.requestID = requestID
  }

  package struct Stretch: Sendable {
    let text: String
    let differs: Bool

    init(_ piece: OIDC.Piece) {
      text = piece.text
      differs = piece.differs
    }
  }

  /// A registered address. One flag for each differing part, since the template names them.
  package struct Row: Sendable {
    let stretches: [Stretch]
    let scheme: Bool
    let differentHost: Bool
    let port: Bool
    let path: Bool
    let trailingSlash: Bool
    let letterCase: Bool
    let query: Bool

    init(_ registered: OIDC.Registered) {
      let differences = Set(registered.differences)
      stretches = registered.pieces.map(Stretch.init)
      scheme = differences.contains(.scheme)
      differentHost = differences.contains(.host)
      port = differences.contains(.port)
      path = differences.contains(.path)
      trailingSlash = differences.contains(.trailingSlash)
      letterCase = differences.contains(.letterCase)
      query = differences.contains(.query)
    }
  }
}

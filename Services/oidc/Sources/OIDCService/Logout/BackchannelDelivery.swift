import Foundation
import LatchkeyProtocol
public import Logging
import OIDCRules
public import Postgres
import ServiceStore
import Store

/// Tells apps that sessions are over (OpenID Connect Back-Channel Logout 1.0), alongside any number of other instances:
/// each notice is claimed by one of them at a time, and the claim of one that was killed expires.
public struct BackchannelDelivery: Sendable {
  /// A notification of new notices may be lost with its connection; and a notice's next attempt has none.
  static let interval = Duration.seconds(5)

  private let database: Database
  private let keyRing: KeyRing
  private let issuer: String
  private let carrier: any BackchannelCarrier
  private let logger: Logger
  /// The owner of our claims.
  private let instance = UUID()

  public init(_ service: OIDCService, database: Database, carrier: HTTPBackchannelCarrier, logger: Logger) {
    self.init(service, database: database, anyCarrier: carrier, logger: logger)
  }

  package init(_ service: OIDCService, database: Database, anyCarrier: any BackchannelCarrier, logger: Logger) {
    self.database = database
    keyRing = service.keyRing
    issuer = service.settings.issuer
    carrier = anyCarrier
    self.logger = logger
  }

  /// Returns when cancelled.
  public func run() async {
    await Periodic.onOutbox(of: database, every: Self.interval) { await deliverDue() }
  }

  /// Delivers until nothing is due.
  package func deliverDue() async {
    do {
      let drop = Outbox.DropUseless(.oidc, error: OIDC.LogoutNotices.Trouble(.expired).text)
      let dropped = try await database.write(drop).count
      if dropped > 0 {
        logger.warning("apps were not told of ended sessions within a day", metadata: ["count": "\(dropped)"])
      }
      // When an app responds, the notices that waited for it become due.
      while !Task.isCancelled, try await deliverSome() {}
    } catch {
      logger.warning("the outbox cannot be read now: \(error)")
    }
  }

  /// Claims one notice after another, and delivers several concurrently; false when none was due. In that case, this is
  /// one short statement: tokens are written over the same connections.
  private func deliverSome() async throws -> Bool {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var (found, running) = (false, 0)
      while !Task.isCancelled {
        if running == Limits.noticesAtOnce {
          try await group.next()
          running -= 1
        }
        let claim = LogoutNotices.Claim(by: instance, leaseSeconds: Limits.noticeLease / .seconds(1))
        guard let claimed = try await database.write(claim).rows.first else { break }
        group.addTask { await seeThrough(claimed) }
        (found, running) = (true, running + 1)
      }
      try await group.waitForAll()
      return found
    }
  }

  private func seeThrough(_ claimed: LogoutNotices.Claimed) async {
    do {
      let verdict = try await attempt(claimed)
      log(claimed, verdict)
      let note = LogoutNotices.Note(claimed.id, by: instance, verdict)
      let database = database
      // Not cancelled with us: the outcome is known, and would otherwise be found out again after the lease.
      let noting = Task { _ = try await database.write(note) }
      try await noting.value
    } catch {
      logger.warning("a notice to an app was not seen through: \(error)", metadata: ["notice": "\(claimed.id)"])
    }
  }

  private func attempt(_ claimed: LogoutNotices.Claimed) async throws -> Outbox.Verdict {
    guard let address = claimed.address, let algorithm = claimed.algorithm else {
      return .failed(error: OIDC.LogoutNotices.Trouble(.removed).text)
    }
    let keys = await keyRing.current
    let token = try JWS.sign(
      LogoutToken.payload(
        issuer: issuer, clientID: claimed.clientID, userID: "\(claimed.user)", sessionID: "\(claimed.session)",
        // Each attempt is a new token: an app that remembers ids must not mistake it for a replay.
        tokenID: UUID().uuidString.lowercased(), now: claimed.now),
      type: LogoutToken.headerType, with: keys.signing(named: algorithm))
    let came = await carrier.post(token, to: address)
    switch LogoutNoticeRules.verdict(came.answer, attempts: claimed.attempts) {
    case .told: return .delivered
    case .refused: return .failed(error: came.trouble.text)
    // We are shutting down, and the app has not been told: another instance tells it at once.
    case .again where Task.isCancelled: return .retry(seconds: 0, error: came.trouble.text)
    case .again(let seconds): return .retry(seconds: seconds, error: came.trouble.text)
    }
  }

  private func log(_ claimed: LogoutNotices.Claimed, _ verdict: Outbox.Verdict) {
    let about: Logger.Metadata = [
      "notice": "\(claimed.id)", "client": "\(claimed.clientID)", "attempt": "\(claimed.attempts)",
    ]
    switch verdict {
    case .delivered: logger.info("an app was told of an ended session", metadata: about)
    case .retry(let seconds, let error):
      logger.warning("an app was not told of an ended session; again in \(Int(seconds)) s: \(error)", metadata: about)
    case .failed(let error): logger.warning("an app will not be told of an ended session: \(error)", metadata: about)
    }
  }
}

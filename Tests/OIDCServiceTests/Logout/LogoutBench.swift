import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import OIDCService
import Postgres
import ServiceWorld
import Store
import Synchronization

/// An app's server that takes logout tokens in memory, or says what a test tells it to.
final class FakeApp: BackchannelCarrier {
  private let taken = Mutex<[(token: String, address: String)]>([])
  private let answer: @Sendable (String) async -> BackchannelAnswer

  init(_ answer: @escaping @Sendable (String) async -> BackchannelAnswer = { _ in .taken }) { self.answer = answer }

  var tokens: [String] { taken.withLock { $0.map(\.token) } }
  var addresses: [String] { taken.withLock { $0.map(\.address) } }

  func post(_ token: String, to address: String) async -> BackchannelAnswer {
    taken.withLock { $0.append((token, address)) }
    return await answer(address)
  }
}

extension BackchannelAnswer {
  static let taken = BackchannelAnswer(.status(200), OIDC.LogoutNotices.Trouble(.status, "200"))
  static let busy = BackchannelAnswer(.status(503), OIDC.LogoutNotices.Trouble(.status, "503"))
  static let refused = BackchannelAnswer(.status(400), OIDC.LogoutNotices.Trouble(.refused, "invalid_request"))
  static let silent = BackchannelAnswer(.none, OIDC.LogoutNotices.Trouble(.timedOut))
}

/// One row of the outbox.
struct NoticeRow: Sendable {
  let client: String
  let session: UUID
  let user: UUID
  let delivered: Bool
  let failed: Bool
  let attempts: Int
  let error: String?
  let waitsSeconds: Double
}

private struct ReadNotices: Statement {
  static let sql = """
    SELECT client_id, session_id, user_id, delivered_at IS NOT NULL, failed_at IS NOT NULL, attempts, last_error,
      extract(epoch FROM due_at - now())::float8
    FROM outbox WHERE kind = 'backchannel_logout' ORDER BY created_at, id
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> NoticeRow {
    NoticeRow(
      client: try row.next(), session: try row.next(), user: try row.next(), delivered: try row.next(),
      failed: try row.next(), attempts: try row.next(), error: try row.next(), waitsSeconds: try row.next())
  }
}

extension World {
  func notices() async throws -> [NoticeRow] { try await database.read(ReadNotices()) }

  /// Waits until the notices look so, for ten seconds at most.
  func notices(become condition: ([NoticeRow]) -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      if condition(try await notices()) { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}

extension World {
  /// One round of housekeeping; how many went.
  func removeExpiredSessions() async throws -> Int { try await database.write(Expired.Sessions()).count }

  func removeExpiredGrants() async throws -> Int { try await database.write(Expired.Grants()).count }
}

extension Flow {
  static let backchannel = "https://grafana.example.com/logout/back"
  static let frontchannel = "https://grafana.example.com/logout/front?from=id"
  static let signedOut = "https://grafana.example.com/signed-out"

  /// Somebody who is signed in at an app that wants to be told in every way.
  static func signedIn() async throws -> (flow: Flow, tokens: Flow.Answer) {
    let flow = try await Flow.start { settings in
      settings.logoutCallbackURLs = [signedOut]
      settings.backchannelLogoutURI = backchannel
      settings.frontchannelLogoutURI = frontchannel
    }
    return (flow, try await flow.exchange(try await flow.code()))
  }
}

extension Flow.Answer {
  var rawIDToken: String { tokens?["id_token"]?.string ?? "" }
  var sid: String { idToken?["sid"]?.string ?? "" }
}

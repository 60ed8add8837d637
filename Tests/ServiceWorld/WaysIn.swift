package import Foundation
package import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension World {
  /// Puts a code into the table as the command line does.
  ///
  /// - Parameters:
  ///   - hash: the code's keyed hash.
  ///   - browser: the cookie of the only browser that it is for.
  ///   - isMailed: as to somebody who asked for it by mail.
  package func handOut(
    _ hash: Data, to user: UserID, seconds: Double = 60, browser: Secret? = nil, isMailed: Bool = false
  ) async throws {
    let code = NewOneTimeCode(
      hash: hash, lifetimeSeconds: seconds, origin: isMailed ? .email : .command,
      browserHash: browser.map { Data(Digest.sha256($0.exposed)) })
    _ = try await database.write(
      OneTimeCodes.Create(code, for: user, entry: AuditEntry(.oneTimeLinkCreated, call(), subject: "\(hash)")))
  }

  /// The keyed hash of a code.
  package func hash(ofCode code: String) -> Data { Data(hashKey.hash(code, purpose: OneTimeCodes.purpose)) }

  /// What the log says beside the address of the set-up page.
  package func setupCode() async throws -> String {
    guard let setup = try await database.first(Ceremonies.Setup()) else { throw WorldFailure("there is no instance") }
    return SetupCode.text(setup.seed, keys: try Self.key.keys(for: .auth))
  }

  /// Chooses settings, by the REST API's names.
  package func choose(_ settings: [String: String]) async throws {
    let pairs = settings.map { "'\($0.key)', '\($0.value)'" }.joined(separator: ", ")
    try await sql("UPDATE settings SET chosen = chosen || jsonb_build_object(\(pairs))")
  }
}

import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store

/// Opens `/setup` again on an installation that has users, for an operator with access to the machine.
public enum SetupOpening {
  /// The page's address, with the code that it asks for.
  public static func url(_ place: CommandContext) async throws -> String {
    let session = try await Session.open(place.owner)
    do {
      let url = try await url(place, session)
      await session.close()
      return url
    } catch {
      await session.close()
      throw error
    }
  }

  private static func url(_ place: CommandContext, _ session: Session) async throws -> String {
    guard let check = try await Preparation.checkValue(session) else {
      throw LaunchFailure("There is no data here yet: run `latchkey serve` first, with the same DATA_DIR or database.")
    }
    let key = try place.keySource.settle(place.key, check: check) { _ in }
    let keys = try key.keys(for: .auth, kept: try await session.run(EncryptionKeyChange.Keys()).rows)
    let entry = AuditEntry(
      id: SystemRandomness().uuid(), .setupOpened, address: "", userAgent: "latchkey open-setup", request: RequestID())
    let reopen = Instance.ReopenSetup(seconds: Preparation.setupWindow.inSeconds, entry: entry)
    guard let seed = try await session.run(reopen).rows.first else {
      throw LaunchFailure("There is no installation here yet: run `latchkey serve` first.")
    }
    return "\(place.appURL.issuer)/setup#\(SetupCode.text(seed, keys: keys))"
  }
}

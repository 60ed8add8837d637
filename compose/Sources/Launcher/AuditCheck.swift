import LatchkeyProtocol
import Postgres
public import ServiceStore
import Store

/// Checks an installation's audit log against its seals.
public enum AuditCheck {
  /// - Parameters:
  ///   - noted: a seal that was seen earlier.
  ///   - progress: called now and then with how many entries were read, of about how many.
  public static func run(
    _ place: CommandContext, noted: AuditReport.Seam?, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) async throws -> AuditReport {
    let session = try await Session.open(place.owner)
    do {
      guard let check = try await Preparation.checkValue(session) else {
        throw LaunchFailure(
          "There is no data here yet: run `latchkey serve` first, with the same DATA_DIR or database.")
      }
      let key = try place.keySource.settle(place.key, check: check) { _ in }
      let keys = try key.keys(for: .admin, kept: try await session.run(EncryptionKeyChange.Keys()).rows)
      let verification = AuditVerification(
        chain: AuditChain(keys: keys), noted: noted, progress: progress)
      let report = try await verification.run(session)
      await session.close()
      return report
    } catch {
      await session.close()
      throw error
    }
  }
}

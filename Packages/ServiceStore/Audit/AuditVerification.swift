import Encodings
import Foundation
public import Postgres
import Store

/// Checks the whole record against its seals, in pieces, on one snapshot of the database; writes may continue.
public struct AuditVerification: Sendable {
  /// An entry's time is when its transaction began, and batches close by time: it is at most this late.
  static let latest: Int64 = 600 * 1_000_000
  /// Entries that are checked together.
  static let piece = 5000

  private let chain: AuditChain
  private let noted: AuditReport.Seam?
  private let progress: @Sendable (_ done: Int, _ total: Int) -> Void

  /// - Parameters:
  ///   - noted: a seal that was seen earlier and must still be there.
  ///   - progress: called now and then with how many entries were read, of about how many.
  public init(
    chain: AuditChain, noted: AuditReport.Seam? = nil,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    self.chain = chain
    self.noted = noted
    self.progress = progress
  }

  /// - Parameter session: a connection of its own; a transaction is opened and ended on it.
  public func run(_ session: Session) async throws(DatabaseFailure) -> AuditReport {
    try await session.unsafeScript("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    var report = AuditReport()
    let extent = try await session.run(AuditChecks.Extent()).rows.first
    report.waiting = extent?.waiting ?? 0
    report.overdue = extent?.overdue ?? 0
    var link = Link(notedUnseen: noted != nil)
    while true {
      let rows = try await session.run(AuditChecks.Seals(after: link.batch)).rows
      for row in rows {
        check(row.seal, &link, &report)
        if !row.listFits { report.add(.listWrong(batch: row.seal.batch)) }
      }
      for piece in Self.pieces(rows.map(\.seal)) {
        try await check(piece, session, &link.latest, &report)
        progress(report.entries, extent?.sealed ?? 0)
      }
      if rows.count < AuditChecks.Seals.page { break }
    }
    for stray in try await session.run(AuditChecks.Strays()).rows {
      report.add(.entriesUnsealed(batch: stray.batch, entries: stray.entries))
    }
    if let noted, link.notedUnseen { report.add(.seamMissing(batch: noted.batch)) }
    try await session.unsafeScript("COMMIT")
    return report
  }

  /// How far the chain has been followed.
  private struct Link {
    var batch = 0
    /// What the next seal may stand on: the stored one, and the one that it should be. None after a gap.
    var previous = [AuditChain.origin]
    /// The newest time among sealed entries.
    var latest: Int64?
    var notedUnseen: Bool
  }

  private func check(_ seal: AuditSeal, _ link: inout Link, _ report: inout AuditReport) {
    if seal.batch > link.batch + 1 {
      report.add(.batchesMissing(link.batch + 1...seal.batch - 1))
      link.previous = []
    }
    let expected = link.previous.map { chain.expectedSeal(of: seal, after: $0) }
    if !expected.isEmpty, !expected.contains(where: { ConstantTime.equal($0, seal.seal) }) {
      report.add(.sealWrong(batch: seal.batch))
    }
    link.previous = [seal.seal] + expected.prefix(1)
    link.batch = seal.batch
    let seam = AuditReport.Seam(batch: seal.batch, seal: seal.seal)
    report.newest = seam
    if noted == seam { link.notedUnseen = false }
    if let prunedAt = seal.prunedAt {
      report.removed += 1
      let mark = chain.prunedSeal(batch: seal.batch, seal: seal.seal, at: prunedAt)
      if !ConstantTime.equal(mark, seal.prunedSeal ?? Data()) { report.add(.removalWrong(batch: seal.batch)) }
    } else {
      report.batches += 1
    }
  }

  /// The seals whose entries are there, in runs of bounded size.
  private static func pieces(_ seals: [AuditSeal]) -> [[AuditSeal]] {
    var pieces: [[AuditSeal]] = []
    var size = 0
    for seal in seals where seal.prunedAt == nil {
      if pieces.isEmpty || size + seal.entries > piece {
        pieces.append([])
        size = 0
      }
      pieces[pieces.count - 1].append(seal)
      size += max(seal.entries, 1)
    }
    return pieces
  }

  /// Compares the entries of some batches with what was sealed.
  private func check(
    _ seals: [AuditSeal], _ session: Session, _ latest: inout Int64?, _ report: inout AuditReport
  ) async throws(DatabaseFailure) {
    guard let first = seals.first, let last = seals.last else { return }
    var found: [Int: [SealedContent]] = [:]
    var read: AuditChecks.Entries.Row?
    while true {
      let rows = try await session.run(AuditChecks.Entries(of: first.batch...last.batch, after: read)).rows
      for row in rows { found[row.batch, default: []].append(row.content) }
      read = rows.last
      if rows.count < AuditChecks.Entries.page { break }
    }
    for seal in seals {
      let entries = found[seal.batch] ?? []
      report.entries += entries.count
      if let latest {
        let early = entries.filter { $0.createdAt < latest - Self.latest }
        if let first = early.first {
          report.add(.entriesBackdated(batch: seal.batch, first: first.id, entries: early.count))
        }
      }
      latest = max(latest ?? seal.lastAt, seal.lastAt)
      let leaves = AuditChain.leaves(entries)
      if AuditChain.contentHash(leaves: leaves) == seal.contentHash { continue }
      let sealed = try await session.run(AuditChecks.Leaves(of: seal.batch)).rows.first ?? nil
      guard let sealed, AuditChain.contentHash(leaves: Array(sealed)) == seal.contentHash else {
        report.add(.entriesWrong(batch: seal.batch))
        continue
      }
      for finding in Self.differences(Array(sealed), leaves, batch: seal.batch) { report.add(finding) }
    }
  }

  /// The difference for each entry of a batch.
  private static func differences(_ sealed: [UInt8], _ found: [UInt8], batch: Int) -> [AuditFinding] {
    let (before, after) = (byID(sealed), byID(found))
    let present = Set(after.map(\.id))
    let lost = before.filter { !present.contains($0.id) }.map { AuditFinding.entryMissing(batch: batch, id: $0.id) }
    let known = Dictionary(before.map { ($0.id, $0.hash) }) { first, _ in first }
    return lost
      + after.compactMap { leaf in
        guard let hash = known[leaf.id] else { return .entryAdded(batch: batch, id: leaf.id) }
        return hash == leaf.hash ? nil : .entryChanged(batch: batch, id: leaf.id)
      }
  }

  private static func byID(_ leaves: [UInt8]) -> [(id: UUID, hash: ArraySlice<UInt8>)] {
    stride(from: 0, to: leaves.count - leaves.count % AuditChain.leafLength, by: AuditChain.leafLength).map { start in
      let id = leaves[start..<start + 16].withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
      return (UUID(uuid: id), leaves[start + 16..<start + AuditChain.leafLength])
    }
  }

}

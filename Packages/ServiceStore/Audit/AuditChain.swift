@preconcurrency import Crypto
public import Foundation
public import Store

/// What the record's seals are made of.
///
/// An entry's content is its columns as `AuditSeals.columns` has them: for each the byte 0 if it is NULL, otherwise the
/// byte 1, the text's length in UTF-8 bytes (four bytes, most significant first), and the text. Its *leaf* is its id
/// (16 bytes) and the SHA-256 of "latchkey audit entry 1" and that content. A batch's content hash is the SHA-256 of
/// its leaves, in order of time and id. Its seal is the HMAC-SHA256, under a key that is nowhere in the database, of
/// "latchkey audit seal 1", batch, entries, first and last time, time of sealing (eight bytes each, most significant
/// first; times in microseconds since 1970), the content hash, and the seal before it (32 zero bytes before the first).
///
/// So a changed, added or missing entry shows, as does a batch that was removed, and an attacker who has the database
/// alone cannot make it fit. What cannot show is a cut at the newest end, or a whole database put back to an earlier
/// day: compare the newest seal with one that was noted elsewhere (each is in the log of `admin`).
public struct AuditChain: Sendable {
  /// What precedes the first batch.
  public static let origin = Data(repeating: 0, count: 32)
  /// Bytes of a leaf.
  static let leafLength = 48

  private let key: SymmetricKey

  /// - Parameter keys: of the admin service.
  public init(keys: ServiceKeys) { key = keys.audit }

  /// The id of an entry and the hash of its content.
  static func leaf(_ entry: SealedContent) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array("latchkey audit entry 1".utf8))
    for text in entry.texts {
      guard let text else {
        hash.update(data: [0])
        continue
      }
      hash.update(data: [1])
      let bytes = Array(text.utf8)
      hash.update(data: bigEndian(UInt32(clamping: bytes.count)))
      hash.update(data: bytes)
    }
    return withUnsafeBytes(of: entry.id.uuid) { Array($0) } + Array(hash.finalize())
  }

  /// The leaves of a batch, in the order in which they are hashed.
  static func leaves(_ entries: [SealedContent]) -> [UInt8] {
    entries.map { (entry: $0, id: $0.id.uuidString) }
      .sorted { ($0.entry.createdAt, $0.id) < ($1.entry.createdAt, $1.id) }
      .flatMap { leaf($0.entry) }
  }

  static func contentHash(leaves: [UInt8]) -> Data { Data(SHA256.hash(data: leaves)) }

  /// Seals entries as a batch.
  ///
  /// - Returns: the seal and the leaves; nil for no entries.
  public func seal(
    _ entries: [SealedContent], batch: Int, after previous: Data?, at now: Int64
  ) -> (seal: AuditSeal, leaves: Data)? {
    let times = entries.map(\.createdAt)
    guard let first = times.min(), let last = times.max() else { return nil }
    let leaves = Self.leaves(entries)
    var seal = AuditSeal(
      batch: batch, entries: entries.count, firstAt: first, lastAt: last, sealedAt: now,
      contentHash: Self.contentHash(leaves: leaves))
    seal.seal = expectedSeal(of: seal, after: previous ?? Self.origin)
    return (seal, Data(leaves))
  }

  /// The seal that a batch must have.
  func expectedSeal(of seal: AuditSeal, after previous: Data) -> Data {
    var code = HMAC<SHA256>(key: key)
    code.update(data: Array("latchkey audit seal 1".utf8))
    let numbers = [Int64(seal.batch), Int64(seal.entries), seal.firstAt, seal.lastAt, seal.sealedAt]
    for number in numbers { code.update(data: bigEndian(number)) }
    code.update(data: seal.contentHash)
    code.update(data: previous)
    return Data(code.finalize())
  }

  /// The seal that marks a batch's entries as removed by age, at a time.
  public func prunedSeal(batch: Int, seal: Data, at time: Int64) -> Data {
    var code = HMAC<SHA256>(key: key)
    code.update(data: Array("latchkey audit removal 1".utf8))
    code.update(data: bigEndian(Int64(batch)))
    code.update(data: bigEndian(time))
    code.update(data: seal)
    return Data(code.finalize())
  }
}

private func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

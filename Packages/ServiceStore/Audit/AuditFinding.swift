import Encodings
public import Foundation

/// What does not fit in the record.
public enum AuditFinding: Sendable, Equatable {
  /// Batches are missing: their seals were removed.
  case batchesMissing(ClosedRange<Int>)
  /// The seal is not one of ours, or what it says was changed.
  case sealWrong(batch: Int)
  /// The list that tells a batch's entries apart was changed.
  case listWrong(batch: Int)
  /// A batch's entries are not those that were sealed; without its list, it is unknown which.
  case entriesWrong(batch: Int)
  /// Marked as removed by age, but not by us.
  case removalWrong(batch: Int)
  case entryChanged(batch: Int, id: UUID)
  case entryMissing(batch: Int, id: UUID)
  case entryAdded(batch: Int, id: UUID)
  /// Sealed, but claiming a time long before that of the entries that were sealed earlier: they were written later.
  case entriesBackdated(batch: Int, first: UUID, entries: Int)
  /// Entries whose batch has no seal, or one that says that they were removed.
  case entriesUnsealed(batch: Int, entries: Int)
  /// The newest seal that was noted elsewhere is missing.
  case seamMissing(batch: Int)

  /// A stable name.
  public var name: String {
    switch self {
    case .batchesMissing: "batches-missing"
    case .sealWrong: "seal-wrong"
    case .listWrong: "list-wrong"
    case .entriesWrong: "entries-wrong"
    case .removalWrong: "removal-wrong"
    case .entryChanged: "entry-changed"
    case .entryMissing: "entry-missing"
    case .entryAdded: "entry-added"
    case .entriesBackdated: "entries-backdated"
    case .entriesUnsealed: "entries-unsealed"
    case .seamMissing: "seal-missing"
    }
  }

  /// The batch that it is about, the first of several.
  public var batch: Int {
    switch self {
    case .batchesMissing(let range): range.lowerBound
    case .sealWrong(let batch), .listWrong(let batch), .entriesWrong(let batch), .removalWrong(let batch),
      .entryChanged(let batch, _),
      .entryMissing(let batch, _), .entryAdded(let batch, _), .entriesBackdated(let batch, _, _),
      .entriesUnsealed(let batch, _), .seamMissing(let batch):
      batch
    }
  }

  /// The entry that it is about, if it is about one.
  public var entry: UUID? {
    switch self {
    case .entryChanged(_, let id), .entryMissing(_, let id), .entryAdded(_, let id), .entriesBackdated(_, let id, _): id
    default: nil
    }
  }

  public var sentence: String {
    let id = entry.map { $0.uuidString.lowercased() } ?? ""
    switch self {
    case .batchesMissing(let range) where range.count == 1:
      return "Batch \(range.lowerBound) is missing, with its seal."
    case .batchesMissing(let range):
      return "Batches \(range.lowerBound) to \(range.upperBound) are missing, with their seals."
    case .sealWrong(let batch): return "The seal of batch \(batch) is not ours, or what it seals was changed."
    case .listWrong(let batch): return "The list of entries of batch \(batch) was changed."
    case .entriesWrong(let batch): return "The entries of batch \(batch) are not those that were sealed."
    case .removalWrong(let batch): return "Batch \(batch) is marked as removed by age, but not by Latchkey."
    case .entryChanged(let batch, _): return "Entry \(id) of batch \(batch) was changed."
    case .entryMissing(let batch, _): return "Entry \(id) of batch \(batch) is missing."
    case .entryAdded(let batch, _): return "Entry \(id) was added to batch \(batch) after it was sealed."
    case .entriesBackdated(let batch, _, let entries) where entries > 1:
      return "\(entries) entries of batch \(batch), such as \(id), claim a time long before they were written."
    case .entriesBackdated(let batch, _, _):
      return "Entry \(id) of batch \(batch) claims a time long before it was written."
    case .entriesUnsealed(let batch, let entries):
      return "\(entries == 1 ? "1 entry names" : "\(entries) entries name") batch \(batch), which has no such entries."
    case .seamMissing(let batch):
      return "Batch \(batch) does not have the seal that was noted: the newest end was cut off or written anew."
    }
  }
}

/// What checking the whole record found.
public struct AuditReport: Sendable, Equatable {
  /// Entries that were read and are sealed.
  public var entries = 0
  /// Batches that still have their entries.
  public var batches = 0
  /// Batches whose entries were removed by age.
  public var removed = 0
  /// Entries that wait for their seal.
  public var waiting = 0
  /// Of those, the ones that have waited for more than ten minutes.
  public var overdue = 0
  /// The newest batch and its seal.
  public var newest: Seam?
  /// The first `limit` of what does not fit.
  public private(set) var findings: [AuditFinding] = []
  /// How many there are in all.
  public private(set) var problems = 0

  /// More would not help to see what happened.
  static let limit = 100

  public init() {}

  public var isWhole: Bool { problems == 0 }

  mutating func add(_ finding: AuditFinding) {
    problems += 1
    if findings.count < Self.limit { findings.append(finding) }
  }

  /// A batch and the beginning of its seal: short enough to note down, long enough that no one finds another.
  public struct Seam: Sendable, Equatable, CustomStringConvertible {
    public let batch: Int
    let prefix: String

    public init(batch: Int, seal: Data) {
      self.batch = batch
      prefix = Hexadecimal.text(seal.prefix(16))
    }

    /// From its text.
    public init?(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let batch = Int(parts[0]), batch > 0, parts[1].utf8.count == 32,
        parts[1].allSatisfy(\.isHexDigit)
      else { return nil }
      self.batch = batch
      prefix = parts[1].lowercased()
    }

    public var description: String { "\(batch):\(prefix)" }
  }
}

import Foundation

/// One value on its way to bytes: the bytes so far and the containers that are still open.
///
/// All containers write into one buffer. A container ends when the value that opened it has encoded itself, or when its
/// parent writes on; then its header is filled in and its entries are put in order.
final class Encoding {
  /// An open array or map.
  struct Level {
    /// Tells a container whether this is still its own level.
    let serial: Int
    /// Where the header's placeholder stands.
    let start: Int
    let isMap: Bool
    /// Whether the order of the entries is ours to choose: a map, or a set.
    let sorts: Bool
    let firstEntry: Int
    var count = 0
    var isOrdered = true
  }

  /// One member of a level that sorts: it lasts until the next one begins.
  struct Entry {
    let start: Int
    /// What it is sorted by; for a set's element, all of it.
    let key: Range<Int>
  }

  var writer = ByteWriter()
  private(set) var levels: [Level] = []
  private var entries: [Entry] = []
  private var opened = 0
  /// The first refusal by something that cannot throw.
  private var refusal: WireError?

  private let longestText: Int
  /// The number of bytes that were there before.
  private var base = 0

  /// - Parameter longestText: bytes that a text or key may have.
  init(longestText: Int = .max) {
    self.longestText = longestText
    levels.reserveCapacity(8)
    entries.reserveCapacity(32)
  }

  /// Takes over bytes, without a copy: the value is appended to them.
  func begin(behind bytes: inout [UInt8]) {
    swap(&writer.bytes, &bytes)
    base = writer.bytes.count
  }

  /// All bytes, once everything has been written.
  func finish() throws -> [UInt8] {
    try close(to: 0)
    if let refusal { throw refusal }
    guard writer.bytes.count - base <= MessagePack.maximumBytes else { throw WireError(.tooLarge, at: "") }
    return writer.bytes
  }

  func refuse(_ reason: WireError.Reason) {
    if refusal == nil { refusal = WireError(reason, at: path) }
  }

  func fail(_ reason: WireError.Reason) -> WireError { refusal ?? WireError(reason, at: path) }

  /// Writes a text that is within its bound.
  func text(_ value: String) throws {
    guard value.utf8.count <= longestText else { throw fail(.textTooLong(longestText)) }
    writer.string(value)
  }

  // MARK: Containers

  /// Opens a container; returns what identifies it.
  func open(isMap: Bool, sorts: Bool) -> (level: Int, serial: Int) {
    if levels.count >= MessagePack.maximumDepth { refuse(.tooDeep) }
    opened += 1
    levels.append(
      Level(serial: opened, start: writer.bytes.count, isMap: isMap, sorts: sorts, firstEntry: entries.count))
    writer.bytes.append(0)
    return (levels.count - 1, opened)
  }

  /// Makes a container the innermost one again; refuses if it has ended.
  func activate(_ level: Int, _ serial: Int) throws {
    if let refusal { throw refusal }
    guard level < levels.count, levels[level].serial == serial else { throw fail(.disorder) }
    if levels.count > level + 1 { try close(to: level + 1) }
    guard writer.bytes.count - base <= MessagePack.maximumBytes else { throw fail(.tooLarge) }
  }

  /// Begins a map's next member.
  func key(_ name: String, in level: Int) throws {
    let start = writer.bytes.count
    try text(name)
    let end = writer.bytes.count
    let key = (end - name.utf8.count)..<end
    if let last = entries.last, levels[level].count > 0, levels[level].isOrdered {
      levels[level].isOrdered = compare(last.key, key) < 0
    }
    entries.append(Entry(start: start, key: key))
    levels[level].count += 1
  }

  /// Counts an array's next element.
  func element(in level: Int) { levels[level].count += 1 }

  /// Records where a set's element was written.
  func elementEnded(in level: Int, from start: Int) {
    entries.append(Entry(start: start, key: start..<writer.bytes.count))
    levels[level].isOrdered = false
  }

  /// Ends every container from this depth on.
  func close(to depth: Int) throws {
    while levels.count > depth {
      let level = levels.removeLast()
      if !level.isOrdered { try reorder(level) }
      entries.removeLast(entries.count - level.firstEntry)
      let (short, long): (UInt8, UInt8) = level.isMap ? (0x80, 0xDE) : (0x90, 0xDC)
      if level.count <= 15 {
        writer.bytes[level.start] = short | UInt8(level.count)
      } else {
        let header = ByteWriter.header(level.count, short: short, long: long)
        writer.bytes.replaceSubrange(level.start...level.start, with: header)
      }
    }
  }

  private func reorder(_ level: Level) throws {
    let own = entries[level.firstEntry...]
    guard let first = own.first else { return }
    let order = own.indices.sorted { compare(entries[$0].key, entries[$1].key) < 0 }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(writer.bytes.count - first.start)
    for (position, index) in order.enumerated() {
      if level.isMap, position > 0, compare(entries[order[position - 1]].key, entries[index].key) == 0 {
        throw fail(.duplicateKey)
      }
      let end = index + 1 < own.endIndex ? entries[index + 1].start : writer.bytes.count
      sorted.append(contentsOf: writer.bytes[entries[index].start..<end])
    }
    writer.bytes.replaceSubrange(first.start..., with: sorted)
  }

  private func compare(_ one: Range<Int>, _ other: Range<Int>) -> Int {
    writer.bytes.withUnsafeBytes { bytes in
      let a = UnsafeRawBufferPointer(rebasing: bytes[one])
      let b = UnsafeRawBufferPointer(rebasing: bytes[other])
      return ByteOrder.compare(a, b)
    }
  }

  /// The keys and indexes of the containers that are open, for people.
  var path: String {
    levels.enumerated().reduce(into: "") { text, item in
      let (depth, level) = item
      let end = depth + 1 < levels.count ? levels[depth + 1].firstEntry : entries.count
      if level.isMap, end > level.firstEntry {
        let name = String(decoding: writer.bytes[entries[end - 1].key], as: UTF8.self)
        text += text.isEmpty ? name : ".\(name)"
      } else if level.count > 0 {
        text += "[\(level.count - 1)]"
      }
    }
  }
}

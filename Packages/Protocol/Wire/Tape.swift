import Foundation

/// Bytes that were checked once, whole, with an index of every value in them.
///
/// One pass refuses everything that is wrong with the bytes themselves, in time and memory proportional to their
/// number; reading a message then only walks the index. The bytes are not copied: a tape is valid only while they stay,
/// so it is made and used within one call of `MessagePack.decode`.
final class Tape {
  struct Node {
    enum Kind: UInt8 { case null, no, yes, unsigned, negative, float, double, string, binary, array, map }

    let kind: Kind
    /// The index of the value after this one and all that is in it.
    var next: UInt32
    /// Strings and binaries: position and length. Arrays: count. Maps: count, and where their keys begin in `keys`.
    /// Numbers: the two halves of 64 bits.
    let first: UInt32
    let second: UInt32

    var bits: UInt64 { UInt64(first) << 32 | UInt64(second) }
  }

  let bytes: UnsafeRawBufferPointer
  let nodes: [Node]
  /// For each map in a row, the indexes of its keys in ascending order.
  let keys: [UInt32]

  init(_ bytes: UnsafeRawBufferPointer, longestText: Int = .max) throws(WireError) {
    guard bytes.count <= MessagePack.maximumBytes else { throw WireError(.tooLarge, at: "") }
    self.bytes = bytes
    var parser = TapeParser(bytes, longestText: longestText)
    try parser.whole()
    (nodes, keys) = (parser.nodes, parser.keys)
  }

  /// The bytes of a string or binary.
  func slice(of node: Node) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(node.first)..<Int(node.first) + Int(node.second)])
  }

  func text(of node: Node) -> String { String(decoding: slice(of: node), as: UTF8.self) }

  /// The value of a map's member; nil if it has no member of that name.
  func member(_ name: String, of map: Node) -> Int? {
    var name = name
    return name.withUTF8 { text in
      let wanted = UnsafeRawBufferPointer(text)
      var (low, high) = (Int(map.second), Int(map.second) + Int(map.first))
      while low < high {
        let middle = (low + high) / 2
        let key = Int(keys[middle])
        let order = ByteOrder.compare(wanted, slice(of: nodes[key]))
        if order == 0 { return key + 1 }
        if order < 0 { high = middle } else { low = middle + 1 }
      }
      return nil
    }
  }

  /// The names of a map's members, in order.
  func names(of map: Node) -> [String] {
    keys[Int(map.second)..<Int(map.second) + Int(map.first)].map { text(of: nodes[Int($0)]) }
  }

  /// The keys and indexes that lead to a value; computed on each call, since only errors need it.
  func path(to target: Int) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var current = 0
    while current != target, current < nodes.count {
      let node = nodes[current]
      guard node.kind == .map || node.kind == .array else { break }
      var child = current + 1
      var index = 0
      while child < Int(node.next) {
        let value = node.kind == .map ? child + 1 : child
        if target < Int(nodes[value].next) {
          path.append(node.kind == .map ? NameKey(text(of: nodes[child])) : IndexKey(index))
          current = value
          break
        }
        child = Int(nodes[value].next)
        index += 1
      }
      guard child < Int(node.next) else { break }
    }
    return path
  }

  func fail(_ reason: WireError.Reason, at node: Int) -> WireError {
    WireError(reason, at: WireError.path(path(to: node)))
  }
}

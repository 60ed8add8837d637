import Encodings
import Foundation

/// How each kind of value becomes bytes.
extension Encoding {
  /// Writes any value: the scalars that we treat ourselves, else what the value encodes itself as.
  func encode<Value: Encodable>(_ value: Value) throws {
    // Comparing metatypes costs nothing next to a cast, and only one cast is then made.
    let type = Value.self
    if type == String.self, let value = value as? String {
      try text(value)
    } else if type == Date.self, let value = value as? Date {
      try encode(date: value)
    } else if type == UUID.self, let value = value as? UUID {
      writer.binaryHeader(16)
      withUnsafeBytes(of: value.uuid) { writer.bytes.append(contentsOf: $0) }
    } else if type == Data.self, let value = value as? Data {
      writer.binary(value)
    } else if type == [UInt8].self, let value = value as? [UInt8] {
      writer.binary(value)
    } else if type == URL.self, let value = value as? URL {
      try text(value.absoluteString)
    } else if type == Int.self, let value = value as? Int {
      writer.integer(Int64(value))
    } else if type == JSONValue.self, let value = value as? JSONValue {
      try encode(json: value)
    } else {
      try encodeItself(value)
    }
  }

  private func encodeItself<Value: Encodable>(_ value: Value) throws {
    var sorts = false
    switch WireRule.of(Value.self) {
    case .ordinary: break
    case .sorted: sorts = true
    case .refused(let reason): throw fail(.unsupported(reason))
    }
    // A type that contains itself would otherwise recurse until the stack ends.
    guard levels.count <= MessagePack.maximumDepth else { throw fail(.tooDeep) }
    let start = writer.bytes.count
    let depth = levels.count
    try value.encode(to: ValueEncoder(encoding: self, start: start, sorts: sorts))
    try close(to: depth)
    guard writer.bytes.count > start else { throw fail(.disorder) }
  }

  private func encode(date: Date) throws {
    // Whole seconds and the rest apart, from Foundation's own zero: this rounds only once, so that microseconds are
    // exact from 1729 to 2273, beyond which a double of seconds is coarser.
    let seconds = date.timeIntervalSinceReferenceDate
    let whole = seconds.rounded(.down)
    let rest = ((seconds - whole) * 1_000_000).rounded()
    guard let number = Int64(exactly: whole),
      case let (scaled, overflow) = number.multipliedReportingOverflow(by: 1_000_000),
      !overflow, case let (sum, tooLarge) = scaled.addingReportingOverflow(Int64(rest) + WireDate.reference), !tooLarge
    else { throw fail(.overflow(of: "Date")) }
    writer.integer(sum)
  }

  private func encode(json value: JSONValue) throws {
    switch value {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .integer(let value): writer.integer(value)
    case .number(let value): writer.double(value)
    case .string(let value): try text(value)
    case .array(let elements):
      let (level, serial) = open(isMap: false, sorts: false)
      for element in elements {
        try activate(level, serial)
        self.element(in: level)
        try encode(json: element)
      }
      try close(to: level)
    case .object(let members):
      let (level, serial) = open(isMap: true, sorts: true)
      for (name, member) in members {
        try activate(level, serial)
        try key(name, in: level)
        try encode(json: member)
      }
      try close(to: level)
    }
  }
}

/// Dates on the wire.
enum WireDate {
  /// From 1970 to Foundation's reference date of 2001, in microseconds.
  static let reference: Int64 = 978_307_200_000_000

  static func date(_ microseconds: Int64) -> Date? {
    let (sinceReference, overflow) = microseconds.subtractingReportingOverflow(reference)
    guard !overflow else { return nil }
    let (seconds, rest) = sinceReference.quotientAndRemainder(dividingBy: 1_000_000)
    return Date(timeIntervalSinceReferenceDate: Double(seconds) + Double(rest) / 1_000_000)
  }
}

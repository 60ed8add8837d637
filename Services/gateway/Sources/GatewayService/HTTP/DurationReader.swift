import Encodings

/// Durations as the REST API writes them: `"15m"`, `"1h30m"`, `"7d"`, or a number of seconds.
package enum DurationReader {
  private static let units: [Substring: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 24 * 3600]

  /// Seconds; nil if the text is not a duration.
  package static func seconds(_ text: String) -> Double? {
    if let number = plain(text[...]) { return number }
    var rest = text[...]
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      let unit = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
      guard let number = plain(digits), let factor = units[unit] else { return nil }
      total += number * factor
      rest = rest.dropFirst(digits.count + unit.count)
    }
    return text.isEmpty || !total.isFinite ? nil : total
  }

  private static func plain(_ text: Substring) -> Double? {
    guard text.utf8.count <= 16, text.first?.isNumber == true,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else { return nil }
    return Double(text)
  }
}

extension JSONFields {
  /// - Parameter fallback: for a member that is absent.
  package mutating func duration(_ name: String, whenAbsent fallback: Double?) -> Double {
    guard let value = self[name] else {
      if fallback == nil { refuse(name, "required", "Is missing.") }
      return fallback ?? 0
    }
    let seconds: Double? =
      switch value {
      case .string(let text): DurationReader.seconds(text)
      case .integer(let number): Double(number)
      case .number(let number): number.isFinite ? number : nil
      default: nil
      }
    if let seconds { return seconds }
    refuse(name, "invalid", "Expected a length of time, such as \"15m\", \"7d\" or a number of seconds.")
    return 0
  }
}

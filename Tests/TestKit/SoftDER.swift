package import Foundation

/// DER to be written, one element after the other: whatever a test asks for, right or wrong.
package enum SoftDER {
  package static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag] + length(content.count) + content
  }

  package static func sequence(_ members: [UInt8]...) -> [UInt8] { element(0x30, members.flatMap { $0 }) }

  package static func set(_ members: [UInt8]...) -> [UInt8] { element(0x31, members.flatMap { $0 }) }

  package static let null: [UInt8] = [0x05, 0x00]

  package static let yes: [UInt8] = [0x01, 0x01, 0xff]

  package static func integer(_ value: UInt8) -> [UInt8] { integer([value]) }

  /// A number that is not negative, big-endian.
  package static func integer(_ bytes: [UInt8]) -> [UInt8] {
    element(0x02, (bytes.first ?? 0x80) < 0x80 ? bytes : [0] + bytes)
  }

  package static func bits(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] { element(0x03, [unused] + bytes) }

  package static func octets(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }

  package static func utf8(_ text: String) -> [UInt8] { element(0x0c, Array(text.utf8)) }

  package static func printable(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }

  /// - Parameter numbers: two at least.
  package static func oid(_ numbers: [Int]) -> [UInt8] {
    var content = [UInt8(numbers[0] * 40 + numbers[1])]
    for number in numbers.dropFirst(2) {
      let groups = stride(from: 28, through: 0, by: -7).map { number >> $0 & 0x7f }.drop { $0 == 0 }
      content += groups.dropLast().map { UInt8($0) | 0x80 } + [UInt8(groups.last ?? 0)]
    }
    return element(0x06, content)
  }

  /// UTCTime until 2049, GeneralizedTime from then on.
  package static func time(_ date: Date) -> [UInt8] {
    let seconds = Int(date.timeIntervalSince1970.rounded())
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "yyyyMMddHHmmss'Z'"
    let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
    return text < "2050" ? element(0x17, Array(text.dropFirst(2).utf8)) : element(0x18, Array(text.utf8))
  }

  private static func length(_ count: Int) -> [UInt8] {
    switch count {
    case ..<0x80: [UInt8(count)]
    case ..<0x100: [0x81, UInt8(count)]
    default: [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
    }
  }
}

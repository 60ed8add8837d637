import Foundation
public import LatchkeyProtocol

/// One environment variable: its name, what it means, and how its text becomes a value.
public struct Setting<Value: Sendable>: Sendable {
  public let name: String
  /// What `--help` says about it.
  public let help: String
  /// What the error message for a wrong value asks for: "a whole number from 1 to 65535".
  public let expectation: String
  public let fileVariant: FileVariant
  private let isSecret: Bool
  private let whenUnset: Value?
  private let parse: @Sendable ([UInt8]) -> Value?

  /// - Parameters:
  ///   - whenUnset: the default; nil makes the setting required.
  ///   - parse: nil where the bytes do not meet the expectation.
  public init(
    bytes name: String, help: String, expecting expectation: String, whenUnset: Value? = nil,
    file fileVariant: FileVariant = .none, isSecret: Bool = false, parse: @escaping @Sendable ([UInt8]) -> Value?
  ) {
    self.name = name
    self.help = help
    self.expectation = expectation
    self.whenUnset = whenUnset
    self.fileVariant = fileVariant
    self.isSecret = isSecret
    self.parse = parse
  }

  /// The same for text; bytes that are not UTF-8 do not meet the expectation.
  public init(
    _ name: String, help: String, expecting expectation: String, whenUnset: Value? = nil,
    file fileVariant: FileVariant = .none, isSecret: Bool = false, parse: @escaping @Sendable (String) -> Value?
  ) {
    self.init(
      bytes: name, help: help, expecting: expectation, whenUnset: whenUnset, file: fileVariant, isSecret: isSecret
    ) { bytes in String(validating: bytes, as: UTF8.self).flatMap(parse) }
  }

  /// The same setting, nil where it is unset.
  public var optional: Setting<Value?> {
    let parse = parse
    return Setting<Value?>(
      bytes: name, help: help, expecting: expectation, whenUnset: .some(nil), file: fileVariant, isSecret: isSecret
    ) { bytes in parse(bytes).map(Optional.some) }
  }

  func value(in environment: Environment) throws(SettingProblem) -> Value {
    guard let bytes = try environment.bytes(of: name, file: fileVariant) else {
      if let whenUnset { return whenUnset }
      throw SettingProblem("\(name) is not set; expected \(expectation)")
    }
    if let value = parse(bytes) { return value }
    let shown =
      isSecret ? "\(name) has a value that does not fit" : "\(name) is \"\(String(decoding: bytes, as: UTF8.self))\""
    throw SettingProblem("\(shown); expected \(expectation)")
  }
}

/// What `--help` needs from a setting of any type.
public protocol DescribedSetting: Sendable {
  var name: String { get }
  var help: String { get }
  var fileVariant: FileVariant { get }
}

extension Setting: DescribedSetting {}

extension Setting where Value == String {
  /// Any text.
  public static func text(_ name: String, default text: String? = nil, help: String) -> Setting<String> {
    Setting(name, help: help, expecting: "some text", whenUnset: text) { $0 }
  }
}

extension Setting where Value == Bool {
  /// `true`, `false` and the short forms 1, 0, t, f, in any case.
  public static func flag(_ name: String, help: String) -> Setting<Bool> {
    Setting(name, help: help, expecting: "true or false", whenUnset: false, parse: parseFlag)
  }
}

extension Setting where Value == Int {
  /// A whole number within a range.
  public static func number(
    _ name: String, in range: ClosedRange<Int>, default number: Int? = nil, help: String
  ) -> Setting<Int> {
    let expectation = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Setting(name, help: help, expecting: expectation, whenUnset: number) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension Setting where Value == Secret {
  /// Text that is never shown, also from a file.
  public static func secret(_ name: String, expecting expectation: String, help: String) -> Setting<Secret> {
    Setting(name, help: help, expecting: expectation, file: .trimmed, isSecret: true) { Secret($0) }
  }
}

@Sendable func parseFlag(_ text: String) -> Bool? {
  switch text.lowercased() {
  case "1", "t", "true": true
  case "0", "f", "false": false
  default: nil
  }
}

/// A template that cannot be used, whatever the values are.
public struct TemplateFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the tag.
  public enum Reason: String, Sendable {
    case unfinished = "has no end"
    case unsupported = "is of a kind that is not supported here"
    case unnameable = "names nothing: names are letters, digits, _ and -, those of values joined by dots"
    case unclosed = "is never closed"
    case misplaced = "closes what is not open there"
    case noBlock = "holds text or a tag that is no block"
    case deep = "is nested too deep"
    case unknownTemplate = "names a template that is not there"
    case recursive = "includes itself in the end"
    case unknownBlock = "fills a block that its parent does not have"
    case repeatedBlock = "fills a block that is already filled"
  }

  /// The template's name.
  public let template: String
  /// The tag as it is written in the template, or at most its beginning if it does not end.
  public let tag: String
  public let reason: Reason

  public var description: String { "\(template): \(tag) \(reason.rawValue)" }
}

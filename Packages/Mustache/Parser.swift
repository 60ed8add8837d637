/// A part of a template before it is linked with the others.
enum Tag {
  case text([UInt8])
  case variable(Path)
  case section(Path, [Tag])
  case inverted(Path, [Tag])
  case partial(String)
  case parent(String, [Block])
  case block(Block)

  struct Block {
    let name: String
    let content: [Tag]
  }
}

/// Where a value is found: a name looked up in the stack of values, then members of members.
struct Path {
  /// Whether to look no further out than the current value: `{{.}}`, `{{.name}}`.
  let isLocal: Bool
  /// Empty for the current value itself.
  let names: [String]

  /// - Returns: nil if the text is not a name.
  init?(_ text: String) {
    isLocal = text.hasPrefix(".")
    let rest = isLocal ? text.dropFirst() : text[...]
    names = text == "." ? [] : rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(isName) else { return nil }
  }
}

private func isName(_ text: String) -> Bool {
  !text.isEmpty && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: false
  }
}

/// Reads one template.
struct Parser {
  /// Deeper than any template is written, and far below what a thread's stack holds.
  static let deepest = 64

  private let template: String
  private let source: [UInt8]
  private var position = 0
  private var open: [Open] = []
  private var tags: [Tag] = []

  /// A tag whose end is still to come, and what stood before it.
  private struct Open {
    let kind: Kind
    let name: String
    let text: String
    let outer: [Tag]
  }

  private enum Kind {
    case section(Path)
    case inverted(Path)
    case parent
    case block
  }

  init(_ source: String, of template: String) {
    self.template = template
    self.source = Array(source.utf8)
  }

  mutating func parse() throws(TemplateFailure) -> [Tag] {
    while let start = find("{", from: position) {
      guard let end = find("}", from: start + 2) else {
        throw failure(.unfinished, String(decoding: source[start...].prefix(40), as: UTF8.self))
      }
      try read(start..<end + 2)
    }
    try append(text: source[position...])
    if let last = open.last { throw failure(.unclosed, last.text) }
    return tags
  }

  /// The next two equal brackets.
  private func find(_ bracket: Unicode.Scalar, from start: Int) -> Int? {
    let byte = UInt8(ascii: bracket)
    return (start..<max(start, source.count - 1)).first { source[$0] == byte && source[$0 + 1] == byte }
  }

  private mutating func read(_ range: Range<Int>) throws(TemplateFailure) {
    let text = String(decoding: source[range], as: UTF8.self)
    let inside = source[range.lowerBound + 2..<range.upperBound - 2]
    let sign = inside.first.flatMap { "#^/>$<!{&=%".utf8.contains($0) ? $0 : nil }
    let name = trimmed(sign == nil ? inside : inside.dropFirst())
    // A tag that prints nothing itself takes its line with it if it is alone there ("standalone" tags).
    let line = sign.flatMap { _ in wholeLine(around: range) } ?? range
    try append(text: source[position..<line.lowerBound])
    position = line.upperBound
    switch sign.map(Unicode.Scalar.init) {
    case nil: try append(.variable(path(name, text)), text)
    case "!": break
    case ">":
      guard isName(name) else { throw failure(.unnameable, text) }
      try append(.partial(name), text)
    case "#": try begin(.section(path(name, text)), name, text)
    case "^": try begin(.inverted(path(name, text)), name, text)
    case "<": try begin(.parent, name, text)
    case "$": try begin(.block, name, text)
    case "/":
      guard let last = open.popLast(), last.name == name else { throw failure(.misplaced, text) }
      let content = tags
      tags = last.outer
      try append(closed(last, content), last.text)
    default: throw failure(.unsupported, text)
    }
  }

  private func path(_ name: String, _ text: String) throws(TemplateFailure) -> Path {
    guard let path = Path(name) else { throw failure(.unnameable, text) }
    return path
  }

  private mutating func begin(_ kind: Kind, _ name: String, _ text: String) throws(TemplateFailure) {
    switch kind {
    case .parent, .block: guard isName(name) else { throw failure(.unnameable, text) }
    case .section, .inverted: break
    }
    guard open.count < Self.deepest else { throw failure(.deep, text) }
    open.append(Open(kind: kind, name: name, text: text, outer: tags))
    tags = []
  }

  private func closed(_ tag: Open, _ content: [Tag]) -> Tag {
    switch tag.kind {
    case .section(let path): .section(path, content)
    case .inverted(let path): .inverted(path, content)
    case .block: .block(Tag.Block(name: tag.name, content: content))
    case .parent: .parent(tag.name, content.compactMap { if case .block(let block) = $0 { block } else { nil } })
    }
  }

  private mutating func append(text: ArraySlice<UInt8>) throws(TemplateFailure) {
    if text.isEmpty { return }
    if isInParent, text.allSatisfy({ Self.blank.contains($0) }) { return }
    try append(.text(Array(text)), "")
  }

  /// A parent contains only blocks: anything else there would never be seen.
  private mutating func append(_ tag: Tag, _ text: String) throws(TemplateFailure) {
    if isInParent, let parent = open.last {
      guard case .block(let block) = tag else { throw failure(.noBlock, parent.text) }
      let isFilled = tags.contains { if case .block(let other) = $0 { other.name == block.name } else { false } }
      if isFilled { throw failure(.repeatedBlock, text) }
    }
    tags.append(tag)
  }

  private var isInParent: Bool { if case .parent = open.last?.kind { true } else { false } }

  private static let blank = Array(" \t\r\n".utf8)

  private func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let start = bytes.drop { Self.blank.contains($0) }
    let last = start.lastIndex { !Self.blank.contains($0) }
    return last.map { String(decoding: start[...$0], as: UTF8.self) } ?? ""
  }

  /// The line of a tag that is alone on it, including the line's end; nil if anything else is there.
  private func wholeLine(around tag: Range<Int>) -> Range<Int>? {
    let space = Array(" \t".utf8)
    let before = source[..<tag.lowerBound].lastIndex { !space.contains($0) }
    if let before, source[before] != UInt8(ascii: "\n") { return nil }
    let start = before.map { $0 + 1 } ?? 0
    var end = tag.upperBound
    while end < source.count, space.contains(source[end]) { end += 1 }
    if end == source.count { return start..<end }
    if source[end] == UInt8(ascii: "\r"), end + 1 < source.count { end += 1 }
    return source[end] == UInt8(ascii: "\n") ? start..<end + 1 : nil
  }

  private func failure(_ reason: TemplateFailure.Reason, _ tag: String) -> TemplateFailure {
    TemplateFailure(template: template, tag: tag, reason: reason)
  }
}

/// A part of a linked template.
enum Node: Sendable {
  case text([UInt8])
  case variable(Path)
  case section(Path, [Node])
  case inverted(Path, [Node])
}

extension [Node] {
  /// The bytes of all text, as if each section were rendered once.
  var size: Int {
    reduce(0) { sum, node in
      switch node {
      case .text(let text): sum + text.count
      case .variable: sum
      case .section(_, let content), .inverted(_, let content): sum + content.size
      }
    }
  }
}

/// One rendering.
struct Renderer {
  private(set) var output: [UInt8] = []
  /// The current value last.
  private var stack: [Value]

  init(stack: [Value], capacity: Int) {
    self.stack = stack
    output.reserveCapacity(capacity)
  }

  mutating func render(_ nodes: [Node]) {
    for node in nodes {
      switch node {
      case .text(let text): output.append(contentsOf: text)
      case .variable(let path):
        switch find(path)?.content {
        case .text(let text): HTMLText.append(text, to: &output)
        case .flag(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .list, .object, .absent, nil: break
        }
      case .section(let path, let content):
        guard let value = find(path) else { break }
        switch value.content {
        case .absent, .flag(false): break
        case .flag(true): render(content)
        case .list(let elements): for element in elements { render(content, in: element) }
        case .text, .object: render(content, in: value)
        }
      case .inverted(let path, let content):
        switch find(path)?.content {
        case nil, .absent, .flag(false): render(content)
        case .list(let elements): if elements.isEmpty { render(content) }
        case .flag(true), .text, .object: break
        }
      }
    }
  }

  private mutating func render(_ nodes: [Node], in value: Value) {
    stack.append(value)
    render(nodes)
    stack.removeLast()
  }

  /// The first name decides which value is meant; once it is found, absent members stay absent, even if a value further
  /// out has the same name.
  private func find(_ path: Path) -> Value? {
    guard let first = path.names.first else { return stack.last }
    var found: Value?
    if path.isLocal {
      found = stack.last?[first]
    } else {
      for value in stack.reversed() {
        found = value[first]
        if found != nil { break }
      }
    }
    for name in path.names.dropFirst() { found = found?[name] }
    return found
  }
}

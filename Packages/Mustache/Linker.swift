/// Links templates: puts partials, parents and blocks into their places.
///
/// All of that is known before any value is, so rendering sees only text, variables and sections. Linking terminates
/// because templates that include themselves are refused, and because a block's content is linked with what was given
/// to the template that it is *written* in ("a parameter of the containing template", as the specification has it): a
/// block within it is never filled with itself.
struct Linker {
  private let parsed: [String: [Tag]]
  /// The finished templates, each with no block given from outside.
  private var linked: [String: [Node]] = [:]
  /// The names of the blocks that can be given to a template, including those of the templates that it includes.
  private var blocks: [String: Set<String>] = [:]
  /// The templates whose includes are being followed.
  private var path: Set<String> = []

  /// A block's content, and what had been given to the template that it is written in.
  private struct Given {
    let content: [Tag]
    let outer: [String: Given]
  }

  static func link(_ parsed: [String: [Tag]]) throws(TemplateFailure) -> [String: [Node]] {
    var linker = Linker(parsed: parsed)
    for name in parsed.keys.sorted() { try linker.link(name) }
    return linker.linked
  }

  private init(parsed: [String: [Tag]]) { self.parsed = parsed }

  private mutating func link(_ name: String) throws(TemplateFailure) {
    guard linked[name] == nil, let tags = parsed[name] else { return }
    path.insert(name)
    blocks[name] = try check(tags, of: name)
    path.remove(name)
    linked[name] = nodes(tags, [:])
  }

  /// Links what tags include, and returns the names of their blocks.
  private mutating func check(_ tags: [Tag], of template: String) throws(TemplateFailure) -> Set<String> {
    var found: Set<String> = []
    for tag in tags {
      switch tag {
      case .text, .variable: break
      case .section(_, let content), .inverted(_, let content): found.formUnion(try check(content, of: template))
      case .block(let block): found.formUnion(try check(block, of: template))
      case .partial(let name): found.formUnion(try include(name, "{{>\(name)}}", template))
      case .parent(let name, let given):
        let known = try include(name, "{{<\(name)}}", template)
        for block in given {
          guard known.contains(block.name) else {
            throw TemplateFailure(template: template, tag: "{{$\(block.name)}}", reason: .unknownBlock)
          }
          found.formUnion(try check(block, of: template))
        }
        found.formUnion(known)
      }
    }
    return found
  }

  private mutating func check(_ block: Tag.Block, of template: String) throws(TemplateFailure) -> Set<String> {
    try check(block.content, of: template).union([block.name])
  }

  private mutating func include(
    _ name: String, _ tag: String, _ template: String
  ) throws(TemplateFailure) -> Set<String> {
    guard parsed[name] != nil else {
      throw TemplateFailure(template: template, tag: tag, reason: .unknownTemplate)
    }
    if path.contains(name) { throw TemplateFailure(template: template, tag: tag, reason: .recursive) }
    try link(name)
    return blocks[name] ?? []
  }

  /// - Parameter given: the blocks that were given to the template that the tags are written in.
  private func nodes(_ tags: [Tag], _ given: [String: Given]) -> [Node] {
    tags.flatMap { tag -> [Node] in
      switch tag {
      case .text(let text): [.text(text)]
      case .variable(let path): [.variable(path)]
      case .section(let path, let content): [.section(path, nodes(content, given))]
      case .inverted(let path, let content): [.inverted(path, nodes(content, given))]
      case .partial(let name): included(name, given)
      case .parent(let name, let blocks):
        // The outer template's block wins.
        included(
          name,
          given.merging(blocks.map { ($0.name, Given(content: $0.content, outer: given)) }) { outer, _ in outer })
      case .block(let block):
        if let other = given[block.name] { nodes(other.content, other.outer) } else { nodes(block.content, given) }
      }
    }
  }

  private func included(_ name: String, _ given: [String: Given]) -> [Node] {
    let fitting = given.filter { blocks[name]?.contains($0.key) == true }
    // A template to which no block is given is the same everywhere, and kept once.
    return fitting.isEmpty ? linked[name] ?? [] : nodes(parsed[name] ?? [], fitting)
  }
}

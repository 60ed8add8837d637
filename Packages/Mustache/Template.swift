// Mustache owns the part of the template language that our pages use, as the manual mustache(5) and its specification
// name it: variables, dotted names, the implicit iterator, sections, inverted sections, comments, partials, parents and
// blocks. Errors are found when a library is made; rendering only fills in values.
// It must not know pages, words, files or HTTP. It has no dependencies.

/// Templates that refer to one another, parsed, checked and linked once.
///
/// Besides the manual's names there is `{{.name}}`: a member of the current value only, never of one further out. Left
/// out, and refused, are tags that print without escaping (`{{{name}}}`, `{{&name}}`: a template cannot forget what it
/// cannot say), set delimiters, pragmas, lambdas and recursion; text or tags between a parent's blocks, which the
/// specification ignores, are refused too. A partial's lines do not inherit the indentation of the partial's tag.
public struct TemplateLibrary: Sendable {
  private let templates: [String: Template]

  /// - Parameter sources: the templates' texts, by the names that partials and parents use.
  /// - Throws: ``TemplateFailure`` for the first template, by name, that cannot be rendered whatever the values are.
  public init(_ sources: [String: String]) throws(TemplateFailure) {
    var parsed: [String: [Tag]] = [:]
    // Sorted, so that the same mistake is always reported.
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
      var parser = Parser(source, of: name)
      parsed[name] = try parser.parse()
    }
    templates = try Linker.link(parsed).mapValues(Template.init)
  }

  /// The template with this name, or nil.
  public subscript(name: String) -> Template? { templates[name] }
}

/// A template whose partials, parents and blocks are in place.
public struct Template: Sendable {
  private let nodes: [Node]
  private let size: Int

  init(_ nodes: [Node]) {
    self.nodes = nodes
    size = nodes.size
  }

  /// Renders the template with values, as UTF-8; it cannot fail: absent values print nothing.
  ///
  /// Values are structs, seen through their stored properties, and dictionaries by `String`, seen through their keys.
  /// Text and any other `LosslessStringConvertible`, such as a number, print escaped; nothing else prints. A section is
  /// skipped if its value is absent, false or an empty list, rendered once per element of a list, and once for anything
  /// else: an empty text and a zero are present. It makes the value the current one, unless that is true.
  ///
  /// - Parameter values: where names are looked up, the last first, and past a property that is `nil`.
  public func render(_ values: [Any]) -> [UInt8] {
    // Lists repeat text and alternatives leave it out: half as much again holds most pages without growing.
    var renderer = Renderer(stack: values.map(Value.init), capacity: size + size / 2)
    renderer.render(nodes)
    return renderer.output
  }
}

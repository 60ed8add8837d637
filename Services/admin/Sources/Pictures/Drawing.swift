/// A drawing (SVG): kept as is if it only draws.
///
/// Anything that could run code, ask for input or fetch something is refused rather than cut out: elements must be on a
/// list, and references must lead into the drawing itself or to pictures inside it. It is also served under a policy
/// that forbids scripts and fetching; this is the second lock.
enum Drawing {
  /// Elements that draw or describe. Not among them: `script`, `foreignObject`, `a`, anything that animates (it can put
  /// a reference where there was none), and everything from HTML.
  private static let elements: Set<String> = [
    "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "switch", "view",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "image",
    "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker",
    "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix",
    "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
  ]
  private static let namespace = "http://www.w3.org/2000/svg"
  /// Deeper nesting than any drawing program makes.
  private static let depth = 100

  static func check(_ bytes: [UInt8]) throws(PictureRefusal) {
    guard bytes.count <= PictureLimits.keptAsIs else { throw .tooManyBytes }
    var reader = try MarkupReader(bytes)
    var open: [String] = []
    var hasRoot = false
    while let piece = try reader.next() {
      switch piece {
      case .start(let name, let attributes, let isEmpty):
        guard !(hasRoot && open.isEmpty) else { throw .damaged }
        guard hasRoot || local(name) == "svg" else { throw .format }
        hasRoot = true
        try check(element: name, attributes)
        if !isEmpty { open.append(name) }
        guard open.count <= depth else { throw .damaged }
      case .end(let name):
        guard open.popLast() == name else { throw .damaged }
      case .text(let text):
        if let last = open.last, local(last) == "style" { try check(style: text) }
      }
    }
    guard hasRoot, open.isEmpty else { throw .damaged }
  }

  private static func check(element name: String, _ attributes: [(name: String, value: String)]) throws(PictureRefusal)
  {
    let prefix = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).dropLast().first ?? ""
    if prefix.isEmpty || prefix == "svg" {
      guard elements.contains(local(name)) else { throw .unsafeDrawing }
    } else {
      // A drawing program's own notes, which browsers do not draw.
      let lowered = local(name).lowercased()
      guard !["script", "foreignobject", "iframe", "object", "embed", "handler", "html", "body"].contains(lowered)
      else { throw .unsafeDrawing }
    }
    for (name, value) in attributes {
      try check(attribute: name, value)
      if name == "xmlns" || name == "xmlns:svg" {
        guard value == namespace else { throw .unsafeDrawing }
      } else if name.hasPrefix("xmlns:") {
        // Another prefix for SVG or HTML would bypass the list.
        guard value != namespace, !value.lowercased().contains("xhtml") else { throw .unsafeDrawing }
      }
    }
  }

  private static func check(attribute name: String, _ value: String) throws(PictureRefusal) {
    let local = local(name).lowercased()
    guard !local.hasPrefix("on"), name != "xml:base" else { throw .unsafeDrawing }
    if local == "href" || local == "src" {
      guard value.hasPrefix("#") || isPicture(value) else { throw .unsafeDrawing }
    } else {
      try check(style: value)
    }
  }

  private static func isPicture(_ value: String) -> Bool {
    ["png", "jpeg", "jpg", "gif", "webp"].contains { value.hasPrefix("data:image/\($0);base64,") }
  }

  /// Style may refer to parts of the drawing only. A name hidden by escapes is suspect.
  private static func check(style text: String) throws(PictureRefusal) {
    let lowered = text.lowercased()
    for word in ["@import", "javascript:", "expression(", "image-set(", "image(", "\\"] where lowered.contains(word) {
      throw .unsafeDrawing
    }
    var rest = lowered[...]
    while let found = rest.firstRange(of: "url(") {
      rest = rest[found.upperBound...]
      let target = rest.drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
      guard target.hasPrefix("#") else { throw .unsafeDrawing }
    }
  }

  private static func local(_ name: String) -> String {
    name.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? name
  }
}

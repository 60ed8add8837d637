import Foundation

// A little reading of HTML, enough to check our own: it is written by templates, never by people.

/// Every opening tag of a name.
func tags(_ name: String, _ page: String) -> [String] {
  page.components(separatedBy: "<\(name)").dropFirst().compactMap { part in
    guard part.first == " " || part.first == ">" else { return nil }
    return part.firstIndex(of: ">").map { String(part[..<$0]) }
  }
}

/// Every value of an attribute.
func attributes(_ name: String, _ page: String) -> [String] {
  page.components(separatedBy: " \(name)=\"").dropFirst().compactMap { part in
    part.firstIndex(of: "\"").map { String(part[..<$0]) }
  }
}

/// Everything that the page refers to.
func addresses(_ page: String) -> [String] {
  attributes("href", page) + attributes("src", page) + attributes("action", page)
}

/// Attributes that carry code or style, by walking the tags as a browser does: quotes first.
func forbiddenAttributes(_ page: String) -> [String] {
  var found: [String] = []
  for tag in elements(page) {
    var outside = ""
    var quoted = false
    for scalar in tag.unicodeScalars {
      if scalar == "\"" { quoted.toggle() }
      if !quoted { outside.unicodeScalars.append(scalar) }
    }
    for word in outside.split(separator: " ").dropFirst() where word.hasPrefix("on") || word.hasPrefix("style") {
      found.append(String(word))
    }
  }
  return found
}

/// Tags that are opened and not closed, or the other way round.
func unbalanced(_ page: String) -> [String] {
  let empty: Set = ["meta", "link", "input", "img", "br", "!doctype", "path", "circle", "rect"]
  // HTML lets these stay open; ours are closed all the same.
  var open: [String] = []
  for tag in elements(page) {
    let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }.lowercased()
    if empty.contains(name) { continue }
    if tag.hasPrefix("/") {
      guard open.last == name else { return open + ["/\(name)"] }
      open.removeLast()
    } else {
      open.append(name)
    }
  }
  return open
}

/// The inside of every tag, by scalars, respecting quotes.
private func elements(_ page: String) -> [String] {
  var result: [String] = []
  var current: String.UnicodeScalarView?
  var quoted = false
  for scalar in page.unicodeScalars {
    if current == nil {
      if scalar == "<" { current = String.UnicodeScalarView() }
    } else if scalar == ">" && !quoted {
      result.append(String(current ?? .init()))
      current = nil
    } else {
      if scalar == "\"" { quoted.toggle() }
      current?.append(scalar)
    }
  }
  return result
}

extension String.UnicodeScalarView {
  func contains(sequence: String) -> Bool {
    let wanted = Array(sequence.unicodeScalars)
    let all = Array(self)
    guard all.count >= wanted.count else { return false }
    return (0...(all.count - wanted.count)).contains { Array(all[$0..<($0 + wanted.count)]) == wanted }
  }
}

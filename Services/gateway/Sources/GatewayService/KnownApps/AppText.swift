/// Text about an app, with names in braces for what only an installation knows: `{app}/login/generic_oauth`.
package struct AppText: Sendable, Equatable {
  /// What a name in braces stands for.
  package enum Placeholder: String, Sendable, CaseIterable {
    /// The app's own address, without a trailing slash.
    case app
    case issuer
    case discovery
    case authorize
    case token
    case userinfo
    case jwks
    case endSession
    case clientId
    case clientSecret
    /// The app's name for us on its sign-in button.
    case providerName
  }

  package enum Piece: Sendable, Equatable {
    case text(String)
    case placeholder(Placeholder)
  }

  package let pieces: [Piece]

  /// - Throws: ``KnownAppFailure`` for an unknown word in braces. Braces around anything else, as in JSON, are text.
  package init(_ source: String) throws(KnownAppFailure) {
    var pieces: [Piece] = []
    var text = ""
    var rest = source[...]
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      let name = rest[rest.index(after: open)...].prefix { $0.isASCII && $0.isLetter }
      guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" else {
        text += "{"
        rest = rest[rest.index(after: open)...]
        continue
      }
      guard let placeholder = Placeholder(rawValue: String(name)) else {
        throw KnownAppFailure("{\(name)} stands for nothing")
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
      pieces.append(.placeholder(placeholder))
      rest = rest[rest.index(after: name.endIndex)...]
    }
    text += rest
    if !text.isEmpty { pieces.append(.text(text)) }
    self.pieces = pieces
  }

  package func mentions(_ placeholder: Placeholder) -> Bool { pieces.contains(.placeholder(placeholder)) }

  /// The text with known values filled in; unknown ones stay placeholders. Inside quotes a value is escaped with
  /// backslashes, since it must not end the string that it stands in: JSON, Ruby, Python and TOML agree on that.
  package func filled(_ values: [Placeholder: String]) -> [Piece] {
    var result: [Piece] = []
    var quote: Character?
    func add(_ text: String) {
      if case .text(let before) = result.last {
        result[result.count - 1] = .text(before + text)
      } else {
        result.append(.text(text))
      }
    }
    for piece in pieces {
      switch piece {
      case .text(let text):
        quote = Self.openQuote(after: text, quote)
        add(text)
      case .placeholder(let placeholder):
        guard let value = values[placeholder] else {
          result.append(piece)
          continue
        }
        add(quote.map { Self.escaped(value, in: $0) } ?? value)
      }
    }
    return result
  }

  /// The text with known values filled in and the rest as it is written in the source.
  package func text(_ values: [Placeholder: String]) -> String {
    filled(values).map { piece in
      switch piece {
      case .text(let text): text
      case .placeholder(let placeholder): "{\(placeholder.rawValue)}"
      }
    }.joined()
  }

  /// Which quotation mark is open at the end of `text`. An apostrophe within a word does not count.
  private static func openQuote(after text: String, _ open: Character?) -> Character? {
    var open = open
    var before: Character = " "
    for character in text {
      if let quote = open {
        if character == quote { open = nil }
      } else if character == "\"" || character == "'" && !before.isLetter {
        open = character
      }
      before = character
    }
    return open
  }

  private static func escaped(_ value: String, in quote: Character) -> String {
    value.replacing("\\", with: "\\\\").replacing(String(quote), with: "\\\(quote)")
  }
}

/// The list of known apps is not what the program expects: found at start, never during a request.
package struct KnownAppFailure: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ description: String) { self.description = description }
}

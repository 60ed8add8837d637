import Encodings

/// How a received redirect URI differs from a registered one, for the person who has to make them agree. What matches
/// is decided elsewhere (`RedirectURI.proven`): this only explains, and reads what no strict parser would.
public struct RedirectURIComparison: Sendable, Equatable {
  public enum Difference: String, Sendable, CaseIterable {
    case scheme
    case host
    case port
    case path
    /// One ends with a slash and the other does not.
    case trailingSlash
    /// Capital letters only.
    case letterCase
    case query
  }

  /// A stretch of one of the two. An empty one that differs means that the other has something extra here.
  public struct Piece: Sendable, Equatable {
    public let text: String
    public let differs: Bool

    public init(_ text: String, differs: Bool) {
      self.text = text
      self.differs = differs
    }
  }

  /// In the order in which an address is read.
  public let differences: [Difference]
  public let arrived: [Piece]
  public let registered: [Piece]

  /// - Parameter patterns: how `registered` is read; if it is a pattern, a part that matches it is not a difference.
  public init(arrived: String, registered: String, patterns: CallbackPatterns = .exact) {
    let (one, other) = (Parts(arrived), Parts(registered))
    let pattern = patterns.pattern(registered)
    var differences: [Difference] = []
    var (marks, otherMarks) = ([Piece](), [Piece]())
    func compare(
      _ part: KeyPath<Parts, [Unicode.Scalar]>, whole: Bool,
      _ fits: (RedirectPattern, String) -> Bool = { _, _ in false },
      _ kind: (String, String) -> Difference?
    ) {
      let (mine, theirs) = (one[keyPath: part], other[keyPath: part])
      let fitting = pattern.map { $0.matchesAnything || fits($0, Self.text(mine)) } ?? false
      guard mine != theirs, !fitting else {
        marks.append(Piece(Self.text(mine), differs: false))
        otherMarks.append(Piece(Self.text(theirs), differs: false))
        return
      }
      if let kind = kind(Self.text(mine), Self.text(theirs)), !differences.contains(kind) { differences.append(kind) }
      // Part of a host or a port is no help: "1" in place of "l" is another machine.
      let same = whole ? (0, 0) : Self.common(mine, theirs)
      marks += Self.marked(mine, same)
      otherMarks += Self.marked(theirs, same)
    }
    compare(\.scheme, whole: true, { $0.fits(scheme: $1) }) { _, _ in .scheme }
    compare(\.separator, whole: true) { _, _ in .scheme }
    compare(\.host, whole: true, { $0.fits(host: $1) }) { $0.lowercased() == $1.lowercased() ? .letterCase : .host }
    compare(\.port, whole: true, { $0.fits(port: $1) }) { _, _ in .port }
    compare(\.path, whole: false, { $0.fits(path: $1) }) { mine, theirs in
      if mine + "/" == theirs || theirs + "/" == mine { return .trailingSlash }
      return mine.lowercased() == theirs.lowercased() ? .letterCase : .path
    }
    compare(\.rest, whole: false, { $0.fits(query: $1) }) { _, _ in .query }
    self.differences = differences
    self.arrived = Self.joined(marks)
    self.registered = Self.joined(otherMarks)
  }

  /// How far apart the two are: another host is farther than anything else.
  public var distance: Int {
    differences.reduce(0) { sum, difference in
      switch difference {
      case .host: sum + 16
      case .path: sum + 4
      case .port: sum + 3
      case .scheme, .query: sum + 2
      case .trailingSlash, .letterCase: sum + 1
      }
    }
  }

  /// The host of an address in small letters, as leniently as the comparison reads it; empty without one.
  public static func host(of text: String) -> String { Self.text(Parts(text).host).lowercased() }

  /// An address as it can be shown: anything but printable ASCII as the escapes of its bytes (RFC 3986 §2.1), so that
  /// nothing in it can hide or reverse the text around it.
  public static func visible(_ text: String) -> String {
    Percent.encode(text) { (0x21...0x7E).contains($0) }
  }

  /// How much of two texts is the same at their beginnings and at their ends.
  private static func common(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> (Int, Int) {
    let most = min(one.count, other.count)
    let front = zip(one, other).prefix { $0 == $1 }.count
    let back = zip(one.reversed(), other.reversed()).prefix(most - front).prefix { $0 == $1 }.count
    return (front, back)
  }

  private static func marked(_ text: [Unicode.Scalar], _ same: (front: Int, back: Int)) -> [Piece] {
    [
      Piece(self.text(text.prefix(same.front)), differs: false),
      Piece(self.text(text.dropFirst(same.front).dropLast(same.back)), differs: true),
      Piece(self.text(text.suffix(same.back)), differs: false),
    ]
  }

  /// Merges like neighbours, and drops empty ones unless they mark a gap.
  private static func joined(_ pieces: [Piece]) -> [Piece] {
    var result: [Piece] = []
    for piece in pieces where piece.differs || !piece.text.isEmpty {
      if let last = result.last, last.differs == piece.differs {
        result[result.count - 1] = Piece(last.text + piece.text, differs: piece.differs)
      } else {
        result.append(piece)
      }
    }
    return result
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}

/// An address split where RFC 3986 splits it (appendix B), whatever is in between. Joined again, the parts are the
/// address.
private struct Parts {
  var scheme: [Unicode.Scalar] = []
  var separator: [Unicode.Scalar] = []
  /// With everything before an `@`.
  var host: [Unicode.Scalar] = []
  /// With its colon.
  var port: [Unicode.Scalar] = []
  var path: [Unicode.Scalar] = []
  /// The query and whatever follows it.
  var rest: [Unicode.Scalar] = []

  init(_ text: String) {
    var left = Array(text.unicodeScalars)[...]
    if let colon = left.firstIndex(where: { ":/?#".unicodeScalars.contains($0) }), left[colon] == ":" {
      scheme = Array(left[..<colon])
      left = left[colon...]
      if left.starts(with: "://".unicodeScalars) {
        separator = Array(left.prefix(3))
        left = left.dropFirst(3)
        let end = left.firstIndex { "/?#".unicodeScalars.contains($0) } ?? left.endIndex
        let authority = left[..<end]
        left = left[end...]
        let digits = authority.reversed().prefix { ("0"..."9").contains($0) }.count
        let colon = authority.dropLast(digits).last
        let size = colon == ":" ? digits + 1 : 0
        host = Array(authority.dropLast(size))
        port = Array(authority.suffix(size))
      } else {
        separator = [":"]
        left = left.dropFirst()
      }
    }
    let end = left.firstIndex { "?#".unicodeScalars.contains($0) } ?? left.endIndex
    path = Array(left[..<end])
    rest = Array(left[end...])
  }
}

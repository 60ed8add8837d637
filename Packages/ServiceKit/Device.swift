import LatchkeyProtocol

/// A browser and its system, as far as its `User-Agent` says; enough for users to tell their sessions apart,
/// on a page and in a mail.
public struct Device: Sendable, Equatable {
  public let browser: String?
  public let system: String?
  public let isPhone: Bool
  public let isNamed: Bool
  public let isBoth: Bool

  public init(userAgent: String) {
    let agent = userAgent.prefix(bytes: Caller.longestUserAgent)
    browser = Self.first(Self.browsers, in: agent)
    system = Self.first(Self.systems, in: agent)
    isPhone = agent.contains("Mobile") || agent.contains("Android") || agent.contains("iPhone")
    isNamed = browser != nil || system != nil
    isBoth = browser != nil && system != nil
  }

  private static func first(_ table: [(mark: String, name: String)], in agent: String) -> String? {
    table.first { agent.contains($0.mark) }?.name
  }

  // Order matters: nearly every browser also claims to be its predecessors.
  private static let browsers: [(mark: String, name: String)] = [
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Vivaldi", "Vivaldi"),
    ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"),
  ]
  private static let systems: [(mark: String, name: String)] = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "macOS"), ("Linux", "Linux"),
  ]
}

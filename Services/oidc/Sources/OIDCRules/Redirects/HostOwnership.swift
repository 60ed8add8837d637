/// The names below which all hosts have one owner.
enum HostOwnership {
  /// RFC 6761, RFC 6762 and what routers and companies use: names that no one can buy.
  private static let privateDomains: Set<String> = [
    "localhost", "local", "lan", "home", "internal", "intranet", "private", "corp", "test", "localdomain",
  ]

  /// RFC 8375: a home network's own, though the list of public suffixes has it.
  private static let homeNetwork = ["home", "arpa"]

  /// Names below which everything belongs to a provider's customers, at any depth.
  private static let providers = [["amazonaws", "com"], ["github", "dev"]]

  /// - Parameter labels: the lower-case labels after the last one that may vary.
  static func isOneOwners(_ labels: [String]) -> Bool {
    guard let top = labels.last else { return false }
    if privateDomains.contains(top) || labels.suffix(2) == homeNetwork[...] { return true }
    if providers.contains(where: { labels.suffix($0.count) == $0[...] }) { return false }
    // The name that an owner registers has one label more than its public suffix: all of it must come after the star,
    // whatever the star matches.
    return PublicSuffixes.labels(of: ["x"] + labels) < labels.count
  }
}

/// Names under which anyone can have their own host: registries' (`co.uk`) and providers' (`github.io`).
///
/// `public_suffix_list.dat` is the Public Suffix List as Debian's package publicsuffix 20261007.0728-1 has it,
/// unchanged and under its own licence, which it begins with. Its rules in non-Latin scripts are not applied: a host in
/// an address is written in ASCII.
enum PublicSuffixes {
  /// What the list lacks.
  private static let further = [
    "nip.io", "sslip.io", "lhr.life", "gitpod.io", "loca.lt", "dyn.com", "quickconnect.to", "wordpress.com",
  ]

  private static let rules: Set<String> = {
    var rules = Set(further)
    for line in (Embedded.files["public_suffix_list.dat"]?.description ?? "").split(separator: "\n")
    where !line.hasPrefix("//") && line.utf8.allSatisfy({ $0 < 0x80 }) {
      rules.insert(String(line.prefix { !$0.isWhitespace }))
    }
    return rules
  }()

  /// How many labels of a name are its public suffix, by the list's own algorithm: an exception wins, then the longest
  /// rule; if there is none, the last label is.
  ///
  /// - Parameter name: its labels in lower case, at least one.
  static func labels(of name: [String]) -> Int {
    for first in name.indices {
      let rest = name[(first + 1)...].joined(separator: ".")
      let whole = rest.isEmpty ? name[first] : "\(name[first]).\(rest)"
      if rules.contains("!\(whole)") { return name.count - first - 1 }
      if rules.contains(whole) || (!rest.isEmpty && rules.contains("*.\(rest)")) { return name.count - first }
    }
    return 1
  }
}

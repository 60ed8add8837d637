import Foundation

/// Where the server's programs are.
struct ServerBinaries: Sendable, Equatable {
  let directory: String
  let majorVersion: Int

  func path(_ program: String) -> String { directory + "/" + program }

  /// The programs of that version, or of the newest installed. Debian keeps them out of PATH, in a folder per version.
  static func find(majorVersion wanted: Int?) throws(ClusterFailure) -> ServerBinaries {
    let all = candidates().compactMap { directory -> ServerBinaries? in
      let programs = ["initdb", "postgres"].map { directory + "/" + $0 }
      guard programs.allSatisfy(FileManager.default.isExecutableFile(atPath:)) else { return nil }
      guard let version = version(of: directory) else { return nil }
      return ServerBinaries(directory: directory, majorVersion: version)
    }
    if let wanted {
      guard let match = all.first(where: { $0.majorVersion == wanted }) else {
        let present =
          all.isEmpty ? "none is installed" : "found: " + all.map { "\($0.majorVersion)" }.joined(separator: ", ")
        throw ClusterFailure(
          "The data was made by PostgreSQL \(wanted), whose server is needed (\(present)). Install postgresql-\(wanted), "
            + "or upgrade the data with pg_upgrade.")
      }
      return match
    }
    guard let newest = all.max(by: { $0.majorVersion < $1.majorVersion }) else {
      throw ClusterFailure(
        "PostgreSQL's server is not installed (looked in /usr/lib/postgresql and PATH): install postgresql.")
    }
    return newest
  }

  private static func candidates() -> [String] {
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    var all = versions.map { "\(debian)/\($0)/bin" }
    for directory in path + ["/usr/local/pgsql/bin", "/usr/pgsql/bin"] where !all.contains(directory) {
      all.append(directory)
    }
    return all
  }

  /// On Debian the folder's name tells; elsewhere the program does.
  private static func version(of directory: String) -> Int? {
    let parts = directory.split(separator: "/")
    if directory.hasPrefix("/usr/lib/postgresql/"), parts.count > 3, let version = Int(parts[3]) { return version }
    // "postgres (PostgreSQL) 15.20"
    guard let output = try? ChildProcess.output(of: [directory + "/postgres", "--version"]) else { return nil }
    return output.split(separator: " ").last.flatMap { Int($0.prefix { $0.isNumber }) }
  }
}

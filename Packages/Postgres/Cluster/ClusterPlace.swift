import Encodings
import Foundation

/// The user that the server runs as: our own, or an unprivileged one when we are root.
struct ServerUser: Sendable {
  let name: String
  let uid: uid_t
  let gid: gid_t
  /// Whether we are root and have to drop privileges.
  let stepsDown: Bool

  static func choose(_ unprivileged: String) throws(ClusterFailure) -> ServerUser {
    guard geteuid() == 0 else {
      return ServerUser(name: "uid \(geteuid())", uid: geteuid(), gid: getegid(), stepsDown: false)
    }
    guard let entry = getpwnam(unprivileged)?.pointee else {
      throw ClusterFailure(
        "There is no user \(unprivileged) for the database server to run as (it refuses to run as root).")
    }
    return ServerUser(name: unprivileged, uid: entry.pw_uid, gid: entry.pw_gid, stepsDown: true)
  }

  /// The command prefix that makes a command run as this user.
  var prefix: [String] {
    stepsDown ? ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--"] : []
  }

  /// The mode of a folder on the path to the server's socket: when we are root, the group lets services that are not
  /// root pass through, and they see nothing else there.
  var passage: UInt32 { stepsDown ? 0o710 : 0o700 }

  func owns(_ path: String) throws(ClusterFailure) {
    guard stepsDown, chown(path, uid, gid) != 0 else { return }
    throw ClusterFailure("\(path) cannot be given to \(name): \(String(cString: strerror(errno))).")
  }
}

/// Where a cluster's files are.
struct ClusterPlace: Sendable {
  /// The folder that was asked for.
  let wanted: String
  /// The folder in use: the same, or one under the fallback root if the server's user cannot reach the wanted one.
  let base: String

  var data: String { base + "/data" }
  var log: String { base + "/server.log" }
  var lock: String { base + "/lock" }
  var passwordFile: String { base + "/superuser-password" }

  var hasData: Bool { FileManager.default.fileExists(atPath: data + "/PG_VERSION") }

  static func choose(_ options: ClusterOptions, _ user: ServerUser) throws(ClusterFailure) -> ClusterPlace {
    let wanted = URL(fileURLWithPath: options.directory).standardizedFileURL.path
    let preferred = ClusterPlace(wanted: wanted, base: wanted)
    let fallback = ClusterPlace(wanted: wanted, base: options.fallbackRoot + "/" + fingerprint(wanted))
    // Existing data stays where it is: a folder that became reachable must not hide it behind an empty database.
    for place in [preferred, fallback] where place.hasData && reachable(parent(place.base), user) { return place }
    if preferred.hasData {
      throw ClusterFailure("The database's folder \(preferred.data) cannot be reached by its user \(user.name).")
    }
    try makeDirectory(parent(wanted))
    let place = reachable(parent(wanted), user) ? preferred : fallback
    try makeDirectory(parent(place.base))
    guard reachable(parent(place.base), user) else {
      throw ClusterFailure("Neither \(wanted) nor \(fallback.base) can be reached by the database's user \(user.name).")
    }
    return place
  }

  /// Makes the base folder, for the server's user, with a way through to the socket.
  func prepare(_ user: ServerUser) throws(ClusterFailure) {
    try Self.makeDirectory(base, mode: 0o700)
    try user.owns(base)
    chmod(base, user.passage)
  }

  /// A folder for the socket that is short enough: a socket's path has at most 107 bytes.
  func socketDirectory(_ user: ServerUser) throws(ClusterFailure) -> String {
    func fits(_ directory: String) -> Bool { (directory + "/.s.PGSQL.5432.lock").utf8.count <= 107 }
    if fits(base) { return base }
    let directory = "/tmp/latchkey-\(user.uid)-\(Self.fingerprint(base))"
    if mkdir(directory, 0o700) == 0 {
      try user.owns(directory)
      chmod(directory, user.passage)
      return directory
    }
    // Any user can make folders in /tmp: accept only one that our server's user owns.
    var status = stat()
    guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user.uid,
      status.st_mode & 0o067 == 0
    else { throw ClusterFailure("\(directory), which the database's socket needs, belongs to somebody else.") }
    return directory
  }

  private static func parent(_ path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  private static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(ClusterFailure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: Int(mode)])
    } catch {
      throw ClusterFailure("The folder \(path) cannot be made: \(error.localizedDescription)")
    }
  }

  /// Tested by trying it as that user: modes, access lists and mounts all count.
  private static func reachable(_ directory: String, _ user: ServerUser) -> Bool {
    guard user.stepsDown else { return access(directory, X_OK) == 0 }
    let answer = try? ChildProcess.output(
      of: user.prefix + ["/bin/sh", "-c", "test -x \"$1\" && echo yes", "sh", directory])
    return answer == "yes"
  }

  /// FNV-1a, 64 bits: names a folder, protects nothing.
  static func fingerprint(_ text: String) -> String {
    Hexadecimal.text(text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }
}

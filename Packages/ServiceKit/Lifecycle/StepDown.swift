import Foundation
import Glibc

/// Leaving root. The operator who installs and starts services is root; a process that answers untrusted clients, reads
/// their pictures and holds keys in memory need not be, once its port is open and its database answers.
enum StepDown {
  /// The user that a service runs as if root started it.
  static let user = "nobody"

  /// Turns a root process, all its threads, into one of ``user``, for good. Does nothing in any other.
  ///
  /// - Parameters:
  ///   - socketFolder: where the database's socket is, if it is one: its group is kept, and lets the process reach it.
  ///   - readable: files that the process opens later.
  static func perform(socketFolder: String?, readable files: [String]) throws(ConfigurationFailure) {
    guard geteuid() == 0 else { return }
    guard let entry = getpwnam(user)?.pointee else {
      throw ConfigurationFailure(["There is no user \(user) for this service to run as instead of root."])
    }
    let group = socketFolder.flatMap(group(of:)) ?? entry.pw_gid
    // glibc makes these calls for every thread; called as root, they set the real, effective and saved ids (setuid(2)).
    var groups = [group]
    guard setgroups(1, &groups) == 0, setgid(group) == 0, setuid(entry.pw_uid) == 0, setuid(0) != 0 else {
      throw ConfigurationFailure(["This service cannot leave root: \(String(cString: strerror(errno)))."])
    }
    if let socketFolder, access(socketFolder, X_OK) != 0 {
      throw ConfigurationFailure([
        """
        The database's socket in \(socketFolder) cannot be reached by the user \(user), which this service runs as. \
        Let everybody pass through the folders that lead there (chmod o+x).
        """
      ])
    }
    for file in files where access(file, R_OK) != 0 {
      throw ConfigurationFailure([
        "\(file) cannot be read by the user \(user), which this service runs as. Put it where everybody may read it."
      ])
    }
  }

  /// The group that a folder is open to, where it is not open to all or to its owner alone.
  private static func group(of folder: String) -> gid_t? {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IXOTH == 0, status.st_mode & S_IXGRP != 0 else { return nil }
    return status.st_gid
  }
}

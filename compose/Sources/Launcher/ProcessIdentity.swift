import Foundation
import Glibc

/// A process that cannot be mistaken for a later one with the same number: pid and start time.
public struct ProcessIdentity: Sendable, Hashable, Codable {
  public let pid: Int32
  /// Clock ticks after the machine's start (proc(5), stat field 22).
  public let started: UInt64

  public static var current: ProcessIdentity? { ProcessIdentity(pid: getpid()) }

  /// Nil when there is no such process, or only a zombie.
  public init?(pid: Int32) {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // The name stands in parentheses and may contain anything; what follows the last one is plain.
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", let started = UInt64(fields[19]) else { return nil }
    self.pid = pid
    self.started = started
  }

  /// Whether this very process still runs.
  public var isAlive: Bool { ProcessIdentity(pid: pid) == self }
}

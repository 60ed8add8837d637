import Foundation
import Glibc

/// Loopback ports for the services.
///
/// They lie below the system's range for outgoing connections, so that no such connection can take a service's port
/// while the service restarts.
public enum FreePorts {
  public struct Failure: Error, CustomStringConvertible {
    public let description = "no free port was found on 127.0.0.1"
  }

  /// `count` different ports on 127.0.0.1 that nothing listens on at this moment.
  public static func pick(_ count: Int) throws(Failure) -> [Int] {
    let end = ephemeralStart()
    let candidates = (max(1_024, end - 20_000)..<end).shuffled()
    let ports = candidates.lazy.filter(isFree).prefix(count)
    let picked = Array(ports)
    guard picked.count == count else { throw Failure() }
    return picked
  }

  /// Why the port cannot be listened on, in the system's words; nil when it can.
  public static func obstacle(host: String, port: Int) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list?.pointee else {
      return "the name is not known"
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(first.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    // As the gateway does: connections of an earlier run that are still closing are no obstacle.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    return bind(descriptor, first.ai_addr, first.ai_addrlen) == 0 ? nil : String(cString: strerror(errno))
  }

  /// The first port of Linux's range for outgoing connections; 32768 when the system does not say.
  static func ephemeralStart() -> Int {
    let text = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    let first = text?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    return first.map { $0 > 4_096 ? $0 : 32_768 } ?? 32_768
  }

  static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

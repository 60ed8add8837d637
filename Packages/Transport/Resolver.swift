import Glibc
import LatchkeyProtocol
import NIOCore
import NIOPosix

/// Turns names into all of their addresses, on a thread that may block.
enum Resolver {
  /// Each address once, in the order of the list. A name that is not found contributes nothing.
  static func resolve(_ addresses: [ServiceAddress]) async -> [SocketAddress] {
    let found = try? await NIOThreadPool.singleton.runIfActive { addresses.flatMap(lookUp) }
    var seen: Set<String> = []
    return (found ?? []).filter { seen.insert($0.description).inserted }
  }

  /// All addresses that the system's resolver gives for one name.
  private static func lookUp(_ address: ServiceAddress) -> [SocketAddress] {
    if let literal = try? SocketAddress(ipAddress: address.host, port: address.port) { return [literal] }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let length = socklen_t(text.count)
      guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else { continue }
      let literal = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let one = try? SocketAddress(ipAddress: literal, port: address.port) { found.append(one) }
    }
    return found
  }
}

package import Encodings
import Glibc
import NIOPosix

/// A name's addresses, once: the connection then goes to the address that was checked, whatever the name says later.
package struct HostLookup: Sendable {
  /// All addresses of a name, on a thread that may block; empty if it is not found.
  private let lookUp: @Sendable (String) -> [IPAddress]

  package init(lookUp: @escaping @Sendable (String) -> [IPAddress]) { self.lookUp = lookUp }

  /// The system's (`getaddrinfo`).
  package static let system = HostLookup { ask($0) }

  /// Threads of its own, twice as many as notices are delivered at once: a name server that does not answer holds one
  /// for half a minute, and nothing but such calls waits behind it.
  private static let threads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: 16)
    threads.start()
    return threads
  }()

  /// Empty for a name that is not found.
  func addresses(of host: String) async -> [IPAddress] {
    if let literal = IPAddress(host) { return [literal] }
    return (try? await Self.threads.runIfActive { lookUp(host) }) ?? []
  }

  private static func ask(_ host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [IPAddress] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let length = socklen_t(text.count)
      guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else { continue }
      // With a zone (`fe80::1%eth0`) it is no address to us, and link-local anyway.
      let literal = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let address = IPAddress(literal), !found.contains(address) { found.append(address) }
    }
    return found
  }
}

import Glibc
package import NIOCore
import NIOPosix

/// Turns names into all of their addresses.
package struct Resolver: Sendable {
  /// All addresses of one name, on a thread that may block; empty if it is not found.
  private let lookUp: @Sendable (ServiceAddress) -> [SocketAddress]

  package init(lookUp: @escaping @Sendable (ServiceAddress) -> [SocketAddress]) { self.lookUp = lookUp }

  /// The system's (`getaddrinfo`): hosts file, DNS, whatever it is configured to use. Every call asks it again.
  package static let system = Resolver { address in
    if let literal = try? SocketAddress(ipAddress: address.host, port: address.port) { return [literal] }
    return NameLookup.addresses(of: address.host).compactMap { try? SocketAddress(ipAddress: $0, port: address.port) }
  }

  /// The addresses of each name in the list, in the list's order.
  func resolve(_ addresses: [ServiceAddress]) async -> [[SocketAddress]] {
    let found = try? await NIOThreadPool.singleton.runIfActive { addresses.map(lookUp) }
    return found ?? addresses.map { _ in [] }
  }
}

/// The system's look-up of names (`getaddrinfo`), which blocks.
package enum NameLookup {
  /// All addresses of a name as numeric text; empty if it is not found.
  package static func addresses(of host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let length = socklen_t(text.count)
      guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 else { continue }
      found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return found
  }
}

/// A list of names and the addresses last found for each.
package struct KnownAddresses {
  private var found: [[SocketAddress]]

  /// - Parameter count: how many names there are.
  package init(count: Int) { found = Array(repeating: [], count: count) }

  /// Takes fresh look-ups. A name that was not found this time keeps its addresses: the instances that were there still
  /// are, or their connections will show otherwise.
  package mutating func update(_ fresh: [[SocketAddress]]) {
    for (index, addresses) in fresh.enumerated() where !addresses.isEmpty { found[index] = addresses }
  }

  /// Each address once, in the order of the names.
  package var all: [SocketAddress] {
    var seen: Set<String> = []
    return found.joined().filter { seen.insert($0.description).inserted }
  }
}

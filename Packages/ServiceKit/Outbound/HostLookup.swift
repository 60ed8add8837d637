package import Encodings
import NIOPosix
import Transport

/// A name's addresses, looked up once: the connection goes to the checked address, whatever the name says later.
package struct HostLookup: Sendable {
  /// All addresses of a name, on a thread that may block; empty if it is not found.
  private let lookUp: @Sendable (String) -> [IPAddress]

  package init(lookUp: @escaping @Sendable (String) -> [IPAddress]) { self.lookUp = lookUp }

  /// The system's.
  package static let system = HostLookup { host in
    var found: [IPAddress] = []
    // With a zone (`fe80::1%eth0`) it does not parse as an address, and is link-local anyway.
    for address in NameLookup.addresses(of: host).compactMap({ IPAddress($0) }) where !found.contains(address) {
      found.append(address)
    }
    return found
  }

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
}

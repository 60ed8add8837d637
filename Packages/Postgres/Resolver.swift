import CLibpq
import Foundation
import Synchronization

/// Resolves host names on a thread of its own: getaddrinfo blocks, and libpq would call it on the event thread.
enum Resolver {
  private static let queue = DispatchQueue(label: "latchkey.postgres.names")

  /// Calls back on the event thread with at least one numeric address, or with the resolver's error.
  static func resolve(_ host: String, _ then: @escaping @Sendable (Result<[String], ResolverError>) -> Void) {
    queue.async {
      let result = addresses(of: host)
      EventThread.shared.run { then(result) }
    }
  }

  private static func addresses(of host: String) -> Result<[String], ResolverError> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &list)
    guard status == 0 else { return .failure(ResolverError(explanation: String(cString: gai_strerror(status)))) }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var next = list
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if !found.contains(address) { found.append(address) }
      }
      next = entry.ai_next
    }
    return found.isEmpty ? .failure(ResolverError(explanation: "no address")) : .success(found)
  }
}

struct ResolverError: Error, Sendable {
  let explanation: String
}

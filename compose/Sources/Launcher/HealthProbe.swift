import Foundation
import Glibc
import ServiceKit
import ServiceStore

/// One HTTP request over a plain socket: all that a health check needs, in a program that starts in milliseconds.
public enum HealthProbe {
  /// For the whole check.
  static let limit = Duration.seconds(5)

  /// - Parameter endpoint: an http address without a path.
  /// - Throws: a sentence, unless `/healthz` answers with a success.
  public static func run(endpoint: String) throws {
    guard let url = AppURL(endpoint), !url.isSecure else {
      throw LaunchFailure("\(endpoint) is no http address without a path")
    }
    let deadline = ContinuousClock.now + limit
    let answer = try request(url, until: deadline)
    // "HTTP/1.1 204 No Content"
    let words = answer.prefix { $0 != "\r" && $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw LaunchFailure("\(url) did not answer in HTTP")
    }
    guard (200..<300).contains(status) else { throw LaunchFailure("\(url)/healthz answered \(status)") }
  }

  private static func request(_ url: AppURL, until deadline: ContinuousClock.Instant) throws -> String {
    let descriptor = try connect(url, until: deadline)
    defer { close(descriptor) }
    let request =
      "GET /healthz HTTP/1.1\r\nHost: \(url.origin.dropFirst("http://".count))\r\nConnection: close\r\nUser-Agent: latchkey-healthcheck\r\n\r\n"
    let bytes = Array(request.utf8)
    // A fresh socket's buffer takes this whole; a short count means that the connection is gone.
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw LaunchFailure("\(url) closed the connection")
    }
    var received: [UInt8] = []
    while !received.contains(UInt8(ascii: "\n")), received.count < 8_192 {
      try wait(descriptor, Int16(POLLIN), deadline, url)
      var buffer = [UInt8](repeating: 0, count: 1_024)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      received.append(contentsOf: buffer[..<count])
    }
    return String(decoding: received, as: UTF8.self)
  }

  /// Tries every address of the name.
  private static func connect(_ url: AppURL, until deadline: ContinuousClock.Instant) throws -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(url.host, String(url.effectivePort), &hints, &list) == 0 else {
      throw LaunchFailure("the name \(url.host) is not known")
    }
    defer { freeaddrinfo(list) }
    var reason = "no address"
    var entry = list
    while let address = entry?.pointee {
      defer { entry = address.ai_next }
      let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let descriptor = socket(address.ai_family, type, 0)
      if descriptor < 0 { continue }
      if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
      var failure = errno
      if failure == EINPROGRESS {
        try wait(descriptor, Int16(POLLOUT), deadline, url)
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
        if failure == 0 { return descriptor }
      }
      reason = String(cString: strerror(failure))
      close(descriptor)
    }
    throw LaunchFailure("\(url) cannot be reached: \(reason)")
  }

  private static func wait(
    _ descriptor: Int32, _ events: Int16, _ deadline: ContinuousClock.Instant, _ url: AppURL
  ) throws {
    var state = pollfd(fd: descriptor, events: events, revents: 0)
    let left = ContinuousClock.now.duration(to: deadline).inSeconds
    guard left > 0, poll(&state, 1, Int32(left * 1_000) + 1) > 0 else {
      throw LaunchFailure("\(url) did not answer within \(Int(limit.inSeconds)) seconds")
    }
  }
}

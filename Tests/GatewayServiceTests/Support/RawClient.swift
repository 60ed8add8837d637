import Encodings
import Foundation
import Glibc
import LatchkeyProtocol

/// HTTP by hand over a socket, since a well-behaved client could not send what a stranger does.
struct RawClient: Sendable {
  let port: Int

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Sends bytes and reads until the server closes, or for ten seconds.
  func send(_ bytes: [UInt8]) async throws -> Reply {
    let port = port
    let answer: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      // A thread of its own: blocking calls would hold up the server that they wait for.
      Thread.detachNewThread { continuation.resume(with: Result { try Self.exchange(bytes, port) }) }
    }
    guard let reply = Reply(answer) else {
      throw Failure(description: "no HTTP answer: \(String(decoding: answer.prefix(200), as: UTF8.self))")
    }
    return reply
  }

  func send(
    _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
  ) async throws -> Reply {
    var fields = ["Host": "localhost", "Connection": "close"].merging(headers) { _, given in given }
    if let body, fields["Transfer-Encoding"] == nil { fields["Content-Length"] = "\(body.count)" }
    let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
    return try await send(Array("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n".utf8) + (body ?? []))
  }

  func get(_ target: String, _ headers: [String: String] = [:]) async throws -> Reply {
    try await send("GET", target, headers)
  }

  /// As our own pages send it.
  func post(
    _ target: String, _ json: JSONValue = [:], _ headers: [String: String] = [:], method: String = "POST"
  ) async throws -> Reply {
    let own = ["Content-Type": "application/json", "Origin": "http://localhost:1411", "Sec-Fetch-Site": "same-origin"]
    let text = try JSONEncoder().encode(json)
    return try await send(method, target, own.merging(headers) { _, given in given }, body: Array(text))
  }

  func form(_ target: String, _ body: String, _ headers: [String: String] = [:]) async throws -> Reply {
    let type = ["Content-Type": "application/x-www-form-urlencoded"]
    return try await send("POST", target, type.merging(headers) { _, given in given }, body: Array(body.utf8))
  }

  private static func exchange(_ bytes: [UInt8], _ port: Int) throws -> [UInt8] {
    let line = try RawLine(port)
    defer { line.hangUp() }
    // The server may have answered and closed before it read everything; the answer is there to be read.
    _ = line.send(bytes)
    return line.read { _ in false }.bytes
  }

  /// One connection for as long as a test wants it, on a thread of its own: blocking calls would hold up the server.
  func talk<Result: Sendable>(_ work: @escaping @Sendable (RawLine) throws -> Result) async throws -> Result {
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Swift.Result {
            let line = try RawLine(port)
            defer { line.hangUp() }
            return try work(line)
          })
      }
    }
  }
}

/// A connection, byte by byte.
struct RawLine: Sendable {
  private let socket: Int32

  init(_ port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(socket)
      throw RawClient.Failure(description: "no connection to \(port)")
    }
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  func hangUp() { close(socket) }

  func endSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// - Returns: whether all of it was taken.
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Reads until it is enough, the server closes, or ten seconds pass without a byte.
  func read(until isEnough: ([UInt8]) -> Bool) -> (bytes: [UInt8], isClosed: Bool) {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !isEnough(answer) {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return (answer, count == 0 || errno == ECONNRESET) }
      answer += buffer.prefix(count)
    }
    return (answer, false)
  }

  /// Everything up to the server's closing, as text.
  func readToEnd() -> (text: String, isClosed: Bool) {
    let (bytes, isClosed) = read { _ in false }
    return (String(decoding: bytes, as: UTF8.self), isClosed)
  }

  /// The next bytes up to and including some text.
  func read(upTo text: String) -> String {
    let wanted = Array(text.utf8)
    return String(decoding: read { $0.firstRange(of: wanted) != nil }.bytes, as: UTF8.self)
  }
}

/// The first answer on a connection.
struct Reply: Sendable {
  let status: Int
  let headers: [(name: String, value: String)]
  let body: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]) else { return nil }
    self.status = status
    headers = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    body = Array(bytes[end.upperBound...])
  }

  subscript(name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

  func all(_ name: String) -> [String] { headers.filter { $0.name == name.lowercased() }.map(\.value) }

  var text: String { String(decoding: body, as: UTF8.self) }

  var json: JSONValue { (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) ?? .null }

  /// The whole `Set-Cookie` line of one cookie.
  func cookie(_ name: String) -> String? { all("Set-Cookie").first { $0.hasPrefix("\(name)=") } }

  /// The `Set-Cookie` lines of a kind of ceremony: each has a cookie of its own.
  func ceremonies(_ name: String) -> [String] { all("Set-Cookie").filter { $0.hasPrefix("\(name)-") } }

  func cookieValue(_ name: String) -> String? {
    cookie(name).map { String($0.dropFirst(name.count + 1).prefix { $0 != ";" }) }
  }
}

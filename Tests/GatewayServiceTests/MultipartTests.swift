import GatewayService
import Testing

@Suite("Forms with files")
struct MultipartTests {
  /// - Parameter size: of the pieces that the form arrives in.
  private func parts(_ body: String, inPiecesOf size: Int = .max) throws -> [(name: String, content: String)] {
    var reader = MultipartReader(boundary: "x-y")
    var found: [(name: String, content: [UInt8])] = []
    var rest = Array(body.utf8)[...]
    while !rest.isEmpty {
      for event in try reader.read(rest.prefix(size)) {
        switch event {
        case .part(let name): found.append((name, []))
        case .content(let bytes): found[found.count - 1].content += bytes
        }
      }
      rest = rest.dropFirst(size)
    }
    try reader.finish()
    return found.map { ($0.name, String(decoding: $0.content, as: UTF8.self)) }
  }

  private func form(_ head: String, _ content: String) -> String { "--x-y\r\n\(head)\r\n\r\n\(content)\r\n--x-y--\r\n" }

  @Test("a file and a field are read as they were sent")
  func good() throws {
    let body =
      "--x-y\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n\r\n"
      + "--x-y\r\ncontent-disposition: form-data; filename=\"a\\\"; name=b.png\"; name=\"file\"\r\n"
      + "Content-Type: image/png\r\n\r\n\r\nab\r\n--x-\r\n\r\n--x-y--"
    for size in 1...body.utf8.count {
      let found = try parts(body, inPiecesOf: size)
      #expect(found.map(\.name) == ["note", "file"], "in pieces of \(size)")
      #expect(found.map(\.content) == ["", "\r\nab\r\n--x-\r\n"], "in pieces of \(size)")
    }
    #expect(try parts("--x-y--").isEmpty)
    #expect(try parts("--x-y--\r\nand an epilogue").isEmpty)
  }

  @Test("of a large file no more is kept than a boundary could begin in")
  func large() throws {
    var reader = MultipartReader(boundary: "x-y")
    _ = try reader.read(Array("--x-y\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8))
    // Lines, so that every piece ends in what could be a boundary.
    let piece = [UInt8](repeating: 0x61, count: 1000) + [13]
    for _ in 0..<100 {
      let told = try reader.read(piece).reduce(0) { count, event in
        if case .content(let bytes) = event { count + bytes.count } else { count }
      }
      #expect(told >= 1000)
    }
  }

  @Test("what two readers could read differently is refused")
  func malformed() {
    let name = "Content-Disposition: form-data; name=\"file\""
    for body in [
      "", "--x-z\r\n", "preamble\r\n" + form(name, "a"), "--x-y", "--x-y\n\(name)\n\na\n--x-y--",
      "--x-y\r\n\(name)\r\n\r\nno end", form("", "a"), form("Content-Type: text/plain", "a"), form("nonsense", "a"),
      form("Content-Disposition: attachment; name=\"file\"", "a"), form("Content-Disposition: form-data", "a"),
      form("Content-Disposition: form-data; name=\"a\"; name=\"file\"", "a"), form("\(name)\r\n\(name)", "a"),
      form("Content-Disposition: form-data; name=\"file", "a"),
      form("\(name)\r\nContent-Transfer-Encoding: base64", "a"),
      form("\(name)\r\nX: \(String(repeating: "x", count: 5000))", "a"), "--x-ytail\r\n\(name)\r\n\r\na\r\n--x-y--",
      String(repeating: "--x-y\r\n\(name)\r\n\r\na\r\n", count: 17) + "--x-y--",
    ] {
      for size in [1, 7, .max] {
        #expect(throws: MultipartReader.Malformed.self, "\(body.prefix(80))") { try parts(body, inPiecesOf: size) }
      }
    }
  }

  @Test("a boundary is taken as RFC 2046 allows it")
  func boundaries() {
    #expect(MultipartReader.boundary("multipart/form-data; boundary=abc") == "abc")
    #expect(MultipartReader.boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b")
    for type in [
      "multipart/form-data", "multipart/mixed; boundary=abc", "multipart/form-data; boundary=",
      "multipart/form-data; boundary=a\"b", "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
      "text/plain; boundary=abc",
    ] { #expect(MultipartReader.boundary(type) == nil, "\(type)") }
  }
}

import GatewayService
import Testing

@Suite("Forms with files")
struct MultipartTests {
  private func parts(_ body: String, boundary: String = "x-y") throws -> [(String, String)] {
    try MultipartBody(Array(body.utf8), boundary: boundary).parts.map {
      ($0.name, String(decoding: $0.content, as: UTF8.self))
    }
  }

  private func form(_ head: String, _ content: String) -> String { "--x-y\r\n\(head)\r\n\r\n\(content)\r\n--x-y--\r\n" }

  @Test("a file and a field are read as they were sent")
  func good() throws {
    let body =
      "--x-y\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n\r\n"
      + "--x-y\r\ncontent-disposition: form-data; filename=\"a\\\"; name=b.png\"; name=\"file\"\r\n"
      + "Content-Type: image/png\r\n\r\n\r\nab\r\n--x-\r\n\r\n--x-y--"
    let found = try parts(body)
    #expect(found.map(\.0) == ["note", "file"])
    #expect(found.map(\.1) == ["", "\r\nab\r\n--x-\r\n"])
    #expect(try parts("--x-y--").isEmpty)
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
      #expect(throws: MultipartBody.Malformed.self, "\(body.prefix(80))") { try parts(body) }
    }
  }

  @Test("a boundary is taken as RFC 2046 allows it")
  func boundaries() {
    #expect(MultipartBody.boundary("multipart/form-data; boundary=abc") == "abc")
    #expect(MultipartBody.boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b")
    for type in [
      "multipart/form-data", "multipart/mixed; boundary=abc", "multipart/form-data; boundary=",
      "multipart/form-data; boundary=a\"b", "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
      "text/plain; boundary=abc",
    ] { #expect(MultipartBody.boundary(type) == nil, "\(type)") }
  }
}

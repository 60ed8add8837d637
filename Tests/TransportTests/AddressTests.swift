import LatchkeyProtocol
import Testing
import Transport

@Suite struct AddressTests {
  @Test("addresses are read strictly")
  func addresses() {
    #expect(ServiceAddress("auth:4001") == ServiceAddress(host: "auth", port: 4001))
    #expect(ServiceAddress("[::1]:80") == ServiceAddress(host: "::1", port: 80))
    #expect(ServiceAddress("[::1]:80")?.description == "[::1]:80")
    for bad in ["", "auth", "auth:", ":80", "::1:80", "auth:70000", "auth:-1", "a b:80", "auth:8x"] {
      #expect(ServiceAddress(bad) == nil, "\(bad)")
    }
    #expect(ServiceAddress.list("a:1, b:2")?.map(\.host) == ["a", "b"])
    #expect(ServiceAddress.list("") == nil)
    #expect(ServiceAddress.list("a:1,b") == nil)
  }

  @Test("a key has 32 bytes and prints as nothing")
  func keys() throws {
    #expect(TransportKey([1, 2, 3]) == nil)
    #expect(TransportKey([UInt8](repeating: 1, count: 33)) == nil)
    #expect("\(try Fixture.key())" == "<redacted>")
    #expect(String(reflecting: try Fixture.key()) == "<redacted>")
  }
}

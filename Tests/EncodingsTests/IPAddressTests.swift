import Encodings
import Testing

@Suite("IP addresses and networks")
struct IPAddressTests {
  @Test(
    "ranges contain what shares their leading bits",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.64/26", "192.0.2.127", true),
      ("192.0.2.64/26", "192.0.2.128", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
      ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::/0", "2001:db8::1", true),
      ("2001:db8::/33", "2001:db8:8000::", false), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
      ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("2001:db8::/64", "2001:db8::1:0:0:1", true),
      ("2001:db8::/64", "2001:db8:0:1::", false), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
      ("2001:db8::/65", "2001:db8::7fff:0:0:0", true), ("2001:db8::/127", "2001:db8::1", true),
      ("2001:db8::/127", "2001:db8::2", false), ("2001:db8::1", "2001:db8::1", true), ("::1", "1::1", false),
    ])
  func ranges(range: String, address: String, contained: Bool) throws {
    let range = try #require(AddressRange(range))
    #expect(range.contains(try #require(IPAddress(address))) == contained)
  }

  @Test(
    "malformed ranges are refused",
    arguments: [
      "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "a/8", "10.0.0.0/+8", "10.0.0.0/", "::/64/64",
      "10.0.0.0/99999999999999999999",
    ])
  func malformedRanges(text: String) { #expect(AddressRange(text) == nil) }

  @Test(
    "an IPv6 address counts by its network, every other as itself",
    arguments: [
      ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::1", "::/64"), ("192.0.2.1", "192.0.2.1"),
      ("::ffff:192.0.2.1", "192.0.2.1"), ("", ""),
    ])
  func network(address: String, expected: String) { #expect(IPAddress.network(of: address) == expected) }

  @Test(
    "an address is read in its strict spellings and written in the usual one",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
      ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:1.2.3.4", "1.2.3.4"),
      ("::1.2.3.4", "::1.2.3.4"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("00ab::000C", "ab::c"),
    ])
  func spellings(text: String, usual: String) { #expect(IPAddress(text)?.description == usual) }

  @Test(
    "what another reader might take for something else is refused",
    arguments: [
      "", "1", "127.1", "010.0.0.1", "1.2.3.04", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "+1.2.3.4",
      "0x7f.1.1.1",
      "1..2.3", ".1.2.3.4", "1.2.3.4.", "[::1]", "::1%eth0", ":::", ":", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7", "1::2:3:4:5:6:7:8", "12345::", "::g", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5",
      "1:2:3:4:5:6:7:1.2.3.4",
      "::1\0", "192.0.2.1:80", "::\u{661}",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil && !IPAddress.isIPv4(text) && !IPAddress.isIPv6(text))
  }

  @Test("loopback and unspecified addresses are known in both families")
  func kinds() {
    for text in ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"] { #expect(IPAddress(text)?.isLoopback == true) }
    for text in ["128.0.0.1", "::2", "1::1", "::"] { #expect(IPAddress(text)?.isLoopback == false) }
    for text in ["0.0.0.0", "::", "::ffff:0.0.0.0"] { #expect(IPAddress(text)?.isUnspecified == true) }
    for text in ["0.0.0.1", "::1", "1::"] { #expect(IPAddress(text)?.isUnspecified == false) }
  }
}

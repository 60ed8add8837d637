import Foundation
import Launcher
import ServiceKit
import Testing
import TestKit

@Suite("A .env file")
struct DotEnvTests {
  @Test("has assignments, comments, quotes and exports")
  func parsing() throws {
    let text = """
      # comment
      A=1
      export B = two words # comment
      C="x # y\\n\\"z\\""
      D='as $it is\\n'   # comment
      E=
      F=a=b

      """
    let values = try DotEnv.parse(text, path: ".env")
    #expect(
      values == ["A": "1", "B": "two words", "C": "x # y\n\"z\"", "D": "as $it is\\n", "E": "", "F": "a=b"])
  }

  @Test("a line that is no assignment is named by its number", arguments: ["A", "=1", "A B=1", "A=\"open", "A='x' y"])
  func malformed(line: String) throws {
    let failure = try #require(throws: DotEnv.Failure.self) { try DotEnv.parse("X=1\n\(line)\n", path: ".env") }
    #expect(failure.description == ".env, line 2: expected NAME=value")
  }

  @Test("a missing file has nothing")
  func missing() throws { #expect(try DotEnv.read("/nowhere/.env") == [:]) }
}

@Suite("Small parts of the launcher")
struct SmallPartsTests {
  @Test("pauses double up to the longest, and begin anew after a long run")
  func backoff() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(5), forgivenAfter: .seconds(30))
    let pauses = (0..<4).map { _ in backoff.pause(afterRunning: .seconds(1)) }
    #expect(pauses == [.seconds(1), .seconds(2), .seconds(4), .seconds(5)])
    #expect(backoff.pause(afterRunning: .seconds(30)) == .seconds(1))
  }

  @Test("ports are different, free, and below those of outgoing connections")
  func ports() throws {
    let ports = try FreePorts.pick(8)
    #expect(Set(ports).count == 8)
    let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    let start = try #require(range.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) })
    for port in ports { #expect(port < start && port >= 1_024) }
  }

  @Test("an address that is taken is told apart from a free one, with the system's reason")
  func obstacle() throws {
    let port = try FreePorts.pick(1)[0]
    #expect(FreePorts.obstacle(host: "127.0.0.1", port: port) == nil)
    let taken = try listener(on: port)
    #expect(FreePorts.obstacle(host: "0.0.0.0", port: port) == "Address already in use")
    close(taken)
    #expect(FreePorts.obstacle(host: "no such name", port: port) == "the name is not known")
  }

  private func listener(on port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0 && listen(descriptor, 1) == 0)
    return descriptor
  }

  @Test("bytes become lines whatever pieces they come in; endless lines are cut")
  func lines() {
    var splitter = LineSplitter()
    #expect(splitter.append(Array("ab".utf8)) == [])
    #expect(splitter.append(Array("c\n\nd".utf8)) == ["abc", ""])
    #expect(splitter.finish() == "d")
    #expect(splitter.finish() == nil)
    let long = splitter.append([UInt8](repeating: 65, count: LineSplitter.longest + 1))
    #expect(long.map(\.count) == [LineSplitter.longest])
  }

  @Test("a record passes through as it is, anything else becomes a record that says where it came from")
  func relay() async throws {
    let (text, json) = (try LauncherWorld(), try LauncherWorld(isJSON: true))
    defer {
      text.remove()
      json.remove()
    }
    let record = "2026-01-01T00:00:00.250Z INFO  oidc     fine"
    text.log.relay(record, from: "oidc")
    text.log.relay("Fatal error", from: "oidc")
    await eventually("two lines") { text.logged.contains("Fatal error") }
    #expect(text.logged.hasPrefix(record + "\n"))
    #expect(text.logged.contains("ERROR oidc     Fatal error"))
    json.log.relay("{\"time\":\"x\"}", from: "oidc")
    json.log.relay(record, from: "oidc")
    json.log.say("Ready")
    await eventually("three lines") { json.logged.split(separator: "\n").count == 3 }
    let lines = json.logged.split(separator: "\n")
    #expect(lines[0] == "{\"time\":\"x\"}")
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    #expect(lines[2].contains("\"service\":\"latchkey\",\"message\":\"Ready\""))
  }

  @Test("a missing program is named with what to do")
  func executables() throws {
    let failure = try #require(throws: Executables.Failure.self) { try Executables.path(of: "auth", in: "/nowhere") }
    #expect(failure.description == "The program auth is missing in /nowhere; build it with: swift build -c release")
  }
}

@Suite("What the reader is told")
struct AdviceTests {
  private let desk = Advice.Reader(hasDisplay: true, user: "ann", hostName: "box")
  private let remote = Advice.Reader(ssh: ("192.0.2.7", "22"), hasDisplay: false, user: "ann", hostName: "box")

  private func lines(_ url: String, port: Int = 1411, setupCode: String? = "K7P2-M0QX-9RST", _ reader: Advice.Reader)
    throws -> [String]
  {
    Advice(appURL: try #require(AppURL(url)), port: port, setupCode: setupCode, reader: reader).lines
  }

  @Test("before the first administrator: the set-up page; afterwards: the start page")
  func address() throws {
    #expect(
      try lines("http://localhost:1411", desk) == [
        "Open http://localhost:1411/setup#K7P2-M0QX-9RST to create the first administrator."
      ])
    #expect(try lines("https://id.example.com", setupCode: nil, remote) == ["Open https://id.example.com"])
  }

  @Test("over SSH: the tunnel, ready to copy")
  func tunnel() throws {
    #expect(try lines("http://localhost:1411", remote)[1].contains("ssh -L 1411:localhost:1411 ann@192.0.2.7 "))
    let odd = Advice.Reader(ssh: ("192.0.2.7", "2222"), hasDisplay: false, user: "ann", hostName: "box")
    #expect(
      try lines("http://localhost", port: 8080, odd)[1].contains("ssh -L 80:localhost:8080 -p 2222 ann@192.0.2.7 "))
  }

  @Test("without a screen: the tunnel to this machine by its name")
  func headless() throws {
    let reader = Advice.Reader(hasDisplay: false, user: "root", hostName: "box")
    #expect(try lines("http://localhost:1411", reader)[1].contains("ssh -L 1411:localhost:1411 root@box"))
  }

  @Test(
    "an address where browsers offer no passkeys: a name with https, or the tunnel",
    arguments: ["http://192.0.2.7:1411", "https://192.0.2.7", "http://id.example.com"])
  func impossible(url: String) throws {
    let lines = try lines(url, desk)
    #expect(lines.count == 2)
    #expect(
      lines[1].hasPrefix("Browsers offer no passkeys at this address: set APP_URL to an https address with a name"))
  }

  @Test("the reader is found in the environment")
  func reader() {
    let environment = Environment(["SSH_CONNECTION": "198.51.100.1 50000 192.0.2.7 22", "USER": "ann"])
    #expect(Advice.Reader(environment: environment, hostName: "box") == remote)
  }
}

import TLS

/// TLS for one server.
struct Protector: Sendable {
  private let client: TLSClient
  private let host: TLSHost

  init(_ server: SMTPServer, trustFile: String?) throws(Outcome.Trouble) {
    guard let host = TLSHost(server.host) else {
      throw Outcome.Trouble(.encryption, "No certificate can be made out to the server's name.")
    }
    self.host = host
    do {
      client =
        server.acceptsAnyCertificate
        ? try .acceptingAnyCertificate() : try .verifying(trustFile.map { .file($0) } ?? .system)
    } catch {
      throw Outcome.Trouble(.encryption, "The trusted certificates cannot be read.")
    }
  }

  func handler() throws(TLSFailure) -> TLSHandler { try client.handler(to: host) }
}

import NIOCore
import NIOSSL

/// TLS for one server.
struct Protector: Sendable {
  private let context: NIOSSLContext
  /// Nil for an IP address: it is no name to send, and the certificate is held against the address connected to.
  private let name: String?

  init(_ server: SMTPServer, trustFile: String?) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let trustFile { configuration.trustRoots = .file(trustFile) }
    if server.acceptsAnyCertificate { configuration.certificateVerification = .none }
    context = try NIOSSLContext(configuration: configuration)
    let isAddress = (try? SocketAddress(ipAddress: server.host, port: server.port)) != nil
    name = isAddress ? nil : server.host
  }

  func handler() throws -> NIOSSLClientHandler { try NIOSSLClientHandler(context: context, serverHostname: name) }
}

/// The server that takes our mail, as the operator configured it.
public struct SMTPServer: Sendable {
  /// A name or an IP address; with protection, the certificate must be issued for it.
  public var host: String
  public var port: Int
  public var protection: Protection
  /// Any certificate will do, which protects against eavesdroppers only.
  public var acceptsAnyCertificate: Bool
  /// Nil: no sign-in.
  public var credentials: Credentials?

  /// - Parameter port: nil for the protection's usual one.
  public init(
    host: String, port: Int? = nil, protection: Protection, acceptsAnyCertificate: Bool = false,
    credentials: Credentials? = nil
  ) {
    self.host = host
    self.port = port ?? protection.usualPort
    self.protection = protection
    self.acceptsAnyCertificate = acceptsAnyCertificate
    self.credentials = credentials
  }
}

/// How long things may take.
public struct SMTPTimes: Sendable {
  /// Until a connection is established.
  public var connect = Duration.seconds(10)
  /// Everything, from the name look-up to the server's reply to the mail. RFC 5321 §4.5.3.2 grants a server minutes per
  /// step; one that needs more than this in total is as good as down, and the mail is retried.
  public var total = Duration.seconds(60)
  /// How long to wait for the server's goodbye.
  public var goodbye = Duration.seconds(2)

  public init() {}
}

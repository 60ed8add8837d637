/// The server that takes our mail, as the operator described it.
public struct SMTPServer: Sendable {
  /// A name or an IP address; with protection, what the certificate must be made out to.
  public var host: String
  public var port: Int
  public var protection: Protection
  /// Protection against nobody but listeners: any certificate will do.
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
  /// Until a connection stands.
  public var connect = Duration.seconds(10)
  /// Everything, from the name's look-up to the server's word on the mail. RFC 5321 §4.5.3.2 grants a server minutes
  /// per step; one that needs more than this in all is as good as down, and the mail is tried again.
  public var total = Duration.seconds(60)
  /// How long the server's goodbye is waited for.
  public var goodbye = Duration.seconds(2)

  public init() {}
}

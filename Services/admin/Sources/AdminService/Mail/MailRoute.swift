import Foundation
import LatchkeyProtocol
package import SMTP

/// The route of mail under the current settings.
struct MailRoute: Sendable {
  let server: SMTPServer
  /// Nil while the setting is no address.
  let from: EmailAddress?
  let appName: String
  let accent: String

  /// Nil while no server is set: then mail waits.
  init?(_ settings: ApplicationSettings, password: Secret?) {
    let host = settings["smtpHost"].trimmingCharacters(in: .whitespaces)
    guard !host.isEmpty else { return nil }
    let user = settings["smtpUser"]
    server = SMTPServer(
      host: host, port: Int(settings["smtpPort"]),
      protection: Protection(rawValue: settings["smtpTls"]) ?? .startTLS,
      acceptsAnyCertificate: settings["smtpSkipCertVerify"] == "true",
      credentials: user.isEmpty ? nil : Credentials(user: user, password: password ?? Secret("")))
    from = EmailAddress(settings["smtpFrom"])
    appName = settings.appName
    accent = settings.accentColour
  }
}

/// Hands a mail over; tests have one that needs no server.
package protocol MailCarrier: Sendable {
  func send(_ mail: OutgoingMail, to server: SMTPServer) async -> Outcome
}

extension SMTPClient: MailCarrier {}

import Foundation
import LatchkeyProtocol
public import Logging
public import Postgres
public import SMTP
public import ServiceKit
public import ServiceStore
import Store

/// Delivers the outbox, alongside any number of other instances that do the same: one of them at a time claims each
/// mail, and the claim of a killed instance expires.
public struct MailDelivery: Sendable {
  /// Notifications of new mail may be lost with their connection, and none announces a mail's next attempt.
  static let interval = Duration.seconds(15)

  private let database: Database
  private let desk: MailOutbox
  private let secrets: SettingSecrets
  private let carrier: any MailCarrier
  private let appURL: AppURL
  private let appName: String
  private let logger: Logger
  /// Marks the claims that are ours.
  private let instance = UUID()

  /// - Parameter appName: `APP_NAME`, for an installation whose administrator chose none.
  public init(
    database: Database, keys: ServiceKeys, client: SMTPClient, appURL: AppURL, appName: String, logger: Logger
  ) {
    self.init(
      database: database, keys: keys, carrier: client, appURL: appURL, appName: appName, logger: logger)
  }

  package init(
    database: Database, keys: ServiceKeys, carrier: any MailCarrier, appURL: AppURL, appName: String, logger: Logger
  ) {
    self.database = database
    self.desk = MailOutbox(keys: keys)
    self.secrets = SettingSecrets(keys: keys)
    self.carrier = carrier
    self.appURL = appURL
    self.appName = appName
    self.logger = logger
  }

  /// Returns when cancelled.
  public func run() async {
    await Periodic.onOutbox(of: database, every: Self.interval) { await deliverDue() }
  }

  /// Delivers until nothing is due.
  package func deliverDue() async {
    do {
      let drop = Outbox.DropUseless(.admin, error: MailTrouble.expired.text)
      let dropped = try await database.write(drop).count
      if dropped > 0 { logger.notice("mail expired before it was sent", metadata: ["count": "\(dropped)"]) }
    } catch {
      return logger.warning("the outbox cannot be read now: \(error)")
    }
    await withTaskGroup { group in
      for _ in 0..<Limits.mailsAtOnce {
        group.addTask {
          do {
            while !Task.isCancelled, try await deliverNext() {}
          } catch {
            logger.warning("the outbox cannot be read now: \(error)")
          }
        }
      }
    }
  }

  /// Claims a mail and sees it through one attempt; false when none is due or no server is set.
  private func deliverNext() async throws -> Bool {
    guard let route = try await route() else { return false }
    let claim = Outbox.Claim(.admin, by: instance, leaseSeconds: Limits.mailLease / .seconds(1))
    guard let claimed = try await database.write(claim).rows.first else { return false }
    let verdict = await attempt(claimed, route)
    log(claimed, verdict)
    let note = Outbox.Note(claimed.id, by: instance, verdict)
    let database = database
    // Not cancelled with us: the mail's outcome is known, and would otherwise have to be found out again after the
    // lease.
    let noting = Task { _ = try await database.write(note) }
    try await noting.value
    return true
  }

  private func route() async throws(DatabaseFailure) -> MailRoute? {
    let everything = try await database.first(ChosenSettings.ReadAll())
    var settings = everything?.settings ?? ApplicationSettings()
    if settings.chosen["appName"]?.isEmpty ?? true { settings["appName"] = appName }
    let password = everything?.sealed["smtpPassword"].flatMap { try? secrets.open($0, as: "smtpPassword") }
    return MailRoute(settings, password: password)
  }

  private func attempt(_ claimed: Outbox.Claimed, _ route: MailRoute) async -> Outbox.Verdict {
    guard let mail = desk.open(claimed.sealed, id: claimed.id) else { return failed(.unreadable) }
    guard let reader = claimed.reader, let email = mail.isForFormerAddress ? mail.recipient : reader.email else {
      return failed(.noAddress)
    }
    if reader.disabled { return failed(.disabled) }
    // Mail for one address must not go to the next: it may hold a code, or a link that proves the address.
    if let recipient = mail.recipient, recipient.lowercased() != email.lowercased() { return failed(.changedAddress) }
    let outcome: Outcome
    switch (route.from, EmailAddress(mail.recipient ?? email)) {
    case (nil, _): outcome = .deferred(Outcome.Trouble(.sender, "The sender's address is not set."))
    case (_, nil): outcome = .refused(Outcome.Trouble(.recipient, "This is not an address that mail can be sent to."))
    case (let from?, let to?):
      let logo = await logoURL()
      let outgoing = compose(mail, claimed, reader, from: from, to: to, route, logo)
      outcome = await carrier.send(outgoing, to: route.server)
    }
    // We are shutting down, and the mail was not sent: another instance takes it at once.
    if Task.isCancelled, case .deferred(let trouble) = outcome {
      return .retry(seconds: 0, error: MailTrouble(trouble).text)
    }
    return MailRules.verdict(
      outcome, attempts: claimed.attempts, age: claimed.age / .seconds(1), retries: mail.content != .test)
  }

  private func failed(_ trouble: MailTrouble) -> Outbox.Verdict { .failed(error: trouble.text) }

  private func compose(
    _ mail: Mail, _ claimed: Outbox.Claimed, _ reader: Outbox.Claimed.Reader, from: EmailAddress, to: EmailAddress,
    _ route: MailRoute, _ logoURL: String?
  ) -> OutgoingMail {
    let text = MailText(
      mail, name: reader.displayName, locale: reader.locale, recipient: "\(to)",
      from: MailText.Sender(appName: route.appName, address: appURL.issuer, now: Date()))
    let html = MailLayout(logoURL: logoURL, accent: route.accent).html(text, appName: route.appName)
    return OutgoingMail(
      id: claimed.id, date: Date(), from: from, fromName: route.appName, to: to, subject: text.subject,
      text: text.plain, html: html)
  }

  /// The operator's image for mails, if there is one; without it, the name stands in its place.
  private func logoURL() async -> String? {
    let images = try? await database.read(ImageVersions.OfApplication())
    return images?.contains { $0.name == "application/email" } == true
      ? "\(appURL.issuer)/api/application-images/email" : nil
  }

  private func log(_ claimed: Outbox.Claimed, _ verdict: Outbox.Verdict) {
    let about: Logger.Metadata = ["mail": "\(claimed.id)", "kind": "\(claimed.kind)", "attempt": "\(claimed.attempts)"]
    switch verdict {
    case .delivered: logger.info("mail delivered", metadata: about)
    case .retry(let seconds, let error):
      logger.warning("mail not delivered; again in \(Int(seconds)) s: \(error)", metadata: about)
    case .failed(let error): logger.warning("mail given up: \(error)", metadata: about)
    }
  }
}

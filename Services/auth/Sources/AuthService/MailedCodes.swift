import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store

/// Codes that come by mail.
extension AuthService {
  func mailOneTimeCode(
    _ message: Auth.MailOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.MailOneTimeCode.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard try await currentSettings(call).emailOneTimeAccessByAdmin else { return .off }
      let problems = Self.problems(ofLifetime: message.lifetimeSeconds)
      guard problems.isEmpty else { return .invalid(problems) }
      guard let user = try await store.first(Users.Find(message.user), call) else { return .notFound }
      guard user.email != nil else { return .noAddress }
      if let until = user.codesMailedFrom { return .invalid([.addressWaits(until)]) }
      let entry = handingOut(to: user, by: principal, "email", message.lifetimeSeconds, call)
      var mails: [(code: NewOneTimeCode, item: OutboxItem)] = []
      for code in candidates(message.lifetimeSeconds, call) {
        let new = NewOneTimeCode(
          hash: hash(of: code), lifetimeSeconds: message.lifetimeSeconds, origin: .admin, createdBy: principal.user.id)
        let item = try codeMail(
          code, lives: message.lifetimeSeconds, askedByReader: false, redirect: nil, languages: [], call)
        mails.append((new, item))
      }
      let sent = try await store.transaction(call) { [mails] transaction in
        // An administrator can change an address, so sending a code there gives away as much as showing it.
        guard try await principal.uses(.oneTimeLink, in: transaction, call) else { return false }
        if try await transaction.first(AuditLog.Holds(entry)) == true { return true }
        for mail in mails {
          let create = OneTimeCodes.Create(mail.code, for: user.id, entry: entry)
          guard try await transaction.write(create).rows.first == true else { continue }
          try await transaction.write(Outbox.Post(mail.item, about: user.id))
          return true
        }
        throw ServiceFailure(.internal, mayHaveHappened: false, "No code is free.")
      }
      return sent ? .sent : .denied(.proofRequired)
    }
  }

  func askForOneTimeCode(
    _ message: Auth.AskForOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.AskForOneTimeCode.Response {
    let began = ContinuousClock.now
    guard try await currentSettings(call).emailOneTimeAccessForAll else { return .off }
    try await send(message, call)
    // Every answer takes equally long, which hides the work done for an address that has an account.
    try? await Task.sleep(until: began + Limits.steadyAnswer)
    return .heard
  }

  private func send(_ message: Auth.AskForOneTimeCode, _ call: Call) async throws(ServiceFailure) {
    let email = message.email.cleaned(bytes: Profile.longestEmail)
    guard let browser = call.browserHash, email.utf8.count <= Profile.longestEmail,
      let code = candidates(Limits.mailedCode / .seconds(1), call).first
    else { return }
    // Counted under a hash: what was typed is not yet known to be a user's address.
    let account = Base64URL.encode(codes.hash(email.lowercased(), purpose: "one-time-email").prefix(16))
    let network = IPAddress.network(of: call.caller.address)
    func isWithin(_ limit: Int, _ subject: String) async throws(ServiceFailure) -> Bool {
      let count = Attempts.Count("\(subject)/one-time-email", windowSeconds: Limits.codeWindow / .seconds(1))
      return try await store.write(count, call).rows.first?.count ?? 1 <= limit
    }
    // A request over its network's limits does not count against the account, so others still get their codes.
    guard
      try await isWithin(Limits.mailsPerNetwork, "address:\(network)") || !settings.limitsAttempts,
      try await isWithin(Limits.mailsPerAccountAndNetwork, "account:\(account)/address:\(network)"),
      try await isWithin(Limits.mailsPerAccount, "account:\(account)")
    else {
      logger.info("codes by mail are asked for too often", metadata: ["request": "\(call.id)"])
      return
    }
    let seconds = Limits.mailedCode / .seconds(1)
    let new = NewOneTimeCode(hash: hash(of: code), lifetimeSeconds: seconds, origin: .email, browserHash: browser)
    var entry = AuditEntry(.oneTimeLinkCreated, call)
    entry.data = ["method": "email", "lifetimeSeconds": "\(Int(seconds))"]
    let item = try codeMail(
      code, lives: seconds, askedByReader: true, redirect: message.redirect, languages: call.caller.languages, call)
    _ = try await store.write(MailedCodes.Send(to: email, code: new, item: item, entry: entry), call)
  }

  private func codeMail(
    _ code: String, lives seconds: Double, askedByReader: Bool, redirect: String?, languages: [String], _ call: Call
  ) throws(ServiceFailure) -> OutboxItem {
    var link = "\(settings.appURL.issuer)/lc/\(code)"
    if let redirect { link += "?redirect=\(Percent.encode(redirect))" }
    let content = Mail.Content.oneTimeCode(
      code: Secret(code), link: Secret(link), expiresAt: clock.now().addingTimeInterval(seconds),
      askedByReader: askedByReader)
    return try mail.item(Mail(content, languages: languages), call)
  }
}

extension FieldProblem {
  /// - Parameter date: when codes start being mailed to the person's new address.
  static func addressWaits(_ date: Date) -> FieldProblem {
    FieldProblem(
      "email", "waiting",
      """
      This person changed their address a short while ago: codes are mailed there from \(date.formatted(.iso8601)) on. \
      Hand a link over in another way.
      """)
  }
}

extension Limits {
  /// How long a code requested by mail lives: six characters, typed while the mail is still open.
  static let mailedCode = Duration.seconds(15 * 60)
  /// Mails per window to one address requested from one network: a person retries once or twice, and an attacker uses
  /// up only their own network's codes.
  static let mailsPerAccountAndNetwork = 3
  /// Mails per window to one address, from all networks: attackers on several networks must neither fill a mailbox nor
  /// gain more guesses than these codes' few attempts.
  static let mailsPerAccount = 12
  /// Mails per window requested from one network.
  static let mailsPerNetwork = 10
  /// How long a request for a code by mail takes to be answered: several times as long as the work.
  static let steadyAnswer = Duration.milliseconds(400)
}

package import Foundation
import LatchkeyProtocol
package import LatchkeyWords
import ServiceKit
package import ServiceStore

/// A mail in words: everything that its plain text and its HTML say, in the order in which they say it.
package struct MailText: Sendable, Equatable {
  package let language: Language
  package let subject: String
  package let title: String
  package let greeting: String
  package let text: String
  /// Shown large.
  package let code: String?
  package let facts: [Fact]
  package let action: Action?
  package let note: String?
  package let footer: String

  package struct Fact: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package struct Action: Sendable, Equatable {
    package let label: String
    package let link: String
  }

  /// Who writes, and when.
  package struct Sender: Sendable {
    package let appName: String
    /// `APP_URL`, without a trailing slash.
    package let address: String
    package let now: Date

    package init(appName: String, address: String, now: Date) {
      self.appName = appName
      self.address = address
      self.now = now
    }
  }

  /// - Parameters:
  ///   - name: how the reader is greeted.
  ///   - locale: the language that the reader's account chose, if it did.
  ///   - recipient: the reader's address.
  package init(_ mail: Mail, name: String, locale: String?, recipient: String, from sender: Sender) {
    let language = Language.first(of: [locale].compactMap(\.self) + mail.languages)
    let words = Words.of(language)
    let app = ["app": sender.appName]
    func link(_ path: String) -> String { sender.address + path }
    func left(_ end: Date) -> String { Self.duration(end.timeIntervalSince(sender.now), words) }

    self.language = language
    greeting = words("mail.greeting", ["name": name])
    footer = words("mail.footer", ["app": sender.appName, "address": sender.address])
    switch mail.content {
    case .oneTimeCode(let code, let signIn, let end, let askedByReader):
      subject = words("mail.code.subject", app)
      title = words("mail.code.title")
      text = words("mail.code.text", ["app": sender.appName, "time": left(end)])
      self.code = code.exposed
      facts = []
      action = Action(label: words("mail.code.action"), link: signIn.exposed)
      note = words("mail.code.note") + (askedByReader ? " " + words("mail.code.lost") : "")
    case .newDevice(let origin):
      subject = words("mail.device.subject", app)
      title = words("mail.device.title")
      text = words("mail.device.text", app)
      code = nil
      facts = Self.facts(origin, words)
      action = Action(label: words("mail.device.action"), link: link("/settings/account#sessions"))
      note = words("mail.device.note")
    case .newPasskey(let passkey, let origin):
      subject = words("mail.passkey.subject", app)
      title = words("mail.passkey.title")
      text = words("mail.passkey.text", ["passkey": passkey, "app": sender.appName])
      code = nil
      facts = Self.facts(origin, words)
      action = Action(label: words("mail.device.action"), link: link("/settings/account#passkeys"))
      note = words("mail.passkey.note")
    case .newAPIKey(let key, let origin):
      subject = words("mail.newKey.subject", app)
      title = words("mail.newKey.title")
      text = words("mail.newKey.text", ["key": key, "app": sender.appName])
      code = nil
      facts = Self.facts(origin, words)
      action = Action(label: words("mail.key.action"), link: link("/settings/admin/api-keys"))
      note = words("mail.newKey.note")
    case .signInLink(let administrator, let origin):
      subject = words("mail.link.subject", app)
      title = words("mail.link.title")
      text = words("mail.link.text", ["administrator": administrator, "app": sender.appName])
      code = nil
      facts = Self.facts(origin, words)
      action = Action(label: words("mail.device.action"), link: link("/settings/account"))
      note = words("mail.link.note")
    case .newAddress(let address, let waits, let proof, let origin):
      subject = words("mail.address.subject", app)
      title = words("mail.address.title")
      let change = address.map { words("mail.address.changed", ["email": $0, "app": sender.appName]) }
      text = [
        change ?? words("mail.address.removed", app), waits ? words("mail.address.waits") : nil,
        proof.map { _ in words("mail.address.confirm") },
      ].compactMap(\.self).joined(separator: " ")
      code = nil
      facts = Self.facts(origin, words)
      action =
        proof.map { Action(label: words("mail.address.action"), link: $0.exposed) }
        ?? Action(label: words("mail.device.action"), link: link("/settings/account"))
      note = words("mail.address.note", ["account": link("/settings/account")])
    case .verifyEmail(let proof, let end):
      subject = words("mail.verify.subject")
      title = words("mail.verify.title")
      text = words("mail.verify.text", ["email": recipient, "app": sender.appName, "time": left(end)])
      code = nil
      facts = []
      action = Action(label: words("mail.verify.action"), link: proof.exposed)
      note = words("mail.verify.note", app)
    case .apiKeyExpiring(let key, let end):
      subject = words("mail.key.subject", ["key": key])
      title = words("mail.key.title")
      text = words("mail.key.text", ["key": key, "time": left(end)])
      code = nil
      facts = []
      action = Action(label: words("mail.key.action"), link: link("/settings/admin/api-keys"))
      note = nil
    case .test:
      subject = words("mail.test.subject", app)
      title = words("mail.test.title")
      text = words("mail.test.text", app)
      code = nil
      facts = []
      action = nil
      note = nil
    }
  }

  /// The same as plain text.
  package var plain: String {
    var blocks = [greeting, text]
    if let code { blocks.append("    \(code)") }
    if !facts.isEmpty { blocks.append(facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")) }
    if let action { blocks.append("\(action.label):\n\(action.link)") }
    if let note { blocks.append(note) }
    return (blocks + ["-- \n\(footer)"]).joined(separator: "\n\n") + "\n"
  }

  /// The time left, rounded up to a natural unit: two hours and more in hours, two days and more in days.
  private static func duration(_ seconds: TimeInterval, _ words: Words) -> String {
    let minutes = max(1, Int((seconds / 60).rounded(.up)))
    switch minutes {
    case 1: return words("mail.minute")
    case ..<60: return words("mail.minutes", ["n": "\(minutes)"])
    case 60: return words("mail.hour")
    case ..<(48 * 60):
      let hours = (minutes + 59) / 60
      return hours == 1 ? words("mail.hour") : words("mail.hours", ["n": "\(hours)"])
    default:
      let days = (minutes + 24 * 60 - 1) / (24 * 60)
      return words("mail.days", ["n": "\(days)"])
    }
  }

  private static func facts(_ origin: Mail.Origin, _ words: Words) -> [Fact] {
    [
      Fact(name: words("mail.device.browser"), value: browser(origin.userAgent, words)),
      Fact(name: words("mail.device.address"), value: origin.address),
      Fact(name: words("mail.device.time"), value: moment(origin.at)),
    ]
  }

  private static func browser(_ userAgent: String, _ words: Words) -> String {
    let device = Device(userAgent: userAgent)
    if let browser = device.browser, let system = device.system {
      return words("mail.device.onSystem", ["browser": browser, "system": system])
    }
    return device.browser ?? device.system ?? words("mail.device.unknown")
  }

  /// In UTC: the reader's time zone is not known.
  private static func moment(_ date: Date) -> String {
    String(date.formatted(.iso8601).prefix(16)).replacing("T", with: " ") + " UTC"
  }
}

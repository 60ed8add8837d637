import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func listMail(_ message: Admin.ListMail, _ call: Call) async throws(ServiceFailure) -> Admin.ListMail.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      let page = try await store.page(message.page, call) { Outbox.Undelivered(.admin, Admin.ListBounds($0)) }
      let isConfigured = try await !store.settings(call)["smtpHost"].isEmpty
      return .mail(page, configured: isConfigured)
    }
  }

  func retryMail(
    _ message: Admin.RetryMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.RetryMail.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        let answer = try await change.transaction.first(Outbox.RetryNow(message.id, of: .admin))
        guard let answer, answer.exists else { return .notFound }
        guard answer.done else { return .useless }
        var entry = change.entry(.mailRetried)
        entry.data = ["mail": "\(message.id)"]
        try await change.record(entry)
        return .retried
      }
    }
  }

  func discardMail(
    _ message: Admin.DiscardMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DiscardMail.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        let discard = Outbox.Discard(message.id, of: .admin)
        guard let gone = try await change.transaction.first(discard) else { return .notFound }
        var entry = change.entry(.mailDiscarded)
        entry.userID = gone.user.map { UserID($0) }
        entry.data = ["mail": "\(message.id)", "kind": gone.kind]
        try await change.record(entry)
        return .discarded
      }
    }
  }

  func sendTestMail(
    _ message: Admin.SendTestMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SendTestMail.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard let email = principal.user.email else { return .noAddress }
      guard try await !store.settings(call)["smtpHost"].isEmpty else { return .notConfigured }
      let item = try mail.item(Mail(.test, to: email, languages: call.caller.languages), call)
      _ = try await store.write(Outbox.Post(item, about: principal.user.id), call)
      return try await outcome(of: item.id, call)
    }
  }

  /// The outcome of a mail that a user is watching, as far as it is known in the time available.
  private func outcome(of id: UUID, _ call: Call) async throws(ServiceFailure) -> Admin.SendTestMail.Response {
    let end = ContinuousClock.now + min(Limits.testMailWait, call.remaining - .seconds(1))
    while ContinuousClock.now < end {
      guard let status = try await store.first(Outbox.Status(id), call) else { return .delivered }
      if status.state == .failed { return .failed(reason: status.reason ?? "other", detail: status.detail) }
      do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
    }
    return .waiting
  }
}

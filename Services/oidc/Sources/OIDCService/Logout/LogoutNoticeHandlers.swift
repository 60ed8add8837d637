import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension OIDCService {
  func getLogoutNotices(
    _ message: OIDC.GetLogoutNotices, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.GetLogoutNotices.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      let status = try await store.search(LogoutNotices.Status(of: message.clientID), call).first
      return status.map { .notices($0) } ?? .notFound
    }
  }

  func retryLogoutNotices(
    _ message: OIDC.RetryLogoutNotices, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.RetryLogoutNotices.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard try await store.search(LogoutNotices.Status(of: message.clientID), call).first != nil else {
        return .notFound
      }
      let retry = LogoutNotices.RetryNow(of: message.clientID, request: call.id)
      return .retried(count: try await store.write(retry, call).rows.first ?? 0)
    }
  }
}

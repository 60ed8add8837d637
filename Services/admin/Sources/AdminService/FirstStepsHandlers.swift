import Encodings
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func getFirstSteps(
    _ message: Admin.GetFirstSteps, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetFirstSteps.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let steps = try await store.first(FirstSteps.Read(user: principal.user.id), call)
      return .steps(steps ?? Admin.FirstSteps(done: [], skipped: []))
    }
  }

  func skipFirstSteps(
    _ message: Admin.SkipFirstSteps, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SkipFirstSteps.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        let before = try await change.transaction.first(FirstSteps.LockSkipped()) ?? []
        let wanted = Set(before).union(message.steps.map(\.rawValue))
        let after = Admin.FirstStep.allCases.map(\.rawValue).filter(wanted.contains)
        try await change.transaction.write(FirstSteps.SetSkipped(names: after))
        var entry = change.entry(.settingsUpdated, subject: "first-steps")
        entry.note("firstStepsSkipped", .array(before.map { .string($0) }), .array(after.map { .string($0) }))
        try await change.record(entry)
        return .skipped
      }
    }
  }
}

/// Waits for something to become true, ten seconds at most.
package func eventually(_ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(10)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw WorldFailure("it did not happen in time") }
    try await Task.sleep(for: .milliseconds(20))
  }
}

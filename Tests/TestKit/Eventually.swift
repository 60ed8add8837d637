package import Testing

/// Waits for a condition; records an issue where it does not come about in time.
///
/// - Parameter limit: long, since it is only waited out by a test that fails.
package func eventually(
  _ what: Comment? = nil, within limit: Duration = .seconds(60), location: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async rethrows {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else {
      Issue.record(what ?? "it did not come true in time", sourceLocation: location)
      return
    }
    // Between two looks at the condition; nothing is timed by it.
    try? await Task.sleep(for: .milliseconds(2))
  }
}

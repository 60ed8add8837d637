import LatchkeyProtocol

/// Who may see a page.
extension Exchange {
  /// Asks concurrently who the caller is and for what the page shows: the page waits for the slower of the two.
  func forAdministrators<Answer: Sendable>(
    _ ask: @escaping @Sendable (Exchange) async throws -> Answer, page: (Answer, User) async throws -> Response
  ) async throws -> Response {
    guard call.caller.session != nil else { return toSignIn() }
    async let viewer = viewer()
    async let answer = ask(self)
    guard let viewer = try await viewer else { return toSignIn() }
    return try await page(try await answer, viewer)
  }

  /// A page that the caller may not see.
  func denied(_ denial: Admin.Denial) throws -> Response {
    switch denial {
    case .notSignedIn: return toSignIn()
    case .notAdministrator: return errorPage(.forbidden)
    case .proofRequired: throw Refusal(denial)
    }
  }
}

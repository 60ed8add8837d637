/// One check of a request: what it is about, the clause it enforces, and the rule. An endpoint runs a table of them in
/// order; each may note in the draft what it has established.
struct DraftCheck<Draft, Refusal: Error>: Sendable {
  let name: String
  let source: String
  let run: @Sendable (inout Draft) throws(Refusal) -> Void

  init(_ name: String, _ source: String, _ run: @escaping @Sendable (inout Draft) throws(Refusal) -> Void) {
    self.name = name
    self.source = source
    self.run = run
  }
}

/// The same for facts already known, as when a grant is compared with what is stored.
struct FactsCheck<Facts, Refusal: Error>: Sendable {
  let name: String
  let source: String
  let run: @Sendable (Facts) throws(Refusal) -> Void

  init(_ name: String, _ source: String, _ run: @escaping @Sendable (Facts) throws(Refusal) -> Void) {
    self.name = name
    self.source = source
    self.run = run
  }
}

/// For an endpoint that refuses with OAuth errors.
typealias FormCheck<Draft> = DraftCheck<Draft, OAuthError>
/// For a grant, which also reports what was used twice.
typealias GrantCheck<Facts> = FactsCheck<Facts, GrantRefusal>

/// One check of a request: what it is about, the clause it enforces, and the rule. A table of them is what an endpoint
/// checks, in its order; each may note in the draft what it has established.
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

/// The same over what is known already, as when a grant is held against what is stored.
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

/// Of an endpoint that refuses in OAuth's words.
typealias FormCheck<Draft> = DraftCheck<Draft, OAuthError>
/// Of a grant, which also tells what was used twice.
typealias GrantCheck<Facts> = FactsCheck<Facts, GrantRefusal>

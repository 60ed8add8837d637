/// What `claims-editor.mustache` sees: a page that has it names it `claimsEditor`, includes the partial, and loads
/// `claims.js`.
package struct ClaimsEditor: Sendable {
  /// Where the claims are sent.
  let url: String
  let rows: [Row]
  let ofGroup: Bool

  package struct Row: Sendable {
    let number: Int
    let key: String
    let value: String
  }

  package static func of(user: String, _ claims: [(key: String, value: String)]) -> ClaimsEditor {
    ClaimsEditor(url: "/api/custom-claims/user/\(user)", claims, ofGroup: false)
  }

  package static func of(group: String, _ claims: [(key: String, value: String)]) -> ClaimsEditor {
    ClaimsEditor(url: "/api/custom-claims/user-group/\(group)", claims, ofGroup: true)
  }

  private init(url: String, _ claims: [(key: String, value: String)], ofGroup: Bool) {
    self.url = url
    self.ofGroup = ofGroup
    rows = claims.enumerated().map { Row(number: $0, key: $1.key, value: $1.value) }
  }
}

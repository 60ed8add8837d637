/// Why one field of a request was not accepted. `message` is a sentence for the person who filled it in.
public struct FieldProblem: Codable, Sendable, Equatable {
  /// The field's name in the REST API, such as `callbackURLs[0]`.
  public var field: String
  /// A stable word for programs: `required`, `too_long`, `invalid`, `taken`, …
  public var code: String
  public var message: String

  public init(_ field: String, _ code: String, _ message: String) {
    self.field = field
    self.code = code
    self.message = message
  }
}

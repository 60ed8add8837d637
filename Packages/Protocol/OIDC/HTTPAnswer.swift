public import Foundation

extension OIDC {
  /// The finished answer of an endpoint that OAuth or OpenID Connect defines: `oidc` owns status, headers and body, and
  /// the gateway writes them as they are.
  public struct HTTPAnswer: Codable, Sendable, Equatable {
    /// A header field (RFC 9110 §5).
    public struct Field: Codable, Sendable, Equatable {
      public var name: String
      public var value: String

      public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
      }
    }

    /// RFC 9110 §15.
    public var status: Int
    /// In the order in which they are written. What the gateway adds to every answer is not among them.
    public var fields: [Field]
    public var body: Data

    public init(status: Int, fields: [Field], body: Data) {
      self.status = status
      self.fields = fields
      self.body = body
    }
  }
}

public import Encodings

/// The `claims` request parameter (OpenID Connect Core §5.5): individual claims, in addition to those of the scopes.
/// Unknown members are kept unchecked; the two that Core defines must have its form, so that what is essential in them
/// cannot get lost.
public struct ClaimsParameter: Sendable, Hashable {
  /// One claim asked for (Core §5.5.1).
  public struct Request: Sendable, Hashable {
    public let isEssential: Bool
    /// The requested values, any one of which will do; nil for any value.
    public let values: [JSONValue]?

    /// Whether a value is one that was asked for.
    public func accepts(_ value: JSONValue) -> Bool { values.map { $0.contains(value) } ?? true }
  }

  /// Where a claim is wanted.
  public enum Place: String, Sendable, CaseIterable {
    case idToken = "id_token"
    case userInfo = "userinfo"
  }

  public let idToken: [String: Request]
  public let userInfo: [String: Request]
  private let text: String

  /// - Throws: `invalid_request` when it is not what Core §5.5 describes.
  static func parse(_ text: String?) throws(OAuthError) -> ClaimsParameter? {
    guard let text else { return nil }
    guard let members = (try? JSONValue(json: text))?.object else {
      throw OAuthError(.invalidRequest, "The claims parameter is not a JSON object.")
    }
    return ClaimsParameter(
      idToken: try requests(members, .idToken), userInfo: try requests(members, .userInfo),
      text: JSONValue.object(members.filter { Place(rawValue: $0.key) != nil }).jsonText)
  }

  private init(idToken: [String: Request], userInfo: [String: Request], text: String) {
    self.idToken = idToken
    self.userInfo = userInfo
    self.text = text
  }

  /// The text to store with what is issued; nil when nothing was requested.
  public var stored: String? { idToken.isEmpty && userInfo.isEmpty ? nil : text }

  /// Reads back `stored` of a request that passed. Nil for nil, and for text that was not written here.
  public init?(stored: String?) {
    guard let stored, let parsed = try? Self.parse(stored) else { return nil }
    self = parsed
  }

  public func requests(in place: Place) -> [String: Request] {
    switch place {
    case .idToken: idToken
    case .userInfo: userInfo
    }
  }

  /// Core §3.1.2.2: the ID token must be about one of these users; nil for any user.
  public var subjects: Set<String>? {
    guard let values = idToken["sub"]?.values else { return nil }
    return Set(values.compactMap(\.string))
  }

  /// Core §5.5.1.1: the context classes of which the client requires one; nil when none is essential.
  public var essentialACR: [String]? {
    guard let request = idToken["acr"], request.isEssential, let values = request.values else { return nil }
    return values.compactMap(\.string)
  }

  /// The scopes that would release the user claims requested here. A custom claim is released with `profile` alone, and
  /// does not request it by itself: its name does not tell anyone what it is.
  public var coveringScopes: [String] {
    let scopes = Set((Array(idToken.keys) + Array(userInfo.keys)).compactMap { Claims.scope(of: $0) })
    return Scope.identity.filter(scopes.contains)
  }

  private static func requests(_ members: [String: JSONValue], _ place: Place) throws(OAuthError) -> [String: Request] {
    switch members[place.rawValue] {
    case nil, .null: return [:]
    case .object(let claims):
      var requests: [String: Request] = [:]
      for (name, member) in claims { requests[name] = try request(member, name) }
      return requests
    default: throw OAuthError(.invalidRequest, "The member '\(place.rawValue)' of the claims parameter is no object.")
    }
  }

  /// Core §5.5.1: null, or an object of which we know `essential`, `value` and `values`.
  private static func request(_ member: JSONValue, _ name: String) throws(OAuthError) -> Request {
    switch member {
    case .null: return Request(isEssential: false, values: nil)
    case .object(let members):
      guard members["values"].map({ $0.array != nil }) ?? true, members["essential"].map({ $0.bool != nil }) ?? true
      else { fallthrough }
      let values = members["values"]?.array ?? members["value"].map { [$0] }
      return Request(isEssential: members["essential"]?.bool ?? false, values: values?.isEmpty == true ? nil : values)
    default: throw OAuthError(.invalidRequest, "What the claims parameter says of '\(name)' cannot be read.")
    }
  }
}

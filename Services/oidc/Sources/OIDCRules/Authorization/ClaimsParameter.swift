public import Encodings

/// The `claims` request parameter (OpenID Connect Core §5.5): single claims, beside those of the scopes. Members that
/// nobody here knows are kept and not judged; the two that Core defines have to have its form, since what is essential
/// in them must not get lost.
public struct ClaimsParameter: Sendable, Hashable {
  /// One claim asked for (Core §5.5.1).
  public struct Request: Sendable, Hashable {
    public let isEssential: Bool
    /// What it should be, one of these; nil for whatever it is.
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

  /// What has to be kept with what is issued; nil when nothing was asked for.
  public var stored: String? { idToken.isEmpty && userInfo.isEmpty ? nil : text }

  /// What was kept of a request that passed: `stored`. Nil for nothing, and for what was not written here.
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

  /// Core §3.1.2.2: one of the people whom the ID token has to be about; nil for whoever it is.
  public var subjects: Set<String>? {
    guard let values = idToken["sub"]?.values else { return nil }
    return Set(values.compactMap(\.string))
  }

  /// Core §5.5.1.1: one of the authentication context classes without which the client wants nothing; nil for none.
  public var essentialACR: [String]? {
    guard let request = idToken["acr"], request.isEssential, let values = request.values else { return nil }
    return values.compactMap(\.string)
  }

  /// The scopes that would release the claims about the person that are asked for here. A custom claim is released with
  /// `profile` alone, and does not ask for it by itself: its name tells nobody what it is.
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

public import Encodings

extension Admin {
  /// What an administrator decides about a client, field by field: the REST API and the Store read and write it, fill
  /// in omitted fields and record changes by ``all``.
  public struct ClientField: Sendable {
    public typealias Path<Value> = any WritableKeyPath<ClientSettings, Value> & Sendable

    /// Which setting it is, and what it means when omitted.
    public enum Setting: Sendable {
      /// Empty when omitted.
      case text(Path<String>)
      case texts(Path<[String]>)
      /// Off when omitted.
      case flag(Path<Bool>)
      /// As for a new client when omitted.
      case minutes(Path<Int>)
      /// None when omitted.
      case address(Path<String?>)
      /// This and the following: unchanged when omitted.
      case keptFlag(Path<Bool?>)
      case keptText(Path<String?>)
      /// Empty removes it.
      case keptAddress(Path<String?>)
    }

    /// In the REST API, in the audit log and in refusals.
    public let name: String
    /// In the Store's table of clients.
    public let column: String
    public let setting: Setting

    init(_ name: String, _ column: String, _ setting: Setting) {
      self.name = name
      self.column = column
      self.setting = setting
    }

    /// They are read, and refused, in this order. Settings that Pocket ID does not have are named in its style, the
    /// last ones after the client metadata where it has a name for them (Back-Channel Logout §2.2, Front-Channel Logout
    /// §2, Dynamic Client Registration §2).
    public static let all: [ClientField] = [
      ClientField("name", "name", .text(\.name)),
      ClientField("description", "description", .text(\.description)),
      ClientField("callbackURLs", "callback_urls", .texts(\.callbackURLs)),
      ClientField("logoutCallbackURLs", "logout_callback_urls", .texts(\.logoutCallbackURLs)),
      ClientField("isPublic", "is_public", .flag(\.isPublic)),
      ClientField("pkceEnabled", "pkce_enabled", .flag(\.pkceEnabled)),
      ClientField("requiresReauthentication", "requires_reauthentication", .flag(\.requiresReauthentication)),
      ClientField("skipConsent", "skip_consent", .flag(\.skipConsent)),
      ClientField("launchURL", "launch_url", .address(\.launchURL)),
      ClientField("accessTokenDurationMinutes", "access_token_minutes", .minutes(\.accessTokenDurationMinutes)),
      ClientField("refreshTokenDurationMinutes", "refresh_token_minutes", .minutes(\.refreshTokenDurationMinutes)),
      ClientField("isGroupRestricted", "is_group_restricted", .keptFlag(\.isGroupRestricted)),
      ClientField("callbackURLPatterns", "callback_patterns", .keptFlag(\.callbackPatterns)),
      ClientField("userinfoOnlyClaims", "userinfo_only", .keptFlag(\.userinfoOnly)),
      ClientField("idTokenSignedResponseAlg", "id_token_alg", .keptText(\.idTokenAlgorithm)),
      ClientField("accessTokenSignedResponseAlg", "access_token_alg", .keptText(\.accessTokenAlgorithm)),
      ClientField("backchannelLogoutURL", "backchannel_logout_uri", .keptAddress(\.backchannelLogoutURI)),
      ClientField(
        "backchannelLogoutSessionRequired", "backchannel_logout_session_required",
        .keptFlag(\.backchannelLogoutSessionRequired)),
      ClientField("frontchannelLogoutURL", "frontchannel_logout_uri", .keptAddress(\.frontchannelLogoutURI)),
      ClientField(
        "frontchannelLogoutSessionRequired", "frontchannel_logout_session_required",
        .keptFlag(\.frontchannelLogoutSessionRequired)),
    ]

    /// The setting as the REST API and the audit log show it.
    public func json(_ settings: ClientSettings) -> JSONValue {
      switch setting {
      case .text(let path): .string(settings[keyPath: path])
      case .texts(let path): .array(settings[keyPath: path].map { .string($0) })
      case .flag(let path): .bool(settings[keyPath: path])
      case .minutes(let path): .integer(Int64(settings[keyPath: path]))
      case .keptFlag(let path): .bool(settings[keyPath: path] ?? false)
      case .address(let path), .keptText(let path), .keptAddress(let path):
        settings[keyPath: path]?.nonEmpty.map { .string($0) } ?? .null
      }
    }
  }
}

extension Admin.ClientSettings {
  /// A new app's defaults.
  public static let usual = Admin.ClientSettings(name: "", callbackURLs: []) {
    $0.isGroupRestricted = false
    $0.callbackPatterns = false
    $0.userinfoOnly = false
    $0.idTokenAlgorithm = "RS256"
    $0.accessTokenAlgorithm = "RS256"
    $0.backchannelLogoutSessionRequired = false
    $0.frontchannelLogoutSessionRequired = false
  }

  /// Omitted settings keep their previous values: a program that does not know a setting does not change it.
  public func completed(by before: Admin.ClientSettings) -> Admin.ClientSettings {
    var settings = self
    for field in Admin.ClientField.all {
      switch field.setting {
      case .text, .texts, .flag, .minutes, .address: break
      case .keptFlag(let path): settings[keyPath: path] = self[keyPath: path] ?? before[keyPath: path]
      case .keptText(let path), .keptAddress(let path):
        settings[keyPath: path] = self[keyPath: path] ?? before[keyPath: path]
      }
    }
    return settings
  }
}

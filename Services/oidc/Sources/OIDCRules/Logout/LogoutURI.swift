/// Where an app wants to be told that a session has ended. Checked when it is saved, so that a mistake shows in the
/// form and not when a user signs out.
public enum LogoutURI {
  /// How the app is told.
  public enum Channel: Sendable, Hashable, CaseIterable {
    /// By our server (OpenID Connect Back-Channel Logout 1.0 §2.2).
    case back
    /// In the browser, in a frame (OpenID Connect Front-Channel Logout 1.0 §2).
    case front
  }

  public enum Refusal: Error, Sendable, Equatable {
    case malformed(RedirectURIRefusal)
    /// Neither http nor https: we could not call or frame it.
    case scheme(String)
    /// `http` for a public client: both specifications allow it for confidential clients only.
    case insecure
    /// Not the scheme, host and port of one of the client's callback URLs (Front-Channel Logout §2).
    case foreignOrigin

    /// One sentence that tells the administrator what to change.
    public var sentence: String {
      switch self {
      case .malformed(let refusal): refusal.sentence("The logout address")
      case .scheme(let scheme): "The logout address uses the scheme \(scheme): it has to be https or http."
      case .insecure: "The logout address uses http: an app without a secret needs https."
      case .foreignOrigin: "The logout address has to be at the scheme, host and port of one of the callback URLs."
      }
    }
  }

  /// `OutboundHTTP` accepts every address that passes. What its name resolves to is judged at every call, not here.
  /// - Parameters:
  ///   - isPublic: the client has no secret.
  ///   - callbackURLs: of the same client; only `Channel.front` is compared with them.
  public static func validated(
    _ text: String, _ channel: Channel, isPublic: Bool, callbackURLs: [String]
  ) throws(Refusal) -> RedirectURI {
    let uri: RedirectURI
    // No fragment (Back-Channel §2.2), no user name, nothing that two parsers read as different hosts.
    do { uri = try RedirectURI(parsing: text) } catch { throw .malformed(error) }
    guard uri.isHTTP else { throw .scheme(uri.scheme) }
    // Back-Channel §2.2, Front-Channel §2: "it MAY use the http scheme, provided that the Client Type is confidential".
    guard !isPublic || uri.scheme == "https" else { throw .insecure }
    // Front-Channel §2: otherwise the sign-out page would frame any site that was entered.
    guard channel == .back || callbackURLs.contains(where: { uri.sharesOrigin(with: $0) }) else {
      throw .foreignOrigin
    }
    return uri
  }
}

extension RedirectURI {
  /// What a browser calls the origin (RFC 6454 §4), as text for a `Content-Security-Policy`; nil without a host.
  public var origin: String? {
    guard isHTTP, let host else { return nil }
    let name =
      switch host {
      case .name(let name): name.lowercased()
      case .ipv4(let address): address
      case .ipv6(let address): "[\(address.lowercased())]"
      }
    guard let port, port != (scheme == "https" ? 443 : 80) else { return "\(scheme)://\(name)" }
    return "\(scheme)://\(name):\(port)"
  }

  /// A callback URL whose host or port is a pattern has no origin to compare with; an administrator who allowed that
  /// much has allowed this too.
  fileprivate func sharesOrigin(with callback: String) -> Bool {
    if let other = try? RedirectURI(parsing: callback) { return other.origin != nil && other.origin == origin }
    let afterScheme = callback.split(separator: "://", maxSplits: 1).last ?? ""
    return afterScheme.prefix { $0 != "/" && $0 != "?" }.contains("*")
  }
}

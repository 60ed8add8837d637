import Encodings
import Foundation

/// The public address of this installation (`APP_URL`): issuer, WebAuthn origin, and where every link points.
public struct AppURL: Sendable, Hashable, CustomStringConvertible {
  /// `https`, as opposed to `http`.
  public let isSecure: Bool
  /// Lower case, without port; an IPv6 address without its brackets. It is the WebAuthn relying-party id (rpID).
  public let host: String
  /// As written, or nil where the scheme implies it.
  public let port: Int?

  /// The default address of an installation that has not been configured.
  public static let `default` = AppURL(isSecure: false, host: "localhost", port: 1411)

  private init(isSecure: Bool, host: String, port: Int?) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
  }

  /// Nil if the text is not an http or https URL, or has user info, a path, a query or a fragment.
  public init?(_ text: String) {
    var rest = Substring(text.lowercased())
    if rest.hasSuffix("/") { rest.removeLast() }
    if rest.hasPrefix("https://") {
      isSecure = true
    } else if rest.hasPrefix("http://") {
      isSecure = false
    } else {
      return nil
    }
    rest = rest.dropFirst(isSecure ? 8 : 7)
    guard let address = HostPort.split(rest, portRequired: false) else { return nil }
    host = address.host
    port = address.port
  }

  /// The issuer identifier: exactly as configured, in lower case and without a trailing slash. Append paths to it.
  public var issuer: String { text(port: port) }

  /// The origin as browsers write it: without the port that the scheme implies (RFC 6454 section 6.2).
  public var origin: String { text(port: port == impliedPort ? nil : port) }

  /// The port that connections are made to.
  public var effectivePort: Int { port ?? impliedPort }

  public var description: String { issuer }

  /// Whether it names the reader's own machine; browsers then allow passkeys without https.
  public var isLocalhost: Bool {
    host == "localhost" || host.hasSuffix(".localhost") || IPAddress(host)?.isLoopback == true
  }

  /// Whether browsers offer passkeys at this address: a secure context whose host is a name (an IP address is not a
  /// valid rpID).
  public var allowsPasskeys: Bool { IPAddress(host) == nil && (isSecure || isLocalhost) }

  private var impliedPort: Int { isSecure ? 443 : 80 }

  private func text(port: Int?) -> String {
    let bracketed = host.contains(":") ? "[\(host)]" : host
    return (isSecure ? "https://" : "http://") + bracketed + (port.map { ":\($0)" } ?? "")
  }
}

extension AppURL {
  /// Whether a person who wants to set this up must show the code: everyone except a person at this machine, where no
  /// one else can reach it.
  ///
  /// - Parameter isFromThisMachine: the connection came from a loopback address, and no proxy says that it forwards a
  /// client.
  public func asksForSetupCode(isFromThisMachine: Bool) -> Bool { !(isFromThisMachine && isLocalhost) }
}

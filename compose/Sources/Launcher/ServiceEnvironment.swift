import Encodings
public import LatchkeyProtocol
import Postgres
public import ServiceKit
import ServiceStore

/// What each service gets, and nothing beyond: the operator's key and the owner's credentials go to no service, a
/// service's key only to that service, and the gateway gets no database at all.
public struct ServiceEnvironment: Sendable {
  /// The operator's variables that any service may see.
  static let passedOn = [
    "APP_ENV", "APP_NAME", "INTERNAL_APP_URL", "SESSION_DURATION", "LOG_LEVEL", "LOG_JSON", "TRUST_PROXY",
    "DISABLE_RATE_LIMITING", "PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE",
    "SWIFT_BACKTRACE", "AUDIT_LOG_RETENTION_DAYS", "SIGNING_KEY_ROTATION_DAYS", "LOCAL_IPV6_RANGES",
  ]

  private let common: [String: String]
  /// The operator's values for settings and the REST API: only `admin` needs them, and keeps them in the store.
  private let forAdmin: [String: String]
  private let preparation: Preparation
  private let ports: [Peer: [Int]]
  private let host: String
  private let port: Int

  /// - Parameters:
  ///   - ports: where the processes of auth, oidc and admin will listen on 127.0.0.1.
  ///   - host: where the gateway will listen.
  public init(
    operator environment: Environment, appURL: AppURL, preparation: Preparation, ports: [Peer: [Int]], host: String,
    port: Int
  ) {
    var common = environment.all.filter { Self.passedOn.contains($0.key) }
    common["APP_URL"] = appURL.issuer
    self.common = common
    forAdmin = environment.all.filter { SettingsEnvironment.variables.contains($0.key) }
    self.preparation = preparation
    self.ports = ports
    self.host = host
    self.port = port
  }

  /// A process of auth, oidc or admin.
  ///
  /// - Parameter port: one of the service's ports.
  public func service(_ service: Peer, port: Int) -> [String: String] {
    var own = service == .admin ? common.merging(forAdmin) { own, _ in own } : common
    own["DB_CONNECTION_STRING"] = preparation.connections[service]?.connectionString
    own["DB_SCHEMA"] = preparation.connections[service]?.schema
    let keys = preparation.key.keys(for: service)
    own["SERVICE_KEY"] = keys.text.exposed
    own["SHARED_KEY"] = keys.sharedText.exposed
    own["LISTEN"] = "127.0.0.1:\(port)"
    return own
  }

  public func gateway() -> [String: String] {
    var own = common
    own["HOST"] = host
    own["PORT"] = String(port)
    for (service, ports) in ports {
      let name = service.rawValue.uppercased()
      own["TRANSPORT_KEY_\(name)"] = Base64URL.encode(preparation.key.keys(for: service).transport(.gateway))
      own["\(name)_ADDRESS"] = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    }
    return own
  }
}

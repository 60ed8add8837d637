public import LatchkeyProtocol
public import Logging
public import Transport

/// The variables that more than one program reads. Names and defaults are Pocket ID's where it has them.
public enum Settings {
  public static let appURL = Setting(
    "APP_URL", help: "Public address of this installation (default http://localhost:1411).",
    expecting: "an http or https address without a path, such as https://id.example.com", whenUnset: AppURL.default,
    parse: AppURL.init)

  public static let internalAppURL = Setting(
    "INTERNAL_APP_URL", help: "Address that apps' servers use for token, userinfo and keys (default: APP_URL).",
    expecting: "an http or https address without a path", parse: AppURL.init
  ).optional

  public static let appName = Setting(
    "APP_NAME", help: "Name shown on pages (default Latchkey).", expecting: "1 to 30 characters", whenUnset: "Latchkey"
  ) { (1...30).contains($0.count) ? $0 : nil }

  public static let trustFile = Setting<String>.text(
    "SSL_CERT_FILE", help: "Certificates (PEM) to trust instead of the system's when Latchkey calls another server."
  ).optional

  public static let sessionDuration = Setting<Int>.number(
    "SESSION_DURATION", in: 1...43200, default: 60, help: "Minutes a sign-in lasts without use (default 60).")

  public static let trustProxy = Setting(
    "TRUST_PROXY",
    help: """
      Whose X-Forwarded-For counts: true for one proxy in a private network, addresses and ranges for others and for \
      several in a row, false for nobody's (default false).
      """,
    expecting: "true, false, or a comma-separated list of IP addresses and CIDR ranges", whenUnset: TrustedProxies.none,
    parse: TrustedProxies.init)

  public static let disableRateLimiting = Setting<Bool>.flag(
    "DISABLE_RATE_LIMITING", help: "Turns off the limits per address and account (default false).")

  public static let host = Setting<String>(
    "HOST", help: "Address that HTTP is served on (default 0.0.0.0).",
    expecting: "a name or an IP address; an IPv6 address may have brackets", whenUnset: "0.0.0.0",
    parse: ListenHost.parse)

  public static let port = Setting<Int>.number(
    "PORT", in: 0...65535, default: 1411, help: "Port that HTTP is served on (default 1411).")

  public static let logLevel = Setting(
    "LOG_LEVEL", help: "debug, info, warn or error (default info).", expecting: "debug, info, warn or error",
    whenUnset: Logger.Level.info, parse: parseLevel)

  public static let logJSON = Setting<Bool>.flag(
    "LOG_JSON", help: "Writes each log record as one line of JSON (default false).")

  public static let auditLogRetentionDays = Setting<Int>.number(
    "AUDIT_LOG_RETENTION_DAYS", in: 1...36_500, default: 90, help: "Days that the record is kept (default 90).")

  public static let signingKeyRotationDays = Setting<Int>.number(
    "SIGNING_KEY_ROTATION_DAYS", in: 0...3650, default: 90,
    help: "Days after which another key signs tokens; 0 to leave that to you (default 90).")

  public static let databaseConnectionString = Setting<Secret>.secret(
    "DB_CONNECTION_STRING",
    expecting: "a PostgreSQL connection string, such as postgresql://user:password@host/database",
    help: "PostgreSQL connection string.")

  public static let databaseSchema = Setting(
    "DB_SCHEMA", help: "Schema of the database that Latchkey's tables are in (default \(usualDatabaseSchema)).",
    expecting: "a lower-case letter and then letters, digits and underscores, 63 at most, and not pg_…",
    whenUnset: usualDatabaseSchema, parse: parseSchema)

  public static let usualDatabaseSchema = "latchkey"

  public static let serviceKey = Setting<Secret>.secret(
    "SERVICE_KEY", expecting: "32 bytes as base64url text", help: "This service's key, derived from ENCRYPTION_KEY.")

  public static let sharedKey = Setting<Secret>.secret(
    "SHARED_KEY", expecting: "32 bytes as base64url text",
    help: "The key that auth, oidc and admin share, derived from ENCRYPTION_KEY.")

  public static let listen = Setting(
    "LISTEN", help: "Address that messages are served on (default 127.0.0.1:0, a free port).", expecting: "host:port",
    whenUnset: ServiceAddress(host: "127.0.0.1", port: 0)
  ) { ServiceAddress($0) }

  public static let readyFile = Setting<String>.text(
    "READY_FILE", help: "File that the bound address is written to once the service is ready."
  ).optional

  public static let supervised = Setting<Bool>.flag(
    "LATCHKEY_SUPERVISED", help: "Standard input is the launcher's pipe: its end means drain and exit (default false).")

  /// The key of the gateway's connections to a service.
  public static func transportKey(_ service: Peer) -> Setting<Secret> {
    .secret(
      "TRANSPORT_KEY_\(service.rawValue.uppercased())", expecting: "32 bytes as base64url text",
      help: "Key of the connections to \(service.rawValue).")
  }

  /// Where a service's instances are.
  public static func addresses(_ service: Peer) -> Setting<[ServiceAddress]> {
    Setting(
      "\(service.rawValue.uppercased())_ADDRESS",
      help: "Where \(service.rawValue) is reached; several separated by commas.",
      expecting: "host:port, or several separated by commas", parse: ServiceAddress.list)
  }

  /// A name that needs no quotes, so that it means the same when typed in SQL.
  @Sendable private static func parseSchema(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      default: false
      }
    }
    guard isPlain, (1...63).contains(text.utf8.count), text.first?.isLetter == true else { return nil }
    // PostgreSQL's own.
    return text.hasPrefix("pg_") || text == "information_schema" ? nil : text
  }

  @Sendable private static func parseLevel(_ text: String) -> Logger.Level? {
    switch text.lowercased() {
    case "warn": .warning
    case let name: Logger.Level(rawValue: name)
    }
  }
}

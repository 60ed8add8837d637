import Postgres

/// Who may do what to which table. The database's grants are generated from this table, and a test compares it with the
/// real ones.
public enum Ownership {
  /// A service with a database role of its own.
  public enum Service: String, CaseIterable, Sendable {
    case auth, oidc, admin
  }

  public enum Access: Hashable, Sendable {
    case select
    case insert
    case delete
    /// Only these columns; nil for all.
    case update([String]?)

    static let all: Set<Access> = [.select, .insert, .delete, .update(nil)]

    var sql: String {
      switch self {
      case .select: "SELECT"
      case .insert: "INSERT"
      case .delete: "DELETE"
      case .update(nil): "UPDATE"
      case .update(let columns?): "UPDATE (\(columns.joined(separator: ", ")))"
      }
    }
  }

  public struct Table: Sendable {
    public let name: String
    /// The service that writes it; nil for what only the owner's migrations write.
    public let writer: Service?
    public let others: [Service: Set<Access>]

    init(_ name: String, writer: Service?, others: [Service: Set<Access>] = [:]) {
      self.name = name
      self.writer = writer
      self.others = others
    }

    public func access(of service: Service) -> Set<Access> {
      service == writer ? Access.all : others[service] ?? []
    }
  }

  public static let tables: [Table] = [
    Table("schema_migrations", writer: nil, others: [.auth: [.select], .oidc: [.select], .admin: [.select]]),
    Table(
      "instance", writer: nil,
      others: [
        .auth: [.select, .update(["setup_completed_at", "setup_completed_by", "setup_reopened_until"])],
        .oidc: [.select],
        // By triggers, as clients change and people go.
        .admin: [.select, .update(["tokens_until", "setup_completed_at"])],
      ]),
    // `auth` inserts the first administrator and users who sign up, and notes that an address was proven.
    Table("users", writer: .admin, others: [.auth: [.select, .insert], .oidc: [.select]]),
    Table("retired_names", writer: .admin, others: [.auth: [.select]]),
    Table("user_groups", writer: .admin, others: [.auth: [.select], .oidc: [.select]]),
    // A user who signs up joins the groups of the link, or of the settings.
    Table("user_groups_users", writer: .admin, others: [.auth: [.select, .insert], .oidc: [.select]]),
    Table("custom_claims", writer: .admin, others: [.auth: [.select, .insert], .oidc: [.select]]),
    Table("email_verifications", writer: .admin),
    // Ending a session tells the apps that were used in it: `auth` reads which, and where.
    Table("clients", writer: .admin, others: [.auth: [.select], .oidc: [.select]]),
    Table("clients_allowed_groups", writer: .admin, others: [.oidc: [.select]]),
    // `oidc` alone sees an imported secret in clear, and hashes it anew.
    Table(
      "client_secrets", writer: .admin, others: [.oidc: [.select, .update(["algorithm", "hash", "last_used_at"])]]),
    Table(
      "api_keys", writer: .admin,
      others: [.auth: [.select, .update(["last_used_at"])], .oidc: [.select, .update(["last_used_at"])]]),
    Table("signup_tokens", writer: .admin, others: [.auth: [.select, .update(["usage_count"])]]),
    Table("signup_tokens_groups", writer: .admin, others: [.auth: [.select]]),
    Table("settings", writer: .admin, others: [.auth: [.select], .oidc: [.select]]),
    Table("images", writer: .admin, others: [.auth: [.select], .oidc: [.select]]),
    Table("uploads", writer: .admin),
    // An administrator removes a lost passkey and ends a person's sessions through `auth`.
    Table("passkeys", writer: .auth, others: [.admin: [.select], .oidc: [.select]]),
    Table("spent_challenges", writer: .auth),
    // Using a session at `oidc` slides it, and an app's ID token ends it there. `admin` ends a person's sessions and
    // grants when it disables them.
    Table(
      "sessions", writer: .auth,
      others: [
        .oidc: [.select, .update(["last_seen_at", "expires_at", "ended_at", "ended_reason"])],
        .admin: [.select, .update(["ended_at", "ended_reason"])],
      ]),
    // `oidc` reads proofs, most of which are for one interaction; a proof that hands out power is used up by the
    // service that hands it out.
    Table(
      "proofs", writer: .auth,
      others: [
        .oidc: [.select, .update(["used_at", "used_by"])], .admin: [.select, .update(["used_at", "used_by"])],
      ]),
    // `admin` checks whether an administrator has put a link of their own aside.
    Table("one_time_codes", writer: .auth, others: [.admin: [.select]]),
    Table(
      "attempts", writer: .auth,
      others: [.admin: [.select, .insert, .update(nil)], .oidc: [.select, .insert, .update(nil)]]),
    Table("known_devices", writer: .auth),
    Table("consents", writer: .oidc),
    Table("interactions", writer: .oidc),
    // A service that ends a person's sessions everywhere also ends the grants that apps hold.
    Table(
      "grants", writer: .oidc,
      others: [
        .auth: [.select, .update(["ended_at", "ended_reason"])],
        .admin: [.select, .update(["ended_at", "ended_reason"])],
      ]),
    Table("refresh_tokens", writer: .oidc),
    Table("revoked_tokens", writer: .oidc),
    // What a service keeps here is sealed for it alone; `latchkey encryption-key-rotate` writes for the others.
    Table("data_keys", writer: .oidc, others: [.auth: [.select], .admin: [.select]]),
    Table("signing_keys", writer: .oidc),
    // Written with its cause by the service that has one; delivered by the service that the row names.
    Table("outbox", writer: .admin, others: [.auth: [.insert], .oidc: [.select, .insert, .update(nil)]]),
    // Insert-only for everybody; `admin` seals entries into batches and removes whole batches by age.
    Table(
      "audit_log", writer: nil,
      others: [.auth: [.select, .insert], .oidc: [.select, .insert], .admin: [.select, .insert, .delete]]),
    Table("audit_sealed", writer: nil, others: [.admin: [.select, .insert, .delete]]),
    Table(
      "audit_seals", writer: nil,
      others: [.admin: [.select, .insert, .update(["leaves", "pruned_at", "pruned_seal"])]]),
  ]

  /// The statements that make `role` the role of `service`: everything is revoked first, so that they are complete.
  ///
  /// - Parameter schema: the one that the tables are in, and that the session works in.
  public static func unsafeGrants(for service: Service, role: String, schema: String) -> [String] {
    let (quoted, schema) = (SQLText.identifier(role), SQLText.identifier(schema))
    var statements = [
      "REVOKE ALL ON ALL TABLES IN SCHEMA \(schema) FROM \(quoted)",
      "GRANT USAGE ON SCHEMA \(schema) TO \(quoted)",
    ]
    for table in tables {
      let access = table.access(of: service).map(\.sql).sorted()
      guard !access.isEmpty else { continue }
      statements.append("GRANT \(access.joined(separator: ", ")) ON \(table.name) TO \(quoted)")
    }
    return statements
  }
}

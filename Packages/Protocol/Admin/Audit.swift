public import Encodings
public import Foundation

extension Admin {
  /// One entry of the audit log, as it is read.
  public struct AuditLogEntry: Codable, Sendable, Equatable {
    /// A field's values before and after.
    public struct Change: Codable, Sendable, Equatable {
      public var before: JSONValue
      public var after: JSONValue

      public init(before: JSONValue, after: JSONValue) {
        self.before = before
        self.after = after
      }
    }

    /// A person, by their name at the time; the account may be gone.
    public struct Somebody: Codable, Sendable, Equatable {
      public var id: UserID?
      public var username: String

      public init(id: UserID?, username: String) {
        self.id = id
        self.username = username
      }
    }

    public var id: UUID
    public var createdAt: Date
    /// An `AuditEvent`, or an event name from a later version.
    public var event: String
    public var address: String
    public var userAgent: String
    /// The network that the address belongs to, judged by its range; nil for an internet address.
    public var place: AuditLogPlace?
    /// The person whom it is about.
    public var user: Somebody?
    /// Who did it to them; nil if they did it themselves, or no person did.
    public var actor: Somebody?
    public var session: SessionID?
    public var apiKey: APIKeyID?
    public var clientID: String?
    public var clientName: String?
    public var data: [String: String]
    public var changes: [String: Change]
    public var request: RequestID?
    /// The batch that it is sealed in; nil while it waits.
    public var batch: Int?

    public init(
      id: UUID, createdAt: Date, event: String, address: String, userAgent: String, place: AuditLogPlace? = nil,
      user: Somebody? = nil, actor: Somebody? = nil, session: SessionID? = nil, apiKey: APIKeyID? = nil,
      clientID: String? = nil, clientName: String? = nil, data: [String: String] = [:],
      changes: [String: Change] = [:], request: RequestID? = nil, batch: Int? = nil
    ) {
      self.id = id
      self.createdAt = createdAt
      self.event = event
      self.address = address
      self.userAgent = userAgent
      self.place = place
      self.user = user
      self.actor = actor
      self.session = session
      self.apiKey = apiKey
      self.clientID = clientID
      self.clientName = clientName
      self.data = data
      self.changes = changes
      self.request = request
      self.batch = batch
    }
  }

  /// Networks other than the internet, recognised by their addresses.
  public enum AuditLogPlace: String, Codable, Sendable, Equatable, CaseIterable {
    case localhost
    case tailscale
    case lan
  }

  /// Which entries to list. Values of one field are alternatives; several fields narrow the result.
  public struct AuditLogFilter: Codable, Sendable, Equatable {
    public enum Location: String, Codable, Sendable, Equatable {
      case `internal`
      case external
    }

    public var users: [UserID]
    public var actors: [UserID]
    /// A person by name, whether it is about them or they did it.
    public var person: String?
    public var events: [String]
    public var clientNames: [String]
    public var location: Location?
    /// At or after.
    public var from: Date?
    /// Before.
    public var to: Date?

    public init(
      users: [UserID] = [], actors: [UserID] = [], person: String? = nil, events: [String] = [],
      clientNames: [String] = [], location: Location? = nil, from: Date? = nil, to: Date? = nil
    ) {
      self.users = users
      self.actors = actors
      self.person = person
      self.events = events
      self.clientNames = clientNames
      self.location = location
      self.from = from
      self.to = to
    }
  }

  /// What happened with the caller's own account, newest first unless the page says otherwise.
  public struct ListOwnAuditLog: ServiceRequest {
    public static let method: MethodName = "admin.listOwnRecord/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case entries(Page<AuditLogEntry>)
      case denied(Denial)
    }

    public var page: PageRequest
    /// Its users and person are ignored: the caller is always the person.
    public var filter: AuditLogFilter

    public init(page: PageRequest, filter: AuditLogFilter = AuditLogFilter()) {
      self.page = page
      self.filter = filter
    }
  }

  /// The whole record, for administrators.
  public struct ListAuditLog: ServiceRequest {
    public static let method: MethodName = "admin.listRecord/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case entries(Page<AuditLogEntry>)
      case denied(Denial)
    }

    public var page: PageRequest
    public var filter: AuditLogFilter

    public init(page: PageRequest, filter: AuditLogFilter = AuditLogFilter()) {
      self.page = page
      self.filter = filter
    }
  }

  /// The apps that the audit log names.
  public struct ListAuditedClients: ServiceRequest {
    public static let method: MethodName = "admin.listRecordedClients/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case names([String])
      case denied(Denial)
    }

    public init() {}
  }

  /// The people whom the audit log is about, by each person's latest name.
  public struct ListAuditedUsers: ServiceRequest {
    public static let method: MethodName = "admin.listRecordedUsers/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case users([AuditLogEntry.Somebody])
      case denied(Denial)
    }

    public init() {}
  }
}

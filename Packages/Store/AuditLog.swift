public import Encodings
public import Foundation
public import LatchkeyProtocol
public import Postgres

/// One entry of the record, about to be written with what it records.
public struct AuditEntry: Sendable {
  /// The same request writes the same entry once, however often it is repeated.
  public let id: UUID
  public let event: AuditEvent
  public let address: String
  public let userAgent: String
  public let request: RequestID
  /// The user it is about.
  public var userID: UserID?
  public var username: String?
  /// Who did it to them; nil if the user did it themselves, or no one did.
  public var actorID: UserID?
  public var actorName: String?
  public var session: SessionID?
  public var apiKey: APIKeyID?
  public var clientID: String?
  public var clientName: String?
  /// Texts by name, never secrets.
  public var data: [String: String] = [:]
  /// What changed, by field, never secrets.
  public var changes: [String: Change] = [:]

  public struct Change: Codable, Sendable, Equatable {
    public let before: JSONValue
    public let after: JSONValue

    public init(before: JSONValue, after: JSONValue) {
      self.before = before
      self.after = after
    }
  }

  public init(id: UUID, _ event: AuditEvent, address: String, userAgent: String, request: RequestID) {
    self.id = id
    self.event = event
    self.address = address
    self.userAgent = userAgent
    self.request = request
  }

  /// An INSERT of the entry in `parameter`, for a statement that does what it records; `condition` says whether it did.
  ///
  /// - Parameters:
  ///   - userID: SQL for the user, if only the statement itself knows; otherwise the entry's own.
  ///   - clientName: the same for the client's name.
  ///   - session: the same for the session.
  ///   - data: the same for the texts by name; `e.data` are the entry's own.
  static func insert(
    parameter: String, when condition: String, userID: String = "e.user_id", clientName: String = "e.client_name",
    session: String = "e.session_id", data: String = "e.data"
  ) -> String {
    """
    INSERT INTO audit_log (id, event, user_id, username, actor_id, actor_name, session_id, api_key_id, client_id,
      client_name, address, user_agent, data, changes, request_id)
    SELECT e.id, e.event, \(userID), coalesce(e.username, (SELECT username FROM users WHERE id = \(userID))), e.actor_id,
      e.actor_name, \(session), e.api_key_id, e.client_id, \(clientName), e.address, e.user_agent, \(data), e.changes,
      decode(e.request_id, 'hex')
    FROM jsonb_to_record(\(parameter)::jsonb) AS e(id uuid, event text, user_id uuid, username text, actor_id uuid,
      actor_name text, session_id uuid, api_key_id uuid, client_id text, client_name text, address text,
      user_agent text, data jsonb, changes jsonb, request_id text)
    WHERE \(condition) ON CONFLICT (id) DO NOTHING
    """
  }

  /// SQL: the id of the entry in `parameter`. It is the request's own, so that a repeated request finds what it did.
  static func id(in parameter: String) -> String { "(\(parameter)::jsonb ->> 'id')::uuid" }

  /// SQL: whether the entry in `parameter` was written before the statement began.
  static func isWritten(parameter: String) -> String {
    "EXISTS (SELECT 1 FROM audit_log WHERE id = \(id(in: parameter)))"
  }

  /// SQL: whether `user`'s own actions, of the same kind as the entry in `parameter`, leave room for one more this
  /// hour.
  ///
  /// - Parameter most: SQL for the most in an hour; NULL for no limit.
  static func hasRoom(parameter: String, user: String, most: String) -> String {
    """
    (\(most)::int IS NULL OR \(most)::int > (SELECT count(*) FROM (
      SELECT 1 FROM audit_log WHERE user_id = \(user) AND event = \(parameter)::jsonb ->> 'event'
        AND coalesce(actor_id, user_id) = user_id AND created_at > now() - interval '1 hour' LIMIT \(most)) AS own))
    """
  }

  /// Most bytes of an entry's `data` and `changes`: with who, where and when, a hundred entries, the largest page of a
  /// list, fit a frame of 1 MiB.
  static let longestDetails = 6 * 1024
  /// Most bytes of one value: the first that keeps an entry within its bound. Most entries are short and stay whole.
  static let longestValues = [1024, 256, 64]

  /// What is recorded, long values cut with a mark.
  private var details: (data: JSONValue, changes: JSONValue?) {
    var details: (data: JSONValue, changes: JSONValue?) = (.object([:]), nil)
    for longest in Self.longestValues {
      details.data = .object(data.mapValues { JSONValue.string($0).cut(toBytes: longest) })
      if !changes.isEmpty {
        details.changes = .object(
          changes.mapValues {
            ["before": $0.before.cut(toBytes: longest), "after": $0.after.cut(toBytes: longest)]
          })
      }
      if details.data.writtenBytes + (details.changes?.writtenBytes ?? 0) <= Self.longestDetails { break }
    }
    return details
  }

  /// The parameter that `insert` reads.
  var json: JSONText {
    let details = details
    var members: [String: JSONValue] = [
      "id": .string(id.uuidString), "event": .string(event.rawValue), "address": .string(address),
      "user_agent": .string(userAgent), "request_id": .string("\(request)"), "data": details.data,
    ]
    members["user_id"] = userID.map { .string("\($0)") }
    members["username"] = username.map { .string($0) }
    members["actor_id"] = actorID.map { .string("\($0)") }
    members["actor_name"] = actorName.map { .string($0) }
    members["session_id"] = session.map { .string("\($0)") }
    members["api_key_id"] = apiKey.map { .string("\($0)") }
    members["client_id"] = clientID.map { .string($0) }
    members["client_name"] = clientName.map { .string($0) }
    members["changes"] = details.changes
    return JSONText(of: .object(members))
  }
}

extension JSONValue {
  fileprivate var writtenBytes: Int { json.count }

  /// The same in about `limit` bytes: what does not fit is left out and replaced by `…`.
  fileprivate func cut(toBytes limit: Int) -> JSONValue {
    switch self {
    case .string(let text): return text.utf8.count <= limit ? self : .string(text.prefix(bytes: limit) + "…")
    case .array(let elements):
      var (kept, left) = ([] as [JSONValue], limit)
      for element in elements {
        let short = element.cut(toBytes: limit / 2)
        left -= short.writtenBytes
        guard left >= 0 else { return .array(kept + [.string("… +\(elements.count - kept.count)")]) }
        kept.append(short)
      }
      return .array(kept)
    case .object(let members):
      var (kept, left) = ([:] as [String: JSONValue], limit)
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        let short = member.cut(toBytes: limit / 2)
        left -= name.utf8.count + short.writtenBytes
        guard left >= 0 else {
          kept["…"] = .string("+\(members.count - kept.count)")
          return .object(kept)
        }
        kept[name] = short
      }
      return .object(kept)
    case .null, .bool, .integer, .number: return self
    }
  }
}

/// The record of what happened.
public enum AuditLog {
  /// Writes an entry, in the transaction of what it records.
  public struct Insert: Statement {
    public static let sql = AuditEntry.insert(parameter: "$1", when: "true")

    public let bindings: Bindings

    public init(_ entry: AuditEntry) { bindings = Bindings(entry.json) }
  }

  /// Whether an entry was written. Its id is the request's own, so this says whether the same request was done before.
  public struct Holds: Statement {
    public static let sql = "SELECT EXISTS (SELECT 1 FROM audit_log WHERE id = $1)"

    public let bindings: Bindings

    public init(_ entry: AuditEntry) { bindings = Bindings(entry.id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Whether the user's own actions leave room for the entry this hour, or the entry is already there.
  public struct HasRoom: Statement {
    public static let sql = """
      SELECT \(AuditEntry.hasRoom(parameter: "$1", user: "$2", most: "$3")) OR \(AuditEntry.isWritten(parameter: "$1"))
      """

    public let bindings: Bindings

    /// - Parameter most: nil for no limit.
    public init(for entry: AuditEntry, of user: UserID, most: Int?) {
      bindings = Bindings(entry.json, user.uuid, most.map(Int32.init(clamping:)))
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Writes an entry about something that anyone can repeat at will, unless the last minute has enough of its kind
  /// about the same user and client: a flood neither fills the disk nor hides anything that it did not cause.
  public struct InsertBounded: Statement {
    /// Entries of one kind about one user and client in one minute.
    public static let perMinute = 10

    public static let sql = AuditEntry.insert(parameter: "$1", when: fewEnough)

    static let fewEnough = """
      (SELECT count(*) FROM audit_log l WHERE l.event = e.event AND l.user_id IS NOT DISTINCT FROM e.user_id
        AND l.client_id IS NOT DISTINCT FROM e.client_id AND l.created_at > now() - interval '1 minute') < \(perMinute)
      """

    public let bindings: Bindings

    public init(_ entry: AuditEntry) { bindings = Bindings(entry.json) }
  }
}

extension JSONText {
  /// A value as JSON, keys sorted.
  public init(of value: JSONValue) { self.init(value.jsonText) }

  /// The value. Only we write these rows: nil means that someone else has corrupted it.
  var value: JSONValue? { try? JSONValue(json: text, .own) }
}

extension Admin {
  /// Makes exactly these the groups that may use a client. Whether it is restricted to them is a setting of the client.
  public struct SetAllowedGroups: ServiceRequest {
    public static let method: MethodName = "admin.setAllowedGroups/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(Client)
      case invalid([FieldProblem])
      case notFound
      case denied(Denial)
    }

    public var clientID: String
    public var groups: [GroupID]

    public init(clientID: String, groups: [GroupID]) {
      self.clientID = clientID
      self.groups = groups
    }
  }

  /// Makes exactly these the clients that have a group among their allowed ones.
  public struct SetAllowedClients: ServiceRequest {
    public static let method: MethodName = "admin.setAllowedClients/1"
    public static let replay = Replay.replayable
    public typealias Response = GroupChange

    public var id: GroupID
    public var clientIDs: [String]

    public init(id: GroupID, clientIDs: [String]) {
      self.id = id
      self.clientIDs = clientIDs
    }
  }
}

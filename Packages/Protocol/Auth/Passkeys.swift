public import Foundation

extension Auth {
  /// A passkey, as its owner sees it.
  public struct Passkey: Codable, Sendable, Equatable, Identifiable {
    public var id: PasskeyID
    public var name: String
    public var credentialID: Data
    public var attestationType: String
    public var transports: [String]
    public var backupEligible: Bool
    public var backupState: Bool
    public var createdAt: Date
    public var lastUsedAt: Date?
    /// The maker's name for this model of authenticator, when its AAGUID is known.
    public var authenticator: String?

    public init(
      id: PasskeyID, name: String, credentialID: Data, attestationType: String, transports: [String],
      backupEligible: Bool, backupState: Bool, createdAt: Date, lastUsedAt: Date?, authenticator: String?
    ) {
      self.id = id
      self.name = name
      self.credentialID = credentialID
      self.attestationType = attestationType
      self.transports = transports
      self.backupEligible = backupEligible
      self.backupState = backupState
      self.createdAt = createdAt
      self.lastUsedAt = lastUsedAt
      self.authenticator = authenticator
    }
  }

  /// The caller's own passkeys, oldest first.
  public struct ListPasskeys: ServiceRequest {
    public static let method: MethodName = "auth.listPasskeys/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case passkeys([Passkey])
      case notSignedIn
    }

    public init() {}
  }

  /// Begins the registration of another passkey. Needs a proof for `addPasskey`. Writes nothing.
  public struct BeginPasskey: ServiceRequest {
    public static let method: MethodName = "auth.beginPasskey/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case begun(Ceremony)
      case proofRequired
      /// The account holds `limit` passkeys already.
      case full(limit: Int)
      case notSignedIn
    }

    public init() {}
  }

  /// Stores the passkey, spending the challenge and the proof with it.
  public struct FinishPasskey: ServiceRequest {
    public static let method: MethodName = "auth.finishPasskey/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      case added(Passkey)
      case refused(CeremonyRefusal)
      case proofRequired
      case notSignedIn
    }

    public var answer: CeremonyAnswer

    public init(answer: CeremonyAnswer) { self.answer = answer }
  }

  /// Gives a passkey of the caller another name (1–50 characters).
  public struct RenamePasskey: ServiceRequest {
    public static let method: MethodName = "auth.renamePasskey/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case renamed(Passkey)
      case invalid([FieldProblem])
      case notFound
      case notSignedIn
    }

    public var id: PasskeyID
    public var name: String

    public init(id: PasskeyID, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// Removes a passkey of the caller, but never their last: a single click must not lock them out.
  public struct RemovePasskey: ServiceRequest {
    public static let method: MethodName = "auth.removePasskey/1"
    public static let replay = Replay.replayable

    public enum Response: String, Codable, Sendable, Equatable {
      case removed
      case lastOne
      case notFound
      case notSignedIn
    }

    public var id: PasskeyID

    public init(id: PasskeyID) { self.id = id }
  }
}

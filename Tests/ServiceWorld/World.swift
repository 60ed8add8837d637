// A whole installation in one process: the three services over the in-process transport, a database of its own with the
// real schema, and soft authenticators instead of browsers. What the tests of the services share.

import AdminService
import AuthService
import Foundation
package import LatchkeyProtocol
package import Logging
package import OIDCService
package import Postgres
import ServiceKit
package import ServiceStore
import Store
package import TestKit
import Transport

package struct World: Sendable {
  package static let appURL = "http://localhost:1411"

  package let configuration: DatabaseConfiguration
  package let database: Database
  package let store: StoreAccess
  package let clock: FixedClock
  package let auth: any MessageSender
  /// A second process of `auth`.
  package let otherAuth: any MessageSender
  package let oidc: any MessageSender
  /// A second process of the same service: nothing may depend on which one is asked.
  package let otherOIDC: any MessageSender
  /// Both processes' own work beside messages: following and rotating keys.
  private let tokenServices: [OIDCService]
  package let admin: any MessageSender
  /// The methods that each service answers.
  package let methods: [String: [String]]
  package let hashKey: KeyedHash
  /// What `admin` does at its start.
  package let keepNeutralPicture: @Sendable () async -> Void
  /// What `admin` opens and seals with.
  package let adminKeys: ServiceKeys

  /// A fresh installation whose set-up is open.
  ///
  /// - Parameters:
  ///   - losesAnswers: whatever may be asked again is asked twice (`RepeatingSender`). Tests that count what is not
  ///     promised to be counted once turn it off.
  ///   - prepared: a database with the schema in it; one of its own where there is none.
  package init(losesAnswers: Bool = true, in prepared: DatabaseConfiguration? = nil) async throws {
    var configuration: DatabaseConfiguration
    if let prepared { configuration = prepared } else { configuration = try await Self.freshDatabase() }
    configuration.poolSize = 4
    self.configuration = configuration
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    database = Database(configuration, logger: logger)
    store = StoreAccess(database, logger: logger)
    clock = FixedClock(Date())
    let key = try Self.key
    guard let url = AppURL(Self.appURL) else { throw WorldFailure("the address is wrong") }
    let idle = Duration.seconds(3600)

    let processes = [store, store].map { [clock] store in
      AuthService(
        settings: AuthSettings(appURL: url, appName: "Latchkey", sessionIdle: idle), store: store,
        keys: key.keys(for: .auth), logger: logger, clock: clock)
    }
    let auths = processes.map { InProcessTransport($0.routes, as: .gateway) }
    auth = losesAnswers ? RepeatingSender(auths[0], auths[1]) : auths[0]
    otherAuth = auths[1]
    let tokens = OIDCSettings(issuer: url.issuer, internalURL: url.issuer, sessionIdle: idle)
    tokenServices = [
      try await Self.process(tokens, database, key, logger), try await Self.process(tokens, database, key, logger),
    ]
    let oidcs = tokenServices.map { InProcessTransport($0.routes, as: .gateway) }
    oidc = losesAnswers ? RepeatingSender(oidcs[0], oidcs[1]) : oidcs[0]
    otherOIDC = oidcs[1]
    adminKeys = key.keys(for: .admin)
    let adminService = AdminService(store: store, keys: adminKeys, appURL: url, logger: logger)
    let admins = [adminService, AdminService(store: store, keys: adminKeys, appURL: url, logger: logger)].map {
      InProcessTransport($0.routes, as: .gateway)
    }
    admin = losesAnswers ? RepeatingSender(admins[0], admins[1]) : admins[0]
    methods = Dictionary(
      uniqueKeysWithValues: [processes[0].routes, tokenServices[0].routes, adminService.routes].map {
        ($0.service, $0.methods)
      })
    keepNeutralPicture = adminService.keepNeutralPicture
    hashKey = KeyedHash(key: key.keys(for: .auth).hash)
  }

  /// What a process of the token service does beside messages, until it is cancelled: it follows changes of the keys.
  package func followKeys(at process: Int) async { await tokenServices[process].followKeyChanges() }

  /// What tells apps of ended sessions in a process of the token service.
  package func backchannel(_ carrier: any BackchannelCarrier, at process: Int = 0) -> BackchannelDelivery {
    BackchannelDelivery(
      tokenServices[process], database: database, anyCarrier: carrier,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// One look of a process's schedule. - Returns: the algorithms that it rotated.
  package func rotateKeysThatAreDue(at process: Int) async throws -> [String] {
    try await tokenServices[process].rotateKeysThatAreDue()
  }

  /// Starts one more process of the token service, for what it does at its start.
  package func startTokenService() async throws {
    let settings = OIDCSettings(issuer: Self.appURL, internalURL: Self.appURL, sessionIdle: .seconds(3600))
    let service = try await Self.process(
      settings, database, Self.key, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await service.makeMissingKeys()
  }

  /// A further process of the token service, which logs where the test sees it.
  package func process(logger: Logger) async throws -> any MessageSender {
    let settings = OIDCSettings(issuer: Self.appURL, internalURL: Self.appURL, sessionIdle: .seconds(3600))
    return InProcessTransport(
      try await Self.process(settings, database, Self.key, logger).routes, as: .gateway)
  }

  /// A further process of `auth`, which logs where the test sees it.
  package func authProcess(logger: Logger) throws -> any MessageSender {
    guard let url = AppURL(Self.appURL) else { throw WorldFailure("the address is wrong") }
    let service = AuthService(
      settings: AuthSettings(appURL: url, appName: "Latchkey", sessionIdle: .seconds(3600)),
      store: StoreAccess(database, logger: logger), keys: try Self.key.keys(for: .auth), logger: logger, clock: clock)
    return InProcessTransport(service.routes, as: .gateway)
  }

  /// One process of the token service.
  private static func process(
    _ settings: OIDCSettings, _ database: Database, _ key: EncryptionKey, _ logger: Logger
  ) async throws -> OIDCService {
    try await OIDCService(settings: settings, database: database, keys: key.keys(for: .oidc), logger: logger)
  }

  /// The installation's encryption key.
  package static var key: EncryptionKey {
    get throws { try EncryptionKey(Array("a key for tests, and for nothing else".utf8)) }
  }

  private static func freshDatabase() async throws -> DatabaseConfiguration {
    var configuration = try await ClusterForTests.freshDatabase(from: template)
    configuration.schema = Settings.usualDatabaseSchema
    return configuration
  }

  /// Signing keys are made once for all worlds: RSA takes a while.
  private static let template = ClusterForTests.Template("latchkey") { configuration in
    var configuration = configuration
    configuration.schema = Settings.usualDatabaseSchema
    _ = try await Migrator(Schema.migrations, leavesPublicAt: Schema.leavesPublicAt).migrate(configuration)
    let database = Database(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    _ = try await database.write(Instance.Create(id: UUID(), check: Data([1])))
    _ = try await database.write(Instance.OpenSetup(seconds: 3600))
    let settings = OIDCSettings(issuer: appURL, internalURL: appURL, sessionIdle: .seconds(60))
    let service = try await OIDCService(
      settings: settings, database: database, keys: key.keys(for: .oidc),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await service.makeMissingKeys()
    await database.close()
  }

  package func call(
    session: Secret? = nil, browser: Secret? = nil, id: RequestID = RequestID(), seconds: Int = 30
  ) -> Call {
    Call(
      id: id,
      caller: Caller(
        session: session, browsers: [browser].compactMap(\.self), address: "192.0.2.1", userAgent: "Test/1"),
      deadline: .now + .seconds(seconds), peer: .gateway)
  }

  /// Runs SQL as the owner: what no service can do is how tests make the past.
  package func sql(_ text: String) async throws {
    let session = try await Session.open(configuration)
    try await session.unsafeScript(text)
    await session.close()
  }
}

package struct WorldFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// A browser with a soft authenticator, and who is signed in there.
package struct Browser {
  package let world: World
  package var authenticator = SoftAuthenticator(origin: World.appURL)
  package var session: Secret?
  package let cookie = Secret(UUID().uuidString)

  package init(_ world: World) { self.world = world }

  package func call(id: RequestID = RequestID()) -> Call { world.call(session: session, browser: cookie, id: id) }

  /// Makes the first administrator and signs them in here.
  ///
  /// - Parameter keepsProofs: those that set-up leaves for the guide's steps.
  @discardableResult
  package mutating func setUp(username: String = "ada", keepsProofs: Bool = false) async throws -> User {
    let profile = Profile(username: username, email: "\(username)@example.com", firstName: "Ada", lastName: "Lovelace")
    guard
      case .begun(let ceremony) = try await world.auth.send(
        Auth.BeginSetup(profile: profile, isFromThisMachine: true), call())
    else {
      throw WorldFailure("set-up did not begin")
    }
    let answer = Auth.CeremonyAnswer(
      credential: try authenticator.create(ceremony.options), state: ceremony.state)
    guard case .signedIn(let signedIn) = try await world.auth.send(Auth.FinishSetup(answer: answer), call()) else {
      throw WorldFailure("set-up did not finish")
    }
    session = signedIn.token
    if !keepsProofs { try await world.sql("DELETE FROM proofs") }
    return signedIn.user
  }

  /// Signs in with the newest passkey.
  @discardableResult
  package mutating func signIn() async throws -> Auth.SignInOutcome {
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), call())
    let answer = Auth.CeremonyAnswer(credential: try authenticator.get(ceremony.options), state: ceremony.state)
    let outcome = try await world.auth.send(Auth.FinishSignIn(answer: answer), call())
    if case .signedIn(let signedIn) = outcome { session = signedIn.token }
    return outcome
  }

  /// Proves itself anew, for one purpose or several.
  package mutating func prove(_ purpose: Auth.ProofPurpose, also: [Auth.ProofPurpose]? = nil) async throws {
    let begin = Auth.BeginProof(purpose: purpose, also: also)
    guard case .begun(let ceremony) = try await world.auth.send(begin, call()) else {
      throw WorldFailure("the proof did not begin")
    }
    let answer = Auth.CeremonyAnswer(credential: try authenticator.get(ceremony.options), state: ceremony.state)
    guard try await world.auth.send(Auth.FinishProof(answer: answer), call()) == .proven else {
      throw WorldFailure("the proof was refused")
    }
  }

  /// Creates a client as the administrator who is signed in here, with a secret unless it is public.
  package func createClient(
    id: String = "grafana", _ settings: Admin.ClientSettings
  ) async throws -> (client: Admin.Client, secret: Secret?) {
    guard case .created(let client) = try await world.admin.send(Admin.CreateClient(id: id, settings: settings), call())
    else { throw WorldFailure("the client was not created") }
    if settings.isPublic { return (client, nil) }
    let create = Admin.CreateClientSecret(clientID: id, secret: nil, expiresAt: nil)
    guard case .created(let made) = try await world.admin.send(create, call()) else {
      throw WorldFailure("the secret was not created")
    }
    return (client, made.secret)
  }
}

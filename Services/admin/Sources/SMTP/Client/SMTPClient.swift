import NIOCore
import NIOPosix
import Synchronization

/// Hands over mails, each on its own connection.
public struct SMTPClient: Sendable {
  private let helloName: String
  private let trustFile: String?
  private let times: SMTPTimes

  /// - Parameters:
  ///   - host: the name that this installation is known by, sent when greeting the server.
  ///   - trustFile: certificates (PEM) to trust instead of the system's.
  public init(host: String, trustFile: String? = nil, times: SMTPTimes = SMTPTimes()) {
    helloName = HelloName.of(host)
    self.trustFile = trustFile
    self.times = times
  }

  /// One attempt, which ends within the total time. A cancelled task ends it at once.
  public func send(_ mail: OutgoingMail, to server: SMTPServer) async -> Outcome {
    let protector: Protector?
    do throws(Outcome.Trouble) {
      protector = try server.protection == .none ? nil : Protector(server, trustFile: trustFile)
    } catch {
      return .deferred(error)
    }
    let machine = SessionMachine(
      Submission(from: mail.from, to: mail.to, content: mail.bytes), protection: server.protection,
      credentials: server.credentials, helloName: helloName)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let outcome = loop.makePromise(of: Outcome.self)
    let session = Session(
      machine, protector: protector, isImplicit: server.protection == .implicit, outcome: outcome, times: times)
    // One timer for everything, including the name look-up, which cannot be interrupted.
    let timer = loop.scheduleTask(in: TimeAmount(times.total)) { session.end("The server took too long.") }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      connect(server, session, on: loop)
      do { return try await outcome.futureResult.get() } catch {
        return .deferred(Outcome.Trouble(.connection, "The connection could not be used."))
      }
    } onCancel: {
      loop.execute { session.end("This service is stopping.") }
    }
  }

  private func connect(_ server: SMTPServer, _ session: Session, on loop: any EventLoop) {
    ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(times.connect))
      .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(SessionHandler(session))
        }
      }
      .connect(host: server.host, port: server.port)
      .whenFailure { error in session.end(Self.sentence(error, server)) }
  }

  private static func sentence(_ error: any Error, _ server: SMTPServer) -> String {
    guard let error = error as? NIOConnectionError, error.connectionErrors.isEmpty else {
      return "Nothing answers at \(server.host), port \(server.port)."
    }
    return "The name \(server.host) cannot be resolved."
  }
}

/// The name that we greet a server with (RFC 5321 §4.1.3): a host name, or an address in brackets.
package enum HelloName {
  package static func of(_ host: String) -> String {
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    switch try? SocketAddress(ipAddress: bare, port: 0) {
    case .v4: return "[\(bare)]"
    case .v6: return "[IPv6:\(bare)]"
    default:
      let isName =
        !bare.isEmpty
        && bare.utf8.allSatisfy { byte in
          (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte >= 48 && byte <= 57 || byte == 45 || byte == 46
        }
      return isName ? bare : "localhost"
    }
  }
}

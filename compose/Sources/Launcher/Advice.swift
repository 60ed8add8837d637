import Foundation
public import ServiceKit

/// What to tell the person who started Latchkey: where to go, and what to do when that address cannot work for them.
///
/// Browsers offer passkeys only at https addresses with a name, and at localhost. A user at the other end of an SSH
/// connection, or at a machine without a screen, has neither with the default address.
public struct Advice: Sendable, Equatable {
  /// Where the reader sits, as far as the environment tells.
  public struct Reader: Sendable, Equatable {
    /// The server's address and port as the SSH client reached them.
    public var ssh: (address: String, port: String)?
    public var hasDisplay: Bool
    public var user: String
    public var hostName: String

    public init(ssh: (address: String, port: String)? = nil, hasDisplay: Bool, user: String, hostName: String) {
      self.ssh = ssh
      self.hasDisplay = hasDisplay
      self.user = user
      self.hostName = hostName
    }

    /// - Parameter environment: of the process; `SSH_CONNECTION` is "client port server port".
    public init(environment: Environment, hostName: String? = nil) {
      let fields = environment["SSH_CONNECTION"]?.split(separator: " ").map(String.init) ?? []
      self.init(
        ssh: fields.count == 4 ? (fields[2], fields[3]) : nil,
        hasDisplay: environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil,
        user: environment["USER"] ?? NSUserName(),
        hostName: hostName ?? ProcessInfo.processInfo.hostName)
    }

    public static func == (left: Reader, right: Reader) -> Bool {
      left.ssh?.address == right.ssh?.address && left.ssh?.port == right.ssh?.port
        && left.hasDisplay == right.hasDisplay
        && left.user == right.user && left.hostName == right.hostName
    }
  }

  /// One or two lines.
  public let lines: [String]

  /// - Parameters:
  ///   - port: where the gateway listens on this machine.
  ///   - setupCode: for `/setup` while no user exists yet. In the fragment, which browsers never send.
  public init(appURL: AppURL, port: Int, setupCode: String?, reader: Reader) {
    let address =
      setupCode.map { "Open \(appURL.issuer)/setup#\($0) to create the first administrator." }
      ?? "Open \(appURL.issuer)"
    let hint = Self.hint(appURL: appURL, port: port, reader: reader)
    lines = hint.map { [address, $0] } ?? [address]
  }

  private static func hint(appURL: AppURL, port: Int, reader: Reader) -> String? {
    if !appURL.allowsPasskeys {
      return
        "Browsers offer no passkeys at this address: set APP_URL to an https address with a name, or leave it unset and "
        + "run on your own computer: \(tunnel(from: port, to: port, reader))"
    }
    guard appURL.isLocalhost, reader.ssh != nil || !reader.hasDisplay else { return nil }
    return
      "If your browser is on another computer, run there: \(tunnel(from: appURL.effectivePort, to: port, reader)) and keep "
      + "it open; or set APP_URL to an https address with a name."
  }

  private static func tunnel(from local: Int, to port: Int, _ reader: Reader) -> String {
    let server = reader.ssh?.address ?? reader.hostName
    let sshPort = reader.ssh.map { $0.port == "22" ? "" : " -p \($0.port)" } ?? ""
    return "ssh -L \(local):localhost:\(port)\(sshPort) \(reader.user)@\(server)"
  }
}

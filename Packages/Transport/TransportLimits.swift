// Messages between processes: connections, frames, deadlines, retries, drain.
//
// Owns: the TCP server and client, and TLS with pre-shared keys.
// Must not know: what any message means, SQL, HTTP, where keys and addresses come from.

/// A limit on everything that a connection, a server or a client may use up. The defaults fit one machine.
public struct TransportLimits: Sendable {
  /// Server: connections at once; a further one is closed at once.
  public var connections = 256
  /// Both: requests in flight on one connection; a further one is answered with `.overloaded`, nothing begun.
  public var inFlight = 256
  /// Both: bytes of one connection that wait in one direction. Beyond that a request is `.overloaded`, and a peer that
  /// does not read its answers is disconnected. 8 MiB is eight of the largest frames.
  public var queuedBytes = 8 << 20
  /// Both: from the first byte until the peer is known.
  public var handshake: Duration = .seconds(5)
  /// Server: a connection that receives no byte for this long is closed. Clients that are alive send pings.
  public var idle: Duration = .seconds(90)
  /// Server: a process that stood still for this long (stopped, or its machine was) begins none of the requests that it
  /// then finds waiting: the caller has already been told otherwise, or has asked another instance. Less than the time
  /// after which clients do that, twice `doubt`.
  public var standstill: Duration = .milliseconds(900)
  /// Server: how often a connection records that the process is running.
  public var pulse: Duration = .milliseconds(250)
  /// Client: silence after which a ping is sent; after as much again the connection counts as broken.
  public var keepAlive: Duration = .seconds(15)
  /// Client: how long an instance may be silent while a call waits for it before it gets a ping. After as much silence
  /// again it is suspect until it sends anything: calls go elsewhere. Long compared with any answer and any pause of a
  /// busy machine's scheduler, short compared with what people take for broken.
  public var doubt: Duration = .milliseconds(500)
  /// Client: the share of its time for which a call waits for one instance alone. Then a call that may be sent twice is
  /// sent to another one too, and the first answer counts; if the instance is suspect, at once.
  public var hedgeAfterShare = 0.25
  /// Client: calls that are hedged to a second instance at the same time. When something makes everything slow, such as
  /// a busy database, it must not get every call twice.
  public var hedges = 32
  /// Client: until TCP has connected.
  public var connect: Duration = .seconds(2)
  /// Client: how long a call waits for any connection before it is `.unavailable`. A restarted service is back sooner.
  public var patience: Duration = .seconds(3)
  /// Client: calls that wait for a connection at once; a further one is `.overloaded`.
  public var waiters = 1024
  /// Client: how many tries one call gets, each on another connection where there is one.
  public var attempts = 5
  /// Client: how often names are resolved again while calls come.
  public var resolve: Duration = .seconds(5)
  /// Client: how often names are resolved again while no instance is connected: all of them may have moved.
  public var urgentResolve: Duration = .milliseconds(500)
  /// Client: the wait after the first failed connection; it doubles with each.
  public var firstBackOff: Duration = .milliseconds(25)
  /// Client: the longest wait between two tries to connect.
  public var longestBackOff: Duration = .seconds(1)

  public init() {}
}

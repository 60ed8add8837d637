import LatchkeyProtocol
import Transport

/// Every bound on what a client may send or hold, in one place. Sizes in bytes.
package enum Limits {
  /// All header fields of a request together. Two cookies of 4 KiB, a long Authorization header and what proxies add
  /// fit several times over.
  package static let headers = 32 * 1024
  /// One header field: nothing that we read is longer than a cookie line.
  package static let headerField = 16 * 1024
  /// Header fields of one request; browsers send about 20.
  package static let headerCount = 128
  /// Seconds for which a browser can continue what it has begun: an app's sign-in.
  package static let unfinished = 3600
  /// The request target: an authorization request with a long `state` and many scopes stays under 8 KiB. The decoder
  /// counts it as a header field too, so that this has to be less than one.
  package static let target = 12 * 1024
  /// What may arrive without yielding a part of a message: request line and headers, or chunk framing. Above `headers`
  /// and `target` together, so that clients meet those limits first.
  package static let unparsed = 64 * 1024
  /// What is read from a socket at a time.
  package static let read = 16 * 1024
  /// What the decoder gets at a time: nearly every request whole, and few of those that are pipelined.
  package static let piece = 4 * 1024
  /// A body other than a file. An attestation with its certificates is under 16 KiB, a client with a hundred callback
  /// URLs too, a token request with a client assertion under 8 KiB.
  package static let body = TextBound.document
  /// An uploaded picture: what a browser makes of a photograph, and the REST API's limit for logos.
  package static let file = 2 << 20
  /// What surrounds the picture in a form: boundaries, names, further fields.
  package static let fileFrame = 16 * 1024
  /// Parts of one form, and bytes of one part's head: a picture's form has one of each size.
  package static let formParts = 16
  package static let formPartHead = 4 * 1024
  /// Names in one query or form: reading is linear, but services look through them.
  package static let formFields = 256
  /// The name of a form's field, a JSON member or a cookie. Names are hashed and compared, and for a long run of
  /// combining marks Swift's work is quadratic in its length; ours have two dozen letters.
  package static let name = 128
  /// Unfinished ceremonies of one kind that a browser carries. Each open tab has one, and replaces it after 45 s; more
  /// tabs than these are not looked at within the minute that a challenge lives.
  package static let ceremonies = 8
  /// What the cookies of all of them take of the `Cookie` header. nginx accepts a header line of 8 KiB unless
  /// configured otherwise, and the other half is for our session and for whatever else runs on this host.
  package static let ceremonyCookies = 4 * 1024
  /// A header's value that is compared with a few words, or searched for them.
  package static let headerWords = 512
  /// How many languages of `Accept-Language` are passed on.
  package static let languages = 10
  /// Requests being answered at once, no more than one connection to a service takes; beyond it 503, which is quicker
  /// than a queue that outlives its callers.
  package static let requests = TransportLimits().inFlight
  /// The same for one network. An answer takes milliseconds: a company behind one address stays below it.
  package static let requestsPerNetwork = requests / 4
  /// Connections held open at once; further ones wait in the listen queue.
  package static let connections = 4096
  /// The same for one network: forty browsers with six each.
  package static let connectionsPerNetwork = 256
  /// Memory for bodies that arrive or are being read.
  package static let bodies = 64 << 20
  /// The same for one network: a thousand forms, or ten pictures at once.
  package static let bodiesPerNetwork = bodies / 4
  /// What a body of unknown length, or the smallest, counts as: buffers are allocated before its bytes arrive.
  package static let leastBody = 16 * 1024
  /// What a file counts as: a part on its way to the service, and one that is being filled.
  package static let fileInFlight = 2 * Admin.AddUploadPart.largest
  /// How many untrusted proxies nearby are remembered.
  package static let unbelievedProxies = 64
  /// Addresses whose floods are remembered; see ``RateLimiter``.
  package static let floodEntries = 100_000

  /// How long the services have to answer.
  package static let answer = Duration.seconds(10)
  /// How long fetching and keeping a logo may take: 15 s for the fetching.
  package static let logo = Duration.seconds(25)
  /// How long a request that came before the last one's answer waits after it: several rounds of the event loop, in
  /// which other connections get their turns. Browsers send no request before the last one's answer.
  package static let pipelinePause = Duration.milliseconds(5)
  /// How long a connection may be idle.
  package static let idle = Duration.seconds(75)
  /// How long a refused connection is read from before it is closed: closing earlier would reset it, and the refusal
  /// might be lost on its way.
  package static let linger = Duration.seconds(2)
}

/// How long a client may keep us waiting, for each thing that we wait for.
package struct Deadlines: Sendable {
  /// For a request's line and headers, from the connection's beginning or from their first byte.
  package var head = Duration.seconds(15)
  /// For a body's first bytes; every ``bodyRate`` bytes that arrive buy another second.
  package var body = Duration.seconds(15)
  /// Bytes per second. A picture of 2 MiB gets 79 s, which a phone in the country manages; a form gets 17 s, however
  /// long it claims to be.
  package var bodyRate = 32 * 1024
  /// For taking the next 32 KiB of an answer.
  package var reading = Duration.seconds(30)
  /// After which a connection ends with its next answer.
  package var age = Duration.seconds(600)
  /// How long that answer may take: longer than any honest client takes to read one.
  package var lastAnswer = Duration.seconds(120)

  package init() {}
}

/// Every bound on what a stranger may send or hold, in one place. Sizes in bytes.
package enum Limits {
  /// All header fields of a request together. Two cookies of 4 KiB, a long Authorization header and what proxies add fit
  /// several times over.
  package static let headers = 32 * 1024
  /// One header field: nothing that we read is longer than a cookie line.
  package static let headerField = 16 * 1024
  /// Header fields of one request; browsers send about 20.
  package static let headerCount = 128
  /// The request target: an authorization request with a long `state` and many scopes stays under 8 KiB. The decoder
  /// counts it as a header field too, so that this has to be less than one.
  package static let target = 12 * 1024
  /// What may arrive without yielding a part of a message: request line and headers, or chunk framing. Above `headers`
  /// and `target` together, so that those are the limits that people meet.
  package static let unparsed = 64 * 1024
  /// A JSON body: an attestation with its certificates is under 16 KiB, a client with a hundred callback URLs too.
  package static let json = 64 * 1024
  /// A form body: a token request with a client assertion is under 8 KiB.
  package static let form = 64 * 1024
  /// An uploaded picture: what a browser makes of a photograph, and the REST API's limit for logos.
  package static let file = 2 << 20
  /// What stands around the picture in a form: boundaries, names, further fields.
  package static let fileFrame = 16 * 1024
  /// Parts of one form, and bytes of one part's head: a picture's form has one of each size.
  package static let formParts = 16
  package static let formPartHead = 4 * 1024
  /// Names in one query or form: reading is linear, but services look through them.
  package static let formFields = 256
  /// The name of a form's field, a JSON member or a cookie. Names are hashed and compared, and what Swift does then
  /// to a long run of combining marks is work in the square of its length; ours have two dozen letters.
  package static let name = 128
  /// A header's value that is compared with a few words, or looked through for them.
  package static let headerWords = 512
  /// How many languages of `Accept-Language` are passed on.
  package static let languages = 10
  /// Requests being answered at once; beyond it 503, which is quicker than a queue that outlives its callers.
  package static let requests = 1024
  /// Connections held open at once; further ones wait in the listen queue.
  package static let connections = 4096
  /// Addresses whose floods are remembered; see ``FloodGate``.
  package static let floodEntries = 100_000

  /// How long the services have to answer.
  package static let answer = Duration.seconds(10)
  /// How long a body may take to arrive, so that a slow sender cannot hold a request open.
  package static let bodyArrival = Duration.seconds(15)
  /// The same for a picture, which may come from a phone in the country.
  package static let fileArrival = Duration.seconds(60)
  /// How long a logo may take to be fetched and kept: 15 s for the fetching.
  package static let logo = Duration.seconds(25)
  /// How long a connection may be idle.
  package static let idle = Duration.seconds(75)
  /// How long a refused connection is read from before it is closed: closing earlier would reset it, and the refusal
  /// might be lost on its way.
  package static let linger = Duration.seconds(2)
}

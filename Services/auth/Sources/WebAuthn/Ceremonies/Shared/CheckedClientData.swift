internal import Crypto
import Encodings

/// Client data that belongs to this ceremony: its type, challenge and origins are the expected ones. Signatures are
/// verified over `hash`, which only these checks produce.
struct CheckedClientData: Sendable {
  enum Kind: String {
    case create = "webauthn.create"
    case get = "webauthn.get"
  }

  /// SHA-256 of the bytes as received, a byte order mark included.
  let hash: [UInt8]

  init(_ bytes: [UInt8], _ kind: Kind, challenge: Challenge, for party: RelyingParty) throws(Refusal) {
    let data = try CollectedClientData(bytes)
    // R7, A10: the type of ceremony.
    guard data.type.isExactly(kind.rawValue) else { throw .ceremonyTypeWrong }
    // R8, A11: the challenge is the one that was issued, taken only from the signed client data. Its encoded form is
    // compared, so that padding or base64's other alphabet does not pass.
    guard ConstantTime.equal(data.challenge.utf8, Base64URL.encodedBytes(challenge.bytes)) else {
      throw .challengeMismatch
    }
    // R9, A12: the origin is one of ours.
    guard party.origins.contains(where: { $0.isExactly(data.origin) }) else { throw .originUnexpected }
    try Self.checkEmbedding(data, party.embedding)
    // R12, A20: the hash of the client data.
    hash = Array(SHA256.hash(data: bytes))
  }

  private static func checkEmbedding(
    _ data: CollectedClientData, _ embedding: RelyingParty.Embedding
  ) throws(Refusal) {
    switch embedding {
    case .refused:
      // R10, A13: crossOrigin may be true only where framing is expected.
      guard !data.crossOrigin else { throw .crossOriginUnexpected }
      // R11, A14: likewise for topOrigin, if present at all.
      guard data.topOrigin == nil else { throw .topOriginUnexpected }
    case .allowed(let topOrigins):
      guard let topOrigin = data.topOrigin else { return }
      // §5.8.1: a topOrigin exists only in a cross-origin frame. R11, A14: it is a page that is expected to frame us.
      guard data.crossOrigin, topOrigins.contains(where: { $0.isExactly(topOrigin) }) else {
        throw .topOriginUnexpected
      }
    }
  }
}

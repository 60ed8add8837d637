public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A challenge that is spent together with what it allows: the same row on every instance makes it single-use.
public struct SpentChallenge: Sendable {
  let hash: Data
  let request: RequestID
  let keepUntil: Date

  /// - Parameter keepUntil: when the sealed ceremony would be refused as expired anyway, so that the row may go.
  public init(hash: Data, request: RequestID, keepUntil: Date) {
    self.hash = hash
    self.request = request
    self.keepUntil = keepUntil
  }

  /// Parameters $1 to $3 of every statement that spends one.
  static let cte = """
    spent AS (
      INSERT INTO spent_challenges (challenge_hash, request_id, expires_at) VALUES ($1, $2, $3)
      ON CONFLICT (challenge_hash) DO NOTHING RETURNING 1)
    """

  func bind(_ values: inout Bindings) {
    values.add(hash, request.data, keepUntil)
  }
}

public enum Challenges {
  /// The request that spent a challenge: the same one repeats its outcome, any other is a replay.
  public struct SpentBy: Statement {
    public static let sql = "SELECT request_id FROM spent_challenges WHERE challenge_hash = $1"

    public let bindings: Bindings

    public init(hash: Data) { bindings = Bindings(hash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data { try row.next() }
  }
}

extension RequestID {
  /// As it is stored beside what the request consumed.
  var data: Data { Data(bytes) }
}

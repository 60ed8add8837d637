public import Encodings
public import Foundation

extension JSONValue {
  /// Whole seconds since 1970 (NumericDate, RFC 7519 §2), rounded down: a time is never stated later than it was.
  public init(secondsOf date: Date) { self = .integer(Int64(date.timeIntervalSince1970.rounded(.down))) }
}

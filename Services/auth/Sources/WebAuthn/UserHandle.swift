public import Foundation

/// A user handle (§5.4.3): the 36 bytes of the user's UUID in lower-case text.
///
/// Pocket ID made its passkeys in this form, and they keep working.
public struct UserHandle: Hashable, Sendable {
  public let bytes: [UInt8]

  /// The handle of a user.
  public init(userID: UUID) {
    // Foundation writes upper case; passkeys in the field hold lower case, and handles are compared byte by byte.
    bytes = Array(userID.uuidString.lowercased().utf8)
  }

  /// A handle as a stored record holds it; nil when it is empty or above 64 bytes.
  public init?(_ bytes: [UInt8]) {
    guard (1...Limit.userHandle).contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  /// The user's id, or nil when these are not the bytes of a UUID in lower case.
  public var userID: UUID? {
    guard let text = String(validating: bytes, as: UTF8.self), let id = UUID(uuidString: text),
      UserHandle(userID: id) == self
    else { return nil }
    return id
  }
}

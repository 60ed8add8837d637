/// The messages of the `admin` service: people and clients. It owns the directory; it must not know ceremonies or
/// private signing keys.
public enum Admin {
  /// Why a caller may not do this.
  public enum Denial: String, Codable, Sendable, Equatable {
    case notSignedIn
    /// Signed in, but not an administrator.
    case notAdministrator
    /// A fresh assertion is needed first (`Auth.BeginProof`).
    case proofRequired
  }

  /// One page of a list, by number.
  public struct PageRequest: Codable, Sendable, Equatable {
    /// At most this many rows to a page: the REST API's limit.
    public static let largest = 100

    /// From 1.
    public var page: Int
    /// 1 to `largest`.
    public var limit: Int
    public var search: String?
    public var sortColumn: String?
    public var descending: Bool

    public init(
      page: Int = 1, limit: Int = 20, search: String? = nil, sortColumn: String? = nil, descending: Bool = false
    ) {
      self.page = page
      self.limit = limit
      self.search = search
      self.sortColumn = sortColumn
      self.descending = descending
    }
  }

  public struct Page<Item: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    public var items: [Item]
    public var total: Int
    public var page: Int
    public var limit: Int

    public init(items: [Item], total: Int, page: Int, limit: Int) {
      self.items = items
      self.total = total
      self.page = page
      self.limit = limit
    }
  }
}

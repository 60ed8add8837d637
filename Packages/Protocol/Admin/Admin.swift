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

  /// A response that can tell callers that they are not authorised.
  public protocol Deniable: Sendable {
    static func denied(_ denial: Denial) -> Self
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

  /// A request for a page of a list, within its limits: the form that services use.
  public struct ListBounds: Sendable, Equatable {
    /// Bytes of a search; longer ones find nothing that shorter ones do not.
    public static let longestSearch = 400

    public let page: Int
    public let limit: Int
    /// Nil for no search.
    public let search: String?

    public init(_ request: PageRequest) {
      page = max(request.page, 1)
      limit = min(max(request.limit, 1), PageRequest.largest)
      search = request.search?.prefix(bytes: Self.longestSearch).nonEmpty
    }

    /// Rows before the page. A page number that overflows gives an empty page, like any page beyond the end.
    public var offset: Int {
      let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: limit)
      return overflow ? .max : offset
    }

    /// The page, as the response carries it.
    public func page<Item>(of items: [Item], total: Int?) -> Page<Item> {
      Page(items: items, total: total ?? 0, page: page, limit: limit)
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

import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func listUsers(
    _ message: Admin.ListUsers, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListUsers.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      var page = try await message.page.page { request throws(ServiceFailure) in
        let list = Admin.ListBounds(request)
        let rows = try await users(
          search: list.search?.cleaned(bytes: Admin.ListBounds.longestSearch), message.filter,
          sortedBy: request.sortColumn, descending: request.descending, limit: list.limit, offset: list.offset, call)
        return (rows.compactMap(\.user), rows.first?.total)
      }
      page.items = try await detailed(page.items, call)
      return .users(page)
    }
  }

  /// One page, by the REST API's column names; an unknown one counts as none, as there.
  private func users(
    search: String?, _ filter: Admin.UserFilter, sortedBy column: String?, descending: Bool, limit: Int, offset: Int,
    _ call: Call
  ) async throws(ServiceFailure) -> [Users.Listed] {
    func list<Order: UserOrder, Direction: ListDirection>(
      _: Order.Type, _: Direction.Type
    ) async throws(ServiceFailure) -> [Users.Listed] {
      guard search == nil, filter == Admin.UserFilter() else {
        return try await store.search(
          Users.ListSome<Order, Direction>(search: search, filter: filter, limit: limit, offset: offset), call)
      }
      return try await store.search(Users.ListAll<Order, Direction>(limit: limit, offset: offset), call)
    }
    func list<Order: UserOrder>(_ order: Order.Type) async throws(ServiceFailure) -> [Users.Listed] {
      descending ? try await list(order, Descending.self) : try await list(order, Ascending.self)
    }
    switch column {
    case "username": return try await list(UserOrders.Username.self)
    case "email": return try await list(UserOrders.Email.self)
    case "firstName": return try await list(UserOrders.FirstName.self)
    case "lastName": return try await list(UserOrders.LastName.self)
    case "createdAt": return try await list(UserOrders.CreatedAt.self)
    case "isAdmin": return try await list(UserOrders.IsAdmin.self)
    case "disabled": return try await list(UserOrders.Disabled.self)
    case "emailVerified": return try await list(UserOrders.EmailVerified.self)
    default: return try await list(UserOrders.DisplayName.self)
    }
  }

  func getUser(_ message: Admin.GetUser, _ call: Call) async throws(ServiceFailure) -> Admin.GetUser.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard let user = try await store.first(Users.Get(id: message.id), call) else { return .notFound }
      return .user(try await store.detailed(user, call))
    }
  }

  private func detailed(_ users: [User], _ call: Call) async throws(ServiceFailure) -> [User] {
    guard !users.isEmpty else { return [] }
    let rows = try await store.search(Users.Details(users.map(\.id)), call)
    let byUser = Dictionary(rows.map { ($0.user, $0) }, uniquingKeysWith: { first, _ in first })
    return users.map { $0.with(byUser[$0.id]) }
  }
}

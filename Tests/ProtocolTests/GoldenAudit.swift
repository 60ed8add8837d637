import Encodings
import Foundation
import LatchkeyProtocol

extension GoldenCatalogue {
  static var audit: [GoldenMessage] {
    let id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
    let entry = Admin.AuditLogEntry(
      id: id, createdAt: Date(timeIntervalSince1970: 1_790_000_000), event: "USER_UPDATED", address: "192.0.2.1",
      userAgent: "Firefox/140", place: .lan, user: Admin.AuditLogEntry.Somebody(id: UserID(id), username: "grace"),
      actor: Admin.AuditLogEntry.Somebody(id: nil, username: "ada"), session: SessionID(id), apiKey: APIKeyID(id),
      clientID: "grafana", clientName: "Grafana", data: ["method": "setup"],
      changes: ["disabled": Admin.AuditLogEntry.Change(before: false, after: true)],
      request: RequestID(bytes: [UInt8](0..<16)), batch: 7)
    let page = Admin.Page(items: [entry], total: 41, page: 3, limit: 20)
    let filter = Admin.AuditLogFilter(
      users: [UserID(id)], actors: [UserID(id)], person: "grace", events: ["SIGN_IN"], clientNames: ["Grafana"],
      location: .internal, from: Date(timeIntervalSince1970: 1_780_000_000),
      to: Date(timeIntervalSince1970: 1_790_000_000))
    return [
      .of(
        Admin.ListOwnAuditLog(page: Admin.PageRequest(page: 3)), answers: .entries(page), .denied(.notSignedIn)),
      .of(
        Admin.ListAuditLog(page: Admin.PageRequest(page: 3, sortColumn: "createdAt", descending: true), filter: filter),
        answers: .entries(page), .denied(.notAdministrator)),
      .of(Admin.ListAuditedClients(), answers: .names(["Grafana"]), .denied(.notAdministrator)),
      .of(
        Admin.ListAuditedUsers(),
        answers: .users([Admin.AuditLogEntry.Somebody(id: UserID(id), username: "grace")]), .denied(.notSignedIn)),
    ]
  }
}

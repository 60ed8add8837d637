import Encodings
import Foundation
import LatchkeyProtocol
import Pictures
import Postgres
import ServiceStore
import Store

extension AdminService {
  func addUploadPart(
    _ message: Admin.AddUploadPart, _ call: Call
  ) async throws(ServiceFailure) -> Admin.AddUploadPart.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    guard message.bytes.count <= Admin.AddUploadPart.largest,
      (0..<Limits.uploadParts).contains(message.part)
    else { return .tooMuch }
    let kept = try await keep(message.bytes, part: message.part, of: "upload", principal, call)
    return kept ? .kept : .tooMuch
  }

  func putImage(
    _ message: Admin.PutImage, _ call: Call
  ) async throws(ServiceFailure) -> Admin.PutImage.Response {
    try await forWhoever(owns: message.slot, call) { (principal, slot) throws(ServiceFailure) in
      if message.slot == nil {
        let entry = AuditEntry(.imageUpdated, call, by: principal)
        let room = AuditLog.HasRoom(for: entry, of: principal.user.id, most: Limits.ownChangesPerHour)
        guard try await store.first(room, call) == true else { return .tooMany }
      }
      guard let file = try await file(slot, message.body, principal, call) else { return .refused(.incomplete) }
      let images: [StoredImage]
      do throws(PictureRefusal) {
        let made = try await pictures(for: slot, from: file, isPrepared: message.body == .prepared)
        images = StoredImage.all(made)
      } catch {
        guard let problem = Admin.ImageProblem(error) else { throw Self.busy }
        return .refused(problem)
      }
      guard let version = images.first?.version else { return .refused(.damaged) }
      let done = try await change(slot, to: version, .imageUpdated, principal, call) { transaction in
        for (index, image) in images.enumerated() {
          try await transaction.write(Images.Put(slot, image, small: index > 0))
        }
      }
      return done ? .stored(version: version) : .notFound
    }
  }

  func deleteImage(
    _ message: Admin.DeleteImage, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteImage.Response {
    try await forWhoever(owns: message.slot, call) { (principal, slot) throws(ServiceFailure) in
      let done = try await change(slot, to: nil, .imageDeleted, principal, call) { transaction in
        try await transaction.write(Images.Delete(slot))
      }
      return done ? .deleted : .notFound
    }
  }

  /// People may change their own picture (no slot); only administrators may change the rest.
  private func forWhoever<Answer: Admin.Deniable>(
    owns slot: ImageSlot?, _ call: Call, _ body: (Principal, ImageSlot) async throws(ServiceFailure) -> Answer
  ) async throws(ServiceFailure) -> Answer {
    guard let slot else {
      guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
      return try await body(principal, .person(principal.user.id))
    }
    return try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      try await body(principal, slot)
    }
  }

  /// Writes an image's place, its owner's note of it and the audit entry, together. False: no such owner.
  private func change(
    _ slot: ImageSlot, to version: String?, _ event: AuditEvent, _ principal: Principal, _ call: Call,
    _ write: @Sendable @escaping (Transaction) async throws -> Void
  ) async throws(ServiceFailure) -> Bool {
    try await store.transaction(call) { transaction in
      let owner: Images.Owner?
      var entry = AuditEntry(event, call, by: principal)
      switch slot {
      case .person(let id):
        owner = try await transaction.first(Images.MarkPerson(id, version: version))
        entry.userID = id
        entry.username = owner?.name
      case .clientLogo(let id, let dark):
        owner = try await transaction.first(Images.MarkClient(id, dark: dark, version: version))
        entry.about(client: id, name: owner?.name)
      case .application(let image):
        owner = try await transaction.first(Images.MarkApplication(image))
      }
      guard let owner else { return false }
      try await write(transaction)
      // Removing an absent picture, or setting the same one again, changes nothing.
      if owner.version != version {
        entry.data["image"] = slot.label
        entry.note("version", owner.version.map { .string($0) }, version.map { .string($0) })
        try await transaction.write(AuditLog.Insert(entry))
      }
      return true
    }
  }
}

extension ImageSlot {
  /// Its name in the audit log.
  fileprivate var label: String {
    switch self {
    case .person: "profile-picture"
    case .clientLogo(_, let dark): dark ? "logo-dark" : "logo-light"
    case .application(let image): image.rawValue
    }
  }
}

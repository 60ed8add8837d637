import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceStore
import Store

extension AuthService {
  func getImage(
    _ message: Auth.GetImage, _ call: Call
  ) async throws(ServiceFailure) -> Auth.GetImage.Response {
    if message.slot == .application(.defaultProfilePicture) {
      guard let principal = try await store.principal(call) else { return .notSignedIn }
      guard principal.user.isAdmin else { return .notAdministrator }
    }
    let show = Images.Show(message.slot, small: message.small, knownVersion: message.knownVersion)
    guard let row = try await store.first(show, call) else { return .notFound }
    guard let bytes = row.bytes else { return .unchanged(version: row.version) }
    return .image(StoredImage(contentType: row.contentType, bytes: bytes, version: row.version))
  }
}

/// Pictures, logos, backgrounds.
public protocol ImagesAPI: Sendable {
  func addUploadPart(_ message: Admin.AddUploadPart, _ call: Call) async throws(ServiceFailure)
    -> Admin.AddUploadPart.Response
  func putImage(_ message: Admin.PutImage, _ call: Call) async throws(ServiceFailure) -> Admin.PutImage.Response
  func deleteImage(_ message: Admin.DeleteImage, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteImage.Response
  func prepareLogo(_ message: Admin.PrepareLogo, _ call: Call) async throws(ServiceFailure)
    -> Admin.PrepareLogo.Response
}

extension RemoteAdmin {
  public func addUploadPart(_ message: Admin.AddUploadPart, _ call: Call) async throws(ServiceFailure)
    -> Admin.AddUploadPart.Response
  { try await sender.send(message, call) }

  public func putImage(_ message: Admin.PutImage, _ call: Call) async throws(ServiceFailure)
    -> Admin.PutImage.Response
  { try await sender.send(message, call) }

  public func deleteImage(_ message: Admin.DeleteImage, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteImage.Response
  { try await sender.send(message, call) }

  public func prepareLogo(_ message: Admin.PrepareLogo, _ call: Call) async throws(ServiceFailure)
    -> Admin.PrepareLogo.Response
  { try await sender.send(message, call) }
}

extension Routes {
  mutating func addImages(_ api: some ImagesAPI) {
    on(Admin.AddUploadPart.self, from: [.gateway], api.addUploadPart)
    on(Admin.PutImage.self, from: [.gateway], api.putImage)
    on(Admin.DeleteImage.self, from: [.gateway], api.deleteImage)
    on(Admin.PrepareLogo.self, from: [.gateway], api.prepareLogo)
  }
}

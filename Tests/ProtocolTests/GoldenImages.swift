import Foundation
import LatchkeyProtocol

extension GoldenCatalogue {
  static var images: [GoldenMessage] {
    let person = ImageSlot.person(UserID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))))
    let logo = ImageSlot.clientLogo(client: "grafana", dark: true)
    let version = "9f86d081884c7d65"
    return [
      .of(
        Auth.GetImage(slot: person, small: true, knownVersion: version),
        answers: .image(StoredImage(contentType: "image/png", bytes: Data([1, 2, 3]), version: version)),
        .unchanged(version: version), .notFound, .notSignedIn, .notAdministrator),
      .of(
        Admin.AddUploadPart(part: 0, bytes: Data([1, 2, 3])), answers: .kept, .tooMuch, .denied(.notSignedIn)),
      .of(
        Admin.PutImage(slot: logo, body: .file(parts: 1, rest: Data([4, 5]))),
        answers: .stored(version: version), .refused(.tooManyPixels), .tooMany, .notFound,
        .denied(.notAdministrator)),
      .of(
        Admin.DeleteImage(slot: .application(.background)), answers: .deleted, .notFound, .denied(.notAdministrator)),
      .of(
        Admin.PrepareLogo(address: "https://example.com/logo.png", dark: false),
        answers: .prepared, .downloadFailed, .typeNotSupported, .tooLarge, .denied(.notAdministrator)),
    ]
  }
}

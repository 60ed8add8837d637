import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Pictures
import Postgres
import ServiceKit
import ServiceStore
import Store

extension AdminService {
  static let busy = ServiceFailure(.overloaded, mayHaveHappened: false, "Too many pictures are being made just now.")

  /// The bytes to make an image from; nil when a part is missing. Parts stay until they expire, so that a repeated
  /// message finds them again.
  func file(
    _ slot: ImageSlot, _ body: Admin.ImageBody, _ principal: Principal, _ call: Call
  ) async throws(ServiceFailure) -> [UInt8]? {
    switch (body, slot) {
    case (.file(parts: 0, let rest), _): return [UInt8](rest)
    case (.file(let parts, let rest), _):
      return try await assembled("upload", parts, principal, call).map { $0 + [UInt8](rest) }
    case (.prepared, .clientLogo(_, let dark)):
      return try await assembled(Self.preparedName(dark: dark), 1, principal, call)
    case (.prepared, _): return nil
    }
  }

  private func assembled(
    _ name: String, _ parts: Int, _ principal: Principal, _ call: Call
  ) async throws(ServiceFailure) -> [UInt8]? {
    guard (1...Limits.uploadParts).contains(parts) else { return nil }
    let read = Uploads.Parts(id: derivedUUID(name, call), user: principal.user.id, count: parts)
    let found = try await store.read(read, call)
    return found.count == parts ? found.flatMap { [UInt8]($0) } : nil
  }

  /// The pictures made from a file: the one for its place, and for people a small one beside it.
  func pictures(
    for slot: ImageSlot, from file: [UInt8], isPrepared: Bool
  ) async throws(PictureRefusal) -> [Picture] {
    guard isPrepared else { return try await workshop.make(slot.uses, from: file) }
    // Made here when it was fetched: PNG, or a drawing that was inspected.
    guard let format = ImageFormat(file) else { throw .damaged }
    return [Picture(format: format, bytes: file)]
  }

  func prepareLogo(
    _ message: Admin.PrepareLogo, _ call: Call
  ) async throws(ServiceFailure) -> Admin.PrepareLogo.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let file: OutboundHTTP.Answer
      do throws(OutboundHTTP.Failure) {
        file = try await outbound.get(
          message.address, upTo: PictureLimits.bytes, within: min(Limits.logoFetch, call.remaining - .seconds(1)))
      } catch {
        logger.notice(
          "a logo could not be fetched: \(error)", metadata: ["by": "\(principal.user.id)", "request": "\(call.id)"])
        return error == .tooLarge ? .tooLarge : .downloadFailed
      }
      guard file.status == 200 else { return .downloadFailed }
      let made: Picture
      do throws(PictureRefusal) {
        made = try await workshop.make(.logo, from: file.body)
      } catch {
        switch error {
        case .busy: throw Self.busy
        case .tooManyBytes, .tooManyPixels: return .tooLarge
        case .format, .damaged, .unsafeDrawing: return .typeNotSupported
        }
      }
      let name = Self.preparedName(dark: message.dark)
      return try await keep(Data(made.bytes), part: 0, of: name, principal, call) ? .prepared : .tooLarge
    }
  }

  private static func preparedName(dark: Bool) -> String { dark ? "prepared-dark" : "prepared-light" }

  /// Keeps bytes for what the same request does next.
  func keep(
    _ bytes: Data, part: Int, of name: String, _ principal: Principal, _ call: Call
  ) async throws(ServiceFailure) -> Bool {
    let add = Uploads.Add(
      id: derivedUUID(name, call), part: part, user: principal.user.id, bytes: bytes,
      seconds: Limits.uploadLife / .seconds(1), quota: Limits.uploadQuota)
    return try await store.write(add, call).count > 0
  }

  /// Makes sure that the picture for people without one exists. Any instance may; all make the same.
  public func keepNeutralPicture() async {
    let call = Call(deadline: .now + .seconds(60), peer: .admin)
    do {
      guard let whole = NeutralPicture.picture else { return }
      let small = try await workshop.make([.thumbnail], from: whole.bytes)
      for (index, image) in StoredImage.all([whole] + small).enumerated() {
        _ = try await store.write(Images.Put(neutral: image, small: index > 0), call)
      }
    } catch {
      logger.warning("the neutral profile picture could not be kept: \(error)")
    }
  }
}

extension StoredImage {
  /// A picture and the others made from the same file, under one version.
  static func all(_ pictures: [Picture]) -> [StoredImage] {
    let version = Hexadecimal.text(Digest.sha256(pictures.first?.bytes ?? []).prefix(8))
    return pictures.map {
      StoredImage(contentType: $0.format.contentType, bytes: Data($0.bytes), version: version)
    }
  }
}

extension ImageSlot {
  fileprivate var uses: [PictureUse] {
    switch self {
    case .person, .application(.defaultProfilePicture): [.profile, .thumbnail]
    case .clientLogo, .application(.logoLight), .application(.logoDark): [.logo]
    case .application(.background): [.background]
    case .application(.favicon): [.favicon]
    case .application(.email): [.mail]
    }
  }
}

extension Admin.ImageProblem {
  /// Nil when the problem is ours and not the file's.
  init?(_ refusal: PictureRefusal) {
    switch refusal {
    case .tooManyBytes: self = .tooManyBytes
    case .tooManyPixels: self = .tooManyPixels
    case .format: self = .format
    case .damaged: self = .damaged
    case .unsafeDrawing: self = .unsafeDrawing
    case .busy: return nil
    }
  }
}

import Encodings
import Foundation
import LatchkeyProtocol

/// Pictures, logos, backgrounds, and the accent colour: what an installation looks like.
enum ImageRoutes {
  static let all: [Route] = PictureRoutes.all + LogoRoutes.all + ApplicationImageRoutes.all

  /// Shows an image.
  /// - Parameter otherwise: what is shown if there is none; nothing by default.
  static func show(
    _ slot: ImageSlot, _ exchange: Exchange, small: Bool = false, otherwise: () -> Response? = { nil }
  ) async throws -> Response {
    let known = exchange.request.headers[.ifNoneMatch].flatMap(version(inTag:))
    let message = Auth.GetImage(slot: slot, small: small, knownVersion: known)
    switch try await exchange.services.auth.send(message, exchange.call) {
    case .image(let image):
      var response = Response.bytes([UInt8](image.bytes), image.contentType)
      response.headers.set(try caching(image.version, exchange))
      // A drawing that is opened by its own address is a document of our site: it may do nothing.
      if image.contentType == "image/svg+xml" {
        response.headers[.contentSecurityPolicy] =
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
      }
      return response
    case .unchanged(let version):
      return Response(status: .notModified, headers: try caching(version, exchange))
    case .notFound:
      guard let other = otherwise() else {
        throw Refusal(.notFound, "image_not_found", "There is no such image.")
      }
      return other
    case .notSignedIn: throw Refusal.notSignedIn
    case .notAdministrator: throw Refusal(.forbidden, "forbidden", "This is for administrators.")
    }
  }

  /// An address with the image's own version never shows another; any other address is revalidated each time.
  private static func caching(_ version: String, _ exchange: Exchange) throws -> HeaderFields {
    let isVersioned = try exchange.query("v") == version
    return [
      .eTag: "\"\(version)\"", .cacheControl: isVersioned ? "public, max-age=31536000, immutable" : "public, no-cache",
    ]
  }

  /// The version in `"9f86d081884c7d65"` or `W/"…"`; nil for anything else, including several: then the image is sent.
  private static func version(inTag tag: String) -> String? {
    let bare = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
    guard bare.count == 18, bare.hasPrefix("\""), bare.hasSuffix("\"") else { return nil }
    let version = bare.dropFirst().dropLast()
    return version.allSatisfy(\.isHexDigit) ? String(version) : nil
  }

  /// Stores the form's file in its slot.
  /// - Parameter slot: nil for the caller's own picture.
  static func put(_ slot: ImageSlot?, _ exchange: Exchange) async throws -> Response {
    let boundary = try exchange.fileBoundary()
    try await admit(slot, exchange)
    let (size, admin) = (Admin.AddUploadPart.largest, exchange.services.admin)
    var parts = 0
    // The time that the file takes to arrive does not count against the services.
    let rest = try await exchange.file(boundary, inPartsOf: size) { bytes in
      let part = Admin.AddUploadPart(part: parts, bytes: .init(bytes))
      switch try await admin.send(part, exchange.call(within: Limits.answer)) {
      case .kept: break
      case .tooMuch:
        throw Refusal(.tooManyRequests, "rate_limited", "Too many uploads. Try again in a few minutes.")
      case .denied(let denial): throw Refusal(denial)
      }
      parts += 1
    }
    let message = Admin.PutImage(slot: slot, body: .file(parts: parts, rest: .init(rest)))
    switch try await admin.send(message, exchange.call(within: Limits.answer)) {
    case .stored: return saved(exchange)
    case .refused(let problem): throw Refusal(problem)
    case .tooMany: throw Refusal.changedOften
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }

  /// Whether to read the file at all: not for a caller who may not put one. The service decides in the end.
  private static func admit(_ slot: ImageSlot?, _ exchange: Exchange) async throws {
    guard case .user(let user) = try await exchange.services.auth.send(Auth.CurrentUser(), exchange.call) else {
      throw Refusal.notSignedIn
    }
    guard slot == nil || user.isAdmin else { throw Refusal(Admin.Denial.notAdministrator) }
  }

  static func delete(_ slot: ImageSlot?, _ exchange: Exchange) async throws -> Response {
    _ = try exchange.optionalJSON()
    switch try await exchange.services.admin.send(Admin.DeleteImage(slot: slot), exchange.call) {
    case .deleted: return saved(exchange)
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }

  private static func saved(_ exchange: Exchange) -> Response {
    exchange.site.appearance.drop()
    return .noContent
  }
}

extension Refusal {
  /// The kinds of picture, in words.
  static let picturesTaken =
    "PNG, JPEG, GIF and WebP without animation are; for logos and icons SVG too, and ICO for icons."

  init(_ problem: Admin.ImageProblem) {
    switch problem {
    case .tooManyBytes: self = .fileTooLarge
    case .tooManyPixels:
      self.init(.badRequest, "invalid_image", "The picture has too many pixels.")
    case .format:
      self.init(
        .unsupportedMediaType, "file_type_not_supported", "This kind of picture is not taken. \(Self.picturesTaken)")
    case .damaged: self.init(.badRequest, "invalid_image", "The picture cannot be read.")
    case .unsafeDrawing:
      self.init(
        .badRequest, "invalid_image", "The drawing holds scripts, links or references, which are not taken.")
    case .incomplete: self.init(.badRequest, "invalid_image", "The picture did not arrive whole. Send it again.")
    }
    closes = false
    details = ["reason": .string(problem.rawValue)]
  }
}

extension Exchange {
  /// The call with a deadline of its own, for what takes longer than an answer usually may.
  func call(within time: Duration) -> Call {
    var call = call
    call.deadline = .now + time
    return call
  }
}

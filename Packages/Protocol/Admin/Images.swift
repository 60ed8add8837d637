public import Foundation

extension Admin {
  /// What to make an image from.
  public enum ImageBody: Codable, Sendable, Equatable {
    /// A file: the parts sent before by `AddUploadPart` of the same request, then the rest.
    case file(parts: Int, rest: Data)
    /// What `PrepareLogo` of the same request has fetched.
    case prepared
  }

  /// Why a file does not become an image.
  public enum ImageProblem: String, Codable, Sendable, Equatable, CaseIterable {
    case tooManyBytes
    case tooManyPixels
    /// Not an accepted format.
    case format
    /// It cannot be read as the format that it claims.
    case damaged
    /// A drawing that could run code or fetch something.
    case unsafeDrawing
    /// Parts of the upload did not arrive, or arrived too long ago.
    case incomplete
  }

  /// A part of a file that is too large for one message. Parts of unfinished uploads are forgotten after a while.
  public struct AddUploadPart: ServiceRequest {
    public static let method: MethodName = "admin.addUploadPart/1"
    public static let replay = Replay.replayable
    /// Bytes of one part, and of the rest that goes with the last message: below a frame's 1 MiB.
    public static let largest = 768 << 10

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case kept
      /// This person has uploaded too much recently.
      case tooMuch
      case denied(Denial)
    }

    /// From 0.
    public var part: Int
    public var bytes: Data

    public init(part: Int, bytes: Data) {
      self.part = part
      self.bytes = bytes
    }
  }

  /// Stores an image in its slot. People may change their own picture; everything else is for administrators.
  public struct PutImage: ServiceRequest {
    public static let method: MethodName = "admin.putImage/2"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case stored(version: String)
      case refused(ImageProblem)
      /// The person has reached this hour's limit for changing their picture.
      case tooMany
      /// No such person or client.
      case notFound
      case denied(Denial)
    }

    /// Nil: the caller's own picture.
    public var slot: ImageSlot?
    public var body: ImageBody

    public init(slot: ImageSlot?, body: ImageBody) {
      self.slot = slot
      self.body = body
    }
  }

  /// Removes an image; removing one that does not exist succeeds.
  public struct DeleteImage: ServiceRequest {
    public static let method: MethodName = "admin.deleteImage/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      /// No such person or client.
      case notFound
      case denied(Denial)
    }

    /// Nil: the caller's own picture.
    public var slot: ImageSlot?

    public init(slot: ImageSlot?) { self.slot = slot }
  }

  /// Fetches a logo from an address and keeps it for the client that the same request is about to make or change.
  public struct PrepareLogo: ServiceRequest {
    public static let method: MethodName = "admin.prepareLogo/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case prepared
      /// Nothing can be fetched from there, or fetching from there is not allowed.
      case downloadFailed
      case typeNotSupported
      case tooLarge
      case denied(Denial)
    }

    public var address: String
    public var dark: Bool

    public init(address: String, dark: Bool) {
      self.address = address
      self.dark = dark
    }
  }
}

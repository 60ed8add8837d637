import CGD
import Pictures
import Testing

@Suite("Pictures")
struct PictureTests {
  private let workshop = Workshop()

  private func look(_ use: PictureUse, _ bytes: [UInt8]) async throws -> Looked {
    try #require(Looked(try await workshop.make(use, from: bytes)))
  }

  @Test("A format is what the bytes say", arguments: Samples.photographs)
  func formats(format: ImageFormat) { #expect(ImageFormat(Samples.encoded(format)) == format) }

  @Test("Each format becomes our own, with its colours where they were", arguments: Samples.photographs)
  func colours(format: ImageFormat) async throws {
    let seen = try await look(.logo, Samples.encoded(format))
    #expect((seen.width, seen.height) == (64, 32))
    #expect(isClose(seen[.upperLeft], Samples.red))
    #expect(isClose(seen[.upperRight], Samples.green))
    #expect(isClose(seen[.lowerLeft], Samples.blue))
    #expect(isClose(seen[.lowerRight], Samples.white))
  }

  @Test("A person's picture is the middle square, and a small one stays small")
  func square() async throws {
    let wide = Samples.quarters(width: 1200, height: 600)
    gdImageFilledRectangle(wide, 0, 0, 299, 599, 0)
    let seen = try await look(.profile, Samples.encoded(.jpeg, wide))
    #expect((seen.width, seen.height) == (512, 512))
    // The black margin at the left is cut away.
    #expect(isClose(seen[8, 100], Samples.red))
    #expect(isClose(seen[.lowerRight], Samples.white))
    let small = try await look(.profile, Samples.encoded(.png))
    #expect((small.width, small.height) == (32, 32))
  }

  @Test("A logo is fitted into its box and keeps its transparency")
  func logo() async throws {
    let image = gdImageCreateTrueColor(1024, 256)
    gdImageAlphaBlending(image, 0)
    gdImageSaveAlpha(image, 1)
    gdImageFilledRectangle(image, 0, 0, 1023, 255, 0x7F00_0000)
    gdImageFilledRectangle(image, 0, 0, 511, 255, Samples.red)
    let seen = try await look(.logo, Samples.encoded(.png, image))
    #expect((seen.width, seen.height) == (512, 128))
    #expect(seen[10, 10] == Samples.red)
    #expect(seen[500, 10] >> 24 == 0x7F)
    // Clear black beside red darkens nothing.
    #expect(isClose(seen[255, 64], Samples.red))
  }

  @Test("A background is WebP of at most 2560 pixels a side")
  func background() async throws {
    let made = try await workshop.make(
      .background, from: Samples.encoded(.jpeg, Samples.quarters(width: 4000, height: 1000)))
    #expect(ImageFormat(made.bytes) == .webp)
    let seen = try #require(Looked(made))
    #expect((seen.width, seen.height) == (2560, 640))
    #expect(isClose(seen[.upperRight], Samples.green))
  }

  @Test("What hardly compresses is made small enough to be kept", arguments: [PictureUse.profile, .logo, .background])
  func noise(use: PictureUse) async throws {
    let made = try await workshop.make(use, from: Samples.encoded(.png, Samples.noise(width: 640, height: 640)))
    #expect(made.bytes.count <= PictureLimits.kept)
    #expect(made.bytes.count > 100_000)
  }

  @Test(
    "However the camera was held, the picture stands upright",
    arguments: zip(
      UInt8(1)...8,
      [
        (Samples.Corner.upperLeft, Samples.Corner.upperRight), (.upperRight, .upperLeft), (.lowerRight, .lowerLeft),
        (.lowerLeft, .lowerRight), (.upperLeft, .lowerLeft), (.upperRight, .lowerRight), (.lowerRight, .upperRight),
        (.lowerLeft, .upperLeft),
      ]))
  func orientation(tag: UInt8, corners: (Samples.Corner, Samples.Corner)) async throws {
    // EXIF 2.32 §4.6.4: on which sides the stored first row and first column are seen.
    for bytes in [
      Samples.photograph(orientation: tag), Samples.photograph(orientation: tag, bigEndian: false),
      Samples.annotatedPNG(orientation: tag), Samples.annotatedWebP(orientation: tag),
    ] {
      let seen = try await look(.logo, bytes)
      #expect((seen.width, seen.height) == (tag < 5 ? (64, 32) : (32, 64)))
      #expect(isClose(seen[corners.0], Samples.red))
      #expect(isClose(seen[corners.1], Samples.green))
    }
  }

  @Test("An orientation that cannot be read is upright", arguments: [0, 9, 255] as [UInt8])
  func strangeOrientation(tag: UInt8) async throws {
    #expect(isClose(try await look(.logo, Samples.photograph(orientation: tag))[.upperLeft], Samples.red))
  }

  @Test("Nothing of a picture survives but its pixels", arguments: PictureUse.allCases)
  func metadata(use: PictureUse) async throws {
    for bytes in [Samples.photograph(), Samples.annotatedPNG(), Samples.annotatedWebP()] {
      #expect(bytes.firstRange(of: Array("secret".utf8)) != nil && bytes.firstRange(of: Array("GPS".utf8)) != nil)
      let made = try await workshop.make(use, from: bytes)
      for word in ["secret", "GPS", "Exif", "eXIf", "tEXt", "iCCP", "ICC", "xmp", "XMP ", "EXIF", "tIME"] {
        #expect(made.bytes.firstRange(of: Array(word.utf8)) == nil, "\(word) is left")
      }
    }
  }

  @Test("The picture of a person without one is square, whole and small")
  func neutral() throws {
    let picture = try #require(NeutralPicture.picture)
    let seen = try #require(Looked(picture))
    #expect((seen.width, seen.height) == (512, 512))
    #expect(picture.bytes.count < 24_000)
    #expect(seen[0, 0] == 0xE7E4DD && seen[256, 200] == 0xA39B8C)
  }

  @Test("Only so many wait for their turn")
  func queue() async throws {
    let large = Samples.encoded(.png, Samples.quarters(width: 3000, height: 3000))
    let outcomes = await withTaskGroup(of: PictureRefusal?.self) { group in
      for _ in 0..<40 {
        group.addTask { [workshop] in
          do throws(PictureRefusal) {
            _ = try await workshop.make(.thumbnail, from: large)
            return nil
          } catch { return error }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.contains(nil))
    #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy })
    #expect(outcomes.contains(.busy))
  }
}

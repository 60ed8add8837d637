import CGD
import Foundation
import Pictures
import Testing

/// Files that lie, that are cut short, or that are made to break a decoder.
@Suite("Hostile files")
struct HostileFileTests {
  private let workshop = Workshop()

  private func refusal(_ bytes: [UInt8], _ use: PictureUse = .thumbnail) async -> PictureRefusal? {
    do throws(PictureRefusal) {
      _ = try await workshop.make(use, from: bytes)
      return nil
    } catch { return error }
  }

  @Test("A small file that claims to be a huge picture is refused before it is decoded")
  func bombs() async {
    var png = Samples.encoded(.png)
    png.replaceSubrange(
      8..<33, with: Samples.pngChunk("IHDR", Samples.big32(30_000) + Samples.big32(30_000) + [8, 2, 0, 0, 0]))
    #expect(await refusal(png) == .tooManyPixels)
    png.replaceSubrange(
      8..<33, with: Samples.pngChunk("IHDR", Samples.big32(0x7FFF_FFFF) + Samples.big32(1) + [8, 2, 0, 0, 0]))
    #expect(await refusal(png) == .tooManyPixels)

    var gif = Samples.encoded(.gif)
    let frame = gif.lastIndex(of: 0x2C).map { $0 } ?? 0
    let descriptor = gif.indices.first { gif[$0...].starts(with: [0x2C, 0, 0, 0, 0, 64, 0, 32, 0]) } ?? frame
    gif.replaceSubrange(descriptor + 5..<descriptor + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(await refusal(gif) == .tooManyPixels)

    #expect(await refusal(sized(Samples.encoded(.jpeg), width: 60_000, height: 60_000)) == .tooManyPixels)
    let lossless: [UInt8] = [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0]
    let webp = Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WEBPVP8L".utf8) + [8, 0, 0, 0] + lossless
    #expect(await refusal(webp) == .tooManyPixels)
  }

  /// A JPEG with other sides in its frame header.
  private func sized(_ jpeg: [UInt8], width: Int, height: Int) -> [UInt8] {
    var jpeg = jpeg
    let frame = jpeg.indices.first { jpeg[$0...].starts(with: [0xFF, 0xC0, 0, 17]) } ?? 0
    jpeg.replaceSubrange(
      frame + 5..<frame + 9,
      with: [UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF)])
    return jpeg
  }

  @Test("Thousands of passes over a large picture are refused")
  func passes() async {
    let jpeg = sized(Samples.encoded(.jpeg), width: 4000, height: 4000)
    let scan = jpeg.indices.first { jpeg[$0...].starts(with: [0xFF, 0xDA]) } ?? 0
    let passes = (0..<1000).flatMap { _ in jpeg[scan..<(jpeg.count - 2)] }
    #expect(await refusal(jpeg[..<scan] + passes + [0xFF, 0xD9]) == .tooManyPixels)
  }

  @Test("A picture whose container and content disagree about its size is refused")
  func disagreement() async {
    var webp = Samples.annotatedWebP()
    webp[24] = 200
    #expect(await refusal(webp) == .damaged)
  }

  @Test("A film in WebP is no picture")
  func film() async {
    var webp = Samples.annotatedWebP()
    webp[20] |= 0x02
    #expect(await refusal(webp) == .format)
  }

  @Test("More bytes than an upload may have are not looked at")
  func bytes() async {
    #expect(await refusal(Samples.encoded(.png) + [UInt8](repeating: 0, count: 2 << 20)) == .tooManyBytes)
  }

  @Test(
    "What is no picture is refused",
    arguments: [
      "", "hello", "<html><script>alert(1)</script></html>", "BM\u{0}\u{0}", "%PDF-1.7", "\u{89}PNG",
    ])
  func noPicture(text: String) async { #expect(await refusal(Array(text.utf8), .logo) == .format) }

  @Test("Drawings and icon files are for logos and favicons alone")
  func uses() async {
    let drawing = Array("<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h8v8z'/></svg>".utf8)
    for use in PictureUse.allCases {
      #expect(await refusal(drawing, use) == ([.logo, .favicon].contains(use) ? nil : .format))
    }
    #expect(await refusal(icon(), .favicon) == nil)
    #expect(await refusal(icon(), .logo) == .format)
  }

  private func icon(offset: Int = 22) -> [UInt8] {
    let png = Samples.encoded(.png)
    return [0, 0, 1, 0, 1, 0, 64, 32, 0, 0, 1, 0, 32, 0] + Samples.big32(png.count).reversed()
      + Samples.big32(offset).reversed() + png
  }

  @Test("An icon file whose directory leads outside it is refused", arguments: [0, 21, 23, 100_000, 0x7FFF_FFFF])
  func icons(offset: Int) async { #expect(await refusal(icon(offset: offset), .favicon) == .damaged) }

  @Test("A picture that is cut short is refused, wherever it is cut", arguments: [ImageFormat.png, .jpeg, .webp])
  func truncated(format: ImageFormat) async {
    let whole = Samples.encoded(format)
    for end in stride(from: 16, to: whole.count - 1, by: max(1, whole.count / 60)) {
      #expect(await refusal(Array(whole[..<end])) == .damaged, "\(end) of \(whole.count) bytes")
    }
  }

  /// `LATCHKEY_FUZZ` sets how many, `LATCHKEY_FUZZ_SEED` which.
  @Test("Whatever is done to a file, it becomes a picture or is refused", arguments: Samples.photographs)
  func mutated(format: ImageFormat) async {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["LATCHKEY_FUZZ"].flatMap { Int($0) } ?? 1500
    var state = environment["LATCHKEY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
    let plain = Samples.encoded(format)
    let seeds =
      switch format {
      case .jpeg: [plain, Samples.photograph(orientation: 6)]
      case .png: [plain, Samples.annotatedPNG(orientation: 3)]
      case .webp: [plain, Samples.annotatedWebP(orientation: 8)]
      default: [plain]
      }
    var refused = 0
    for _ in 0..<count {
      var bytes = seeds[random(seeds.count)]
      for _ in 0...random(6) {
        guard !bytes.isEmpty else { break }
        let at = random(bytes.count)
        switch random(5) {
        case 0: bytes[at] ^= 1 << UInt8(random(8))
        case 1: bytes[at] = UInt8(random(256))
        case 2: bytes[at] = 0xFF
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + random(20)))
        default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random(40))], at: random(bytes.count))
        }
      }
      if await refusal(bytes) != nil { refused += 1 }
    }
    #expect(refused > count / 10)
  }
}

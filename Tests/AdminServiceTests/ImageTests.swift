import Foundation
import LatchkeyProtocol
import Pictures
import ServiceWorld
import Testing

@Suite("Images")
struct ImageTests {
  let world: World
  let ada: Browser
  let user: User
  /// A picture of 512 × 512 pixels.
  let file: Data

  init() async throws {
    world = try await World()
    var browser = Browser(world)
    user = try await browser.setUp()
    ada = browser
    file = Data(try #require(NeutralPicture.picture).bytes)
    await world.keepNeutralPicture()
  }

  private func shown(
    _ slot: ImageSlot, small: Bool = false, known: String? = nil, as call: Call? = nil
  ) async throws -> Auth.GetImage.Response {
    try await world.auth.send(Auth.GetImage(slot: slot, small: small, knownVersion: known), call ?? world.call())
  }

  private func put(_ slot: ImageSlot?, _ bytes: Data, id: RequestID = RequestID()) async throws
    -> Admin.PutImage.Response
  {
    try await world.admin.send(Admin.PutImage(slot: slot, body: .file(parts: 0, rest: bytes)), ada.call(id: id))
  }

  private func version(_ answer: Auth.GetImage.Response) -> String? {
    if case .image(let image) = answer { image.version } else { nil }
  }

  /// Whether the store has as many rows.
  private func has(_ count: Int, _ rows: String) async -> Bool {
    let check = "DO $$ BEGIN ASSERT (SELECT count(*) FROM \(rows)) = \(count); END $$"
    return (try? await world.sql(check)) != nil
  }

  private func has(_ count: Int, entries event: AuditEvent) async -> Bool {
    await has(count, "audit_log WHERE event = '\(event.rawValue)'")
  }

  @Test("a picture is stored twice, noted with its person, recorded once, and repeated without another entry")
  func own() async throws {
    let id = RequestID()
    guard case .stored(let version) = try await put(nil, file, id: id) else {
      Issue.record("it was not stored")
      return
    }
    #expect(try await put(nil, file, id: id) == .stored(version: version))
    #expect(try await put(nil, file) == .stored(version: version), "the same picture is the same version")
    #expect(await has(1, entries: .imageUpdated))
    guard case .signedIn(let told, _) = try await world.auth.send(Auth.CurrentSession(), ada.call()) else { return }
    #expect(told.pictureVersion == version)
    #expect(self.version(try await shown(.person(user.id))) == version)
    guard case .image(let small) = try await shown(.person(user.id), small: true) else { return }
    #expect(small.version == version && small.bytes.count < file.count)
    #expect(try await shown(.person(user.id), known: version) == .unchanged(version: version))

    #expect(try await world.admin.send(Admin.DeleteImage(slot: nil), ada.call()) == .deleted)
    #expect(try await world.admin.send(Admin.DeleteImage(slot: nil), ada.call()) == .deleted)
    #expect(await has(1, entries: .imageDeleted), "what is gone is not taken away again")
    #expect(self.version(try await shown(.person(user.id))) != nil, "there always is a picture")
  }

  @Test("without a picture of one's own there is the operator's, then a neutral one; nobody looks like anybody")
  func fallback() async throws {
    let nobody = UserID(UUID())
    let neutral = try await shown(.person(user.id))
    #expect(try await shown(.person(nobody)) == neutral)
    guard case .stored(let version) = try await put(.application(.defaultProfilePicture), file) else { return }
    #expect(self.version(try await shown(.person(user.id), small: true)) == version)
    #expect(self.version(try await shown(.person(nobody))) == version)
  }

  @Test("only administrators change others' images, and see the default picture by itself")
  func rights() async throws {
    let slots: [ImageSlot] = [.person(user.id), .clientLogo(client: "x", dark: false), .application(.background)]
    try await world.sql("UPDATE users SET is_admin = false")
    for slot in slots {
      #expect(try await put(slot, file) == .denied(.notAdministrator))
      #expect(try await world.admin.send(Admin.DeleteImage(slot: slot), ada.call()) == .denied(.notAdministrator))
      #expect(try await world.admin.send(Admin.DeleteImage(slot: slot), world.call()) == .denied(.notSignedIn))
    }
    #expect(
      try await world.admin.send(Admin.PrepareLogo(address: "x", dark: false), ada.call()) == .denied(.notAdministrator)
    )
    #expect(try await shown(.application(.defaultProfilePicture)) == .notSignedIn)
    #expect(try await shown(.application(.defaultProfilePicture), as: ada.call()) == .notAdministrator)
    guard case .stored = try await put(nil, file) else {
      Issue.record("one's own picture is one's own")
      return
    }
  }

  @Test("images of nobody and of no app are not kept")
  func owners() async throws {
    #expect(try await put(.person(UserID(UUID())), file) == .notFound)
    #expect(try await put(.clientLogo(client: "nothing", dark: true), file) == .notFound)
    #expect(await has(0, "images WHERE name NOT LIKE 'neutral/%'"))
  }

  @Test("an app's logos are noted with it, the light one stands in for the dark one, and both go with the app")
  func logos() async throws {
    let (client, _) = try await ada.createClient(.init(name: "Grafana", callbackURLs: ["https://g.example.com/cb"]))
    #expect(client.logos == nil)
    let (light, dark) = (
      ImageSlot.clientLogo(client: client.id, dark: false), ImageSlot.clientLogo(client: client.id, dark: true)
    )
    #expect(try await shown(light) == .notFound)
    guard case .stored(let version) = try await put(light, file) else { return }
    #expect(self.version(try await shown(dark)) == version)
    guard case .client(let told) = try await world.admin.send(Admin.GetClient(id: client.id), ada.call()) else {
      return
    }
    #expect(told.logos == LogoVersions(light: version, dark: nil))
    #expect(try await world.admin.send(Admin.DeleteClient(id: client.id), ada.call()) == .deleted)
    #expect(try await shown(light) == .notFound)
  }

  @Test("a file is put together from its parts; without one of them it is incomplete, and others' parts are not ours")
  func parts() async throws {
    let id = RequestID()
    let call = ada.call(id: id)
    let half = file.count / 2
    let body = Admin.ImageBody.file(parts: 1, rest: file.suffix(from: half))
    #expect(try await world.admin.send(Admin.PutImage(slot: nil, body: body), call) == .refused(.incomplete))
    let part = Admin.AddUploadPart(part: 0, bytes: file.prefix(half))
    #expect(try await world.admin.send(part, world.call(id: id)) == .denied(.notSignedIn))
    #expect(try await world.admin.send(part, call) == .kept)
    #expect(try await world.admin.send(part, call) == .kept, "a repeated part is the same part")
    guard case .stored = try await world.admin.send(Admin.PutImage(slot: nil, body: body), call) else {
      Issue.record("it was not put together")
      return
    }
    #expect(try await world.admin.send(Admin.PutImage(slot: nil, body: body), ada.call()) == .refused(.incomplete))
    try await world.sql("UPDATE uploads SET expires_at = now()")
    #expect(try await world.admin.send(Admin.PutImage(slot: nil, body: body), call) == .refused(.incomplete))
  }

  @Test("nobody fills the store with parts")
  func quota() async throws {
    let part = Data(count: Admin.AddUploadPart.largest)
    #expect(try await world.admin.send(Admin.AddUploadPart(part: 3, bytes: part), ada.call()) == .tooMuch)
    #expect(try await world.admin.send(Admin.AddUploadPart(part: 0, bytes: part + [0]), ada.call()) == .tooMuch)
    var answers: [Admin.AddUploadPart.Response] = []
    for _ in 0..<23 {
      answers.append(try await world.admin.send(Admin.AddUploadPart(part: 0, bytes: part), ada.call()))
    }
    #expect(answers.prefix(21).allSatisfy { $0 == .kept } && answers.last == .tooMuch)
  }

  @Test("a person's own picture changes so often in an hour, and no work is done for more")
  func often() async throws {
    guard case .stored = try await put(nil, file) else {
      Issue.record("it was not stored")
      return
    }
    try await world.sql(
      """
      INSERT INTO audit_log (id, event, user_id, actor_id, address, user_agent, data, request_id)
      SELECT gen_random_uuid(), event, user_id, actor_id, '', '', '{}', '\\x00'
      FROM audit_log, generate_series(1, 119) WHERE event = 'IMAGE_UPDATED'
      """)
    #expect(try await put(nil, file) == .tooMany)
    #expect(try await put(nil, Data("hello".utf8)) == .tooMany)
    guard case .stored = try await put(.application(.background), file) else {
      Issue.record("the installation's pictures are no one's own")
      return
    }
  }

  @Test("what is no picture is refused for its reason")
  func refusals() async throws {
    #expect(try await put(nil, Data("hello".utf8)) == .refused(.format))
    #expect(try await put(nil, file.prefix(200)) == .refused(.damaged))
    #expect(try await put(.application(.logoLight), Data("<svg onload='x'/>".utf8)) == .refused(.unsafeDrawing))
    #expect(try await put(nil, Data("<svg/>".utf8)) == .refused(.format))
  }

  @Test("a logo from an address is fetched first and kept by the same request alone")
  func fetched() async throws {
    let (client, _) = try await ada.createClient(.init(name: "Grafana", callbackURLs: ["https://g.example.com/cb"]))
    let call = ada.call()
    let keep = Admin.PutImage(slot: .clientLogo(client: client.id, dark: false), body: .prepared)
    #expect(try await world.admin.send(keep, call) == .refused(.incomplete))
    for address in ["http://127.0.0.1/logo.png", "http://[::1]/", "file:///etc/passwd", "nonsense"] {
      #expect(try await world.admin.send(Admin.PrepareLogo(address: address, dark: false), call) == .downloadFailed)
    }
    #expect(try await world.admin.send(keep, call) == .refused(.incomplete))
  }
}

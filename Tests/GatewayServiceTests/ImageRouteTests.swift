import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Images")
struct ImageRouteTests {
  private let cookie = ["Cookie": "access_token=token"]
  private let version = "9f86d081884c7d65"
  private let id = "0b8f2c1e-6a54-4d0a-9a53-5d2f3b1c7e90"

  private func upload(
    _ client: RawClient, _ method: String, _ path: String, _ file: [UInt8], field: String = "file",
    headers: [String: String] = [:]
  ) async throws -> Reply {
    let own = [
      "Content-Type": "multipart/form-data; boundary=xyz", "Origin": "http://localhost:1411",
      "Sec-Fetch-Site": "same-origin",
    ].merging(cookie) { first, _ in first }.merging(headers) { _, given in given }
    let head = "--xyz\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"a.png\"\r\n\r\n"
    return try await client.send(method, path, own, body: Array(head.utf8) + file + Array("\r\n--xyz--\r\n".utf8))
  }

  @Test("a small file goes in one message, a large one in parts of the same request")
  func parts() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .user(Sample.user))
      services.on(Admin.AddUploadPart.self, .kept)
      services.on(Admin.PutImage.self, .stored(version: version))
      #expect(try await upload(client, "PUT", "/api/users/me/profile-picture", [1, 2, 3]).status == 204)
      #expect(services.asked(Admin.PutImage.self).last?.body == .file(parts: 0, rest: Data([1, 2, 3])))
      #expect(services.asked(Admin.PutImage.self).last?.slot == nil)

      let large = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7) }
      #expect(try await upload(client, "POST", "/api/oidc/clients/grafana/logo?light=false", large).status == 204)
      let parts = services.asked(Admin.AddUploadPart.self)
      guard case .file(let count, let rest) = services.asked(Admin.PutImage.self).last?.body else { return }
      #expect(parts.map(\.part) == [0, 1] && count == 2)
      #expect(parts.reduce(Data()) { $0 + $1.bytes } + rest == Data(large))
      #expect(services.asked(Admin.PutImage.self).last?.slot == .clientLogo(client: "grafana", dark: true))
      let ids = services.calls(Admin.AddUploadPart.self) + services.calls(Admin.PutImage.self).suffix(1)
      #expect(Set(ids.map(\.id)).count == 1)
    }
  }

  @Test("what is refused is told by its code")
  func refusals() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .user(Sample.user))
      services.on(Admin.AddUploadPart.self, .kept)
      let path = "/api/application-images/background"
      for (problem, status, code) in [
        (Admin.ImageProblem.tooManyBytes, 413, "file_too_large"), (.tooManyPixels, 400, "invalid_image"),
        (.format, 415, "file_type_not_supported"), (.damaged, 400, "invalid_image"),
        (.unsafeDrawing, 400, "invalid_image"), (.incomplete, 400, "invalid_image"),
      ] {
        services.on(Admin.PutImage.self, .refused(problem))
        let reply = try await upload(client, "PUT", path, [1])
        #expect(reply.status == status && reply.json["code"]?.string == code)
        #expect(reply.json["details"]?["reason"]?.string == problem.rawValue)
        let namesKinds = reply.json["error"]?.string?.contains("PNG, JPEG, GIF and WebP") == true
        #expect(namesKinds == (problem == .format), "whoever sends another kind is told which are taken")
      }
      services.on(Admin.PutImage.self, .denied(.notAdministrator))
      #expect(try await upload(client, "PUT", path, [1]).status == 403)
      let count = services.asked(Admin.PutImage.self).count
      #expect(try await upload(client, "PUT", path, [UInt8](repeating: 0, count: (2 << 20) + 1)).status == 413)
      #expect(try await upload(client, "PUT", path, []).json["code"] == "invalid_request_body")
      #expect(try await upload(client, "PUT", path, [1], field: "image").json["code"] == "invalid_request_body")
      #expect(try await upload(client, "PUT", path, [1], headers: ["Content-Type": "image/png"]).status == 415)
      let foreign = ["Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"]
      #expect(try await upload(client, "PUT", path, [1], headers: foreign).status == 403)
      #expect(services.asked(Admin.PutImage.self).count == count)
    }
  }

  @Test("an image may be kept for ever under its version's address, and is asked about under any other")
  func caching() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        Auth.GetImage.self, .image(StoredImage(contentType: "image/png", bytes: Data([1, 2]), version: version)))
      let path = "/api/users/\(id)/profile-picture.png"
      let plain = try await client.get(path)
      #expect(plain.status == 200 && plain.body == [1, 2] && plain["ETag"] == "\"\(version)\"")
      #expect(plain["Cache-Control"] == "public, no-cache" && plain["Cross-Origin-Resource-Policy"] == "cross-origin")
      #expect(try await client.get(path + "?v=\(version)")["Cache-Control"] == "public, max-age=31536000, immutable")
      #expect(try await client.get(path + "?v=other&size=small")["Cache-Control"] == "public, no-cache")
      #expect(services.asked(Auth.GetImage.self).map(\.small) == [false, false, true])
      services.on(Auth.GetImage.self, .unchanged(version: version))
      let known = try await client.get(path, ["If-None-Match": "W/\"\(version)\""])
      #expect(known.status == 304 && known.body.isEmpty && known["ETag"] == "\"\(version)\"")
      #expect(services.asked(Auth.GetImage.self).last?.knownVersion == version)
    }
  }

  @Test("a drawing is served under a policy that lets it do nothing")
  func drawing() async throws {
    try await withGateway { (services, client) async throws in
      let drawing = StoredImage(contentType: "image/svg+xml", bytes: Data("<svg/>".utf8), version: version)
      services.on(Auth.GetImage.self, .image(drawing))
      let reply = try await client.get("/api/oidc/clients/grafana/logo")
      #expect(
        reply["Content-Security-Policy"]
          == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
      #expect(reply["X-Content-Type-Options"] == "nosniff" && reply.all("Content-Security-Policy").count == 1)
    }
  }

  @Test("where there is no image, apps have none and the installation has Latchkey's mark")
  func missing() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.GetImage.self, .notFound)
      #expect(try await client.get("/api/oidc/clients/grafana/logo").json["code"] == "image_not_found")
      #expect(try await client.get("/api/application-images/background").status == 404)
      for path in ["/api/application-images/logo", "/api/application-images/favicon"] {
        #expect(try await client.get(path)["Content-Type"] == "image/svg+xml")
      }
      #expect(try await client.get("/api/oidc/clients/grafana/logo?light=maybe").status == 400)
      services.on(Auth.GetImage.self, .notAdministrator)
      #expect(try await client.get("/api/application-images/default-profile-picture", cookie).status == 403)
    }
  }

  @Test("a logo from an address is fetched before the app is made; where it cannot be had, none is made")
  func fetched() async throws {
    try await withGateway { (services, client) async throws in
      let body: JSONValue = ["name": "Grafana", "callbackURLs": [], "darkLogoUrl": "https://example.com/logo.svg"]
      for (answer, code) in [
        (Admin.PrepareLogo.Response.downloadFailed, "logo_download_failed"),
        (.typeNotSupported, "logo_type_not_supported"), (.tooLarge, "logo_too_large"),
      ] {
        services.on(Admin.PrepareLogo.self, answer)
        let reply = try await client.post("/api/oidc/clients", body, cookie)
        #expect(reply.status == 422 && reply.json["code"]?.string == code)
      }
      #expect(services.asked(Admin.CreateClient.self).isEmpty)
      services.on(Admin.PrepareLogo.self, .prepared)
      services.on(Admin.CreateClient.self, .created(Sample.client))
      services.on(Admin.PutImage.self, .stored(version: version))
      let reply = try await client.post("/api/oidc/clients", body, cookie)
      #expect(reply.status == 201 && reply.json["hasDarkLogo"] == true && reply.json["hasLogo"] == false)
      #expect(services.asked(Admin.PutImage.self).map(\.body) == [.prepared])
    }
  }

  @Test("the accent's stylesheet is served while an accent is chosen")
  func theme() async throws {
    try await withGateway { (services, client) async throws in
      let settings = ApplicationSettings(chosen: ["accentColor": "#3b82f6"])
      services.on(Auth.GetAppearance.self, Auth.Appearance(settings: settings, images: [:]))
      let sheet = try await client.get("/static/theme.css")
      #expect(
        sheet.status == 200 && sheet["Content-Type"] == "text/css; charset=utf-8" && sheet.text.contains("--accent:"))
      #expect(sheet["Cache-Control"] == "no-cache")
      let address = try #require(Accent("#3b82f6")).url
      #expect(try await client.get(address)["Cache-Control"] == "public, max-age=31536000, immutable")
    }
    try await withGateway { (services, client) async throws in
      services.on(Auth.GetAppearance.self, Auth.Appearance(settings: ApplicationSettings(), images: [:]))
      #expect(try await client.get("/static/theme.css").status == 404)
    }
  }
}

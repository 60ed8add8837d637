import Encodings
import Foundation
import OIDCFacts
import OIDCRules
import Testing
import TestKit

@Suite("Fuzz")
struct FuzzTests {
  @Test("the redirect URI parser never crashes, keeps its text, and lets through only what cannot be misread")
  func redirectURIs() throws {
    var accepted = 0
    let registered = [Valid.callback, "http://127.0.0.1/cb", "app.immich:///cb"]
    Fuzz.inputs(
      from: [
        Valid.callback, "http://127.0.0.1:51004/cb?x=1", "https://[2001:db8::1]:8443/a%2Fb", "app.immich:///cb",
        "https://user@app.example/", "https://app.example\\@evil.example",
      ],
      [
        "https:", "http:", "//", "/", "\\", "@", ":", "#", "?", "%2f", "%", "..", ".", "[::1]", "127.0.0.1",
        "evil.example",
        "app.example", "javascript:", "\t", "\n", "ä", "%0a", "*", "&", "443", "xn--",
      ]
    ) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let uri = try? RedirectURI(parsing: text) else { return }
      accepted += 1
      #expect(uri.text == text)
      #expect(
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
      #expect((try? RedirectURI(parsing: uri.text)) == uri)
      // What Foundation reads must be what we read, or a browser may go elsewhere than we proved.
      if uri.isHTTP, let other = URLComponents(string: text) {
        #expect(other.user == nil && other.port == uri.port && other.scheme?.lowercased() == uri.scheme)
        let host = other.encodedHost ?? ""
        switch uri.host {
        case .name(let name): #expect(host == name)
        case .ipv4(let address): #expect(host == address)
        case .ipv6(let address): #expect(host == address || host == "[\(address)]")
        case nil: Issue.record("no host in \(text)")
        }
      }
      if uri.proven(by: registered) != nil, !registered.contains(text) {
        #expect(text.hasPrefix("http://127.0.0.1:") && text.hasSuffix("/cb"), "\(text)")
      }
    }
    #expect(accepted > Fuzz.count / 100)
  }

  @Test("the pattern parser and matcher never crash, and no star reaches over the end of its component")
  func patterns() {
    let patterns = ["https://*.app.example/cb/*?a=*", "https://app-*.app.example:*/**/cb"].compactMap {
      try? RedirectPattern(parsing: $0)
    }
    var (parsed, matched) = (0, 0)
    Fuzz.inputs(
      from: [
        "https://*.app.example/cb/*?a=*", "https://app-*.app.example:*/**/cb", "https://x.app.example/cb/y?a=1",
        "https://app-1.app.example:8443/a/b/cb", "*://a.app.example/*", "http*://*.lan:80*/**",
      ],
      [
        "*", "**", "/", "//", "@", "\\", "%2f", "%5C", "..", ".", ":", "?", "&", "=", "#", "app.example",
        "evil.example",
        "https://", "[::1]", "127.0.0.1", "\n", "ä", "xn--",
      ]
    ) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let uri = try? RedirectURI(parsing: text)
      if let pattern = try? RedirectPattern(parsing: text) {
        parsed += 1
        _ = pattern.doubt
        // RFC 3986 §3.2: the authority ends with a slash or a question mark.
        let authority = text.components(separatedBy: "://").dropFirst().first?.prefix { $0 != "/" && $0 != "?" }
        #expect(authority?.contains("@") != true, "\(text)")
        // Harmless addresses for it to be tried on, and one for which it must never be.
        for address in ["https://x.app.example/cb/y?a=1", "http://a.lan:8080/", "https://app.example/"] {
          guard let other = try? RedirectURI(parsing: address) else { continue }
          _ = pattern.matches(other)
          _ = RedirectURIComparison(arrived: address, registered: text, patterns: .imported)
        }
      }
      guard let uri, patterns.contains(where: { $0.matches(uri) }) else { return }
      matched += 1
      guard case .name(let host) = uri.host else {
        Issue.record("an address matched: \(text)")
        return
      }
      #expect(host.hasSuffix(".app.example") && host.split(separator: ".").count == 3, "\(text)")
      #expect(uri.scheme == "https" && !uri.path.lowercased().contains("%2f"), "\(text)")
      #expect(uri.path.hasPrefix("/cb/") || uri.path.hasSuffix("/cb"), "\(text)")
    }
    #expect(parsed > Fuzz.count / 100 && matched > Fuzz.count / 1000)
  }

  @Test("the claims parameter never crashes, and what is kept of it is read the same")
  func claims() {
    var accepted = 0
    Fuzz.inputs(
      from: [
        #"{"id_token":{"acr":{"essential":true,"values":["phr"]},"sub":{"value":"u"}},"userinfo":{"name":null}}"#,
        #"{"userinfo":{"email":{"essential":true},"groups":null},"x":1}"#,
      ],
      [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "\"essential\"", "\"values\":[", "\"value\":", "\"acr\":",
        "\"userinfo\":", "1",
      ]
    ) { bytes in
      guard let checked = try? Valid.check(["claims": String(decoding: bytes, as: UTF8.self)]),
        let claims = checked.claims
      else { return }
      accepted += 1
      guard let stored = claims.stored else { return }
      let again = ClaimsParameter(stored: stored)
      #expect(again?.idToken == claims.idToken && again?.userInfo == claims.userInfo)
    }
    #expect(accepted > Fuzz.count / 100)
  }

  @Test("the authorization endpoint never crashes, and never redirects to what is not registered")
  func authorizationRequests() throws {
    let seed = Form.encode(Valid.parameters.map { FormField($0.0, $0.1) })
    var passed = 0
    Fuzz.inputs(
      from: [seed, seed + "&prompt=none&max_age=1", seed + "&claims=%7B%7D&response_mode=form_post"],
      [
        "&", "=", "client_id=app", "redirect_uri=", "https%3A%2F%2Fevil.example", "%40", "state=", "scope=",
        "prompt=login", "response_mode=fragment", "response_mode=form_post", "%22acr%22", "%7B%22essential%22%3Atrue",
        "request=x", "response_type=code", "code_challenge_method=plain", "max_age=-1", "claims=%7B", "%0a", "%00",
      ]
    ) { bytes in
      guard let form = try? FormParameters(formEncoded: bytes) else { return }
      do throws(AuthorizationRefusal) {
        let checked = try AuthorizationRequest(form).checked(for: Valid.client())
        passed += 1
        #expect(checked.redirectURI.text == Valid.callback)
        let delivery = AuthorizationResponse.success(for: checked, code: "c", issuer: Valid.issuer)
        expectDelivery(delivery, first: FormField("code", "c"))
      } catch {
        guard let delivery = AuthorizationResponse.failure(error, issuer: Valid.issuer) else { return }
        expectDelivery(delivery, first: FormField("error", error.error.code.rawValue))
      }
    }
    #expect(passed > 0)
  }

  /// Whatever was sent: to the registered address, and first what we say.
  private func expectDelivery(_ delivery: AuthorizationDelivery, first: FormField) {
    switch delivery {
    case .redirect(let location):
      let begin = location.dropFirst(Valid.callback.count)
      #expect(location.hasPrefix(Valid.callback) && (begin.hasPrefix("?") || begin.hasPrefix("#")))
      #expect(begin.dropFirst().hasPrefix("\(first.name)=\(first.value)&"))
      #expect(begin.dropFirst().utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    case .formPost(let url, let fields): #expect(url == Valid.callback && fields.first == first)
    }
  }

  @Test("the JWT verifier never crashes, and believes only the token that was signed")
  func tokens() throws {
    let key = try SigningKey.generate(.es256, id: "ec-1")
    let signed = try JWS.sign(["sub": "user-1", "exp": 1_800_000_000], type: "JWT", with: key)
    let none = Base64URL.encode(Array(#"{"alg":"none","kid":"ec-1","typ":"JWT"}"#.utf8))
    Fuzz.inputs(
      from: [signed, signed, signed.split(separator: ".").dropFirst().reduce(none) { "\($0).\($1)" }],
      [".", "=", "e30", "W10", none, "-", "_", "A", "eyJhbGciOiJub25lIn0"]
    ) { bytes in
      let token = String(decoding: bytes, as: UTF8.self)
      guard (try? JWS.verify(token, type: "JWT", keys: [key.verificationKey])) != nil else { return }
      #expect(token == signed)
    }
  }

  @Test("the Basic header reader and the token endpoint never crash")
  func tokenRequests() throws {
    let seed = "grant_type=authorization_code&code=c&redirect_uri=x&client_id=app&client_secret=y"
    Fuzz.inputs(
      from: [seed, "Basic YXBwOnNlY3JldA==", "Bearer x"], ["&", "=", "Basic ", "YXBw", "Og==", "client_id=", "%", "+"]
    ) {
      bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let form = try? FormParameters(formEncoded: bytes) else { return }
      for headers in [[], [text]] {
        let request = TokenRequest(ReceivedForm(authorization: headers, form: form, hasQuery: false))
        if let checked = try? request.checked() {
          #expect((try? checked.credentials.authenticated(by: Valid.credentials, now: Valid.start)) == nil)
        }
        _ = try? IntrospectionRequest(ReceivedForm(authorization: headers, form: form, hasQuery: false)).checked()
        _ = try? RevocationRequest(ReceivedForm(authorization: headers, form: form, hasQuery: false)).checked()
      }
    }
  }
}

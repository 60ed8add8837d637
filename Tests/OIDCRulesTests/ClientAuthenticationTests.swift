import Foundation
import OIDCFacts
import OIDCRules
import Testing

@Suite("Client authentication")
struct ClientAuthenticationTests {
  private func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

  private func read(_ authorization: [String], _ form: String) throws -> PresentedCredentials {
    try PresentedCredentials.read(authorization: authorization, form: FormParameters(formEncoded: form))
  }

  private func error(_ authorization: [String], _ form: String) throws -> OAuthError? {
    do {
      _ = try read(authorization, form)
      return nil
    } catch let error as OAuthError {
      return error
    }
  }

  private func authenticates(
    _ authorization: [String], _ form: String, _ client: ClientCredentials? = Valid.credentials, now: Date = Valid.start
  ) throws -> AuthenticatedClient? {
    try? read(authorization, form).authenticated(by: client, now: now)
  }

  // MARK: reading

  @Test("each method is told from the others")
  func methods() throws {
    #expect(try read([basic("app:x")], "").method == .clientSecretBasic)
    #expect(try read(["bAsIc " + Data("app:x".utf8).base64EncodedString()], "").method == .clientSecretBasic)
    #expect(try read([], "client_id=app&client_secret=x").method == .clientSecretPost)
    #expect(try read([], "client_id=app").method == .none)
    #expect(try read([], "client_id=app&client_secret=").method == .none)
    #expect(try read([basic("app:")], "").method == .none)
  }

  @Test("Basic's halves are form-decoded (RFC 6749 §2.3.1); only the first colon parts them")
  func formDecoded() throws {
    let tricky = "p@ss:w%rd+ ä&="
    let client = ClientCredentials(
      id: "a:b c", isPublic: false, secrets: [StoredSecret(id: "s", hash: StoredSecret.hash(tricky))])
    let header = basic("a%3Ab+c:p%40ss:w%25rd%2B+%C3%A4%26%3D")
    #expect(try authenticates([header], "", client)?.secretID == "s")
  }

  @Test("client_id in the body beside Basic is allowed when it is the same")
  func bodyIDBesideBasic() throws {
    #expect(try read([basic("app:x")], "client_id=app").clientID == "app")
    let error = try #require(try error([basic("app:x")], "client_id=other"))
    #expect(error.code == .invalidRequest && error.description.contains("not the one in the Authorization header"))
  }

  @Test("more than one method is refused (RFC 6749 §2.3)")
  func oneMethod() throws {
    let sentence = "The client used more than one authentication method."
    for (headers, form) in [
      ([basic("app:x")], "client_id=app&client_secret=y"),
      ([basic("app:")], "client_id=app&client_secret=x"),
      ([basic("app:x")], "client_assertion=a.b.c"), ([], "client_id=app&client_secret=x&client_assertion=a.b.c"),
    ] {
      #expect(try error(headers, form) == OAuthError(.invalidRequest, sentence))
    }
    let twice = OAuthError(.invalidRequest, "There are two Authorization headers.")
    #expect(try error([basic("app:x"), basic("app:x")], "") == twice)
  }

  @Test("the same secret by header and body at once is the header's")
  func sameSecretTwice() throws {
    let credentials = try read([basic("app:x")], "client_id=app&client_secret=x")
    #expect(credentials.method == .clientSecretBasic && credentials.clientID == "app" && credentials.secret == "x")
    #expect(try read([basic("app:x")], "client_secret=x").clientID == "app")
    #expect(try error([basic("app:x")], "client_id=other&client_secret=x")?.code == .invalidRequest)
  }

  @Test("a secret whose plus came unencoded is recognised, for the log alone")
  func unencodedPlus() throws {
    let credentials = try read([basic("app:a+b")], "")
    #expect(credentials.secret == "a b" && credentials.withPluses?.secret == "a+b")
    #expect(try read([basic("app:a%2Bb")], "").withPluses == nil)
    #expect(try read([], "client_id=app&client_secret=a+b").withPluses == nil)
  }

  @Test(
    "what cannot be read is a failed authentication, with a challenge",
    arguments: [
      ("Bearer abc", "", "is not of the Basic scheme"), ("Basic", "", "is not of the Basic scheme"),
      ("Basic !!!", "", "is not base64"), ("Basic YXBw", "", "is not base64 of an id, a colon"),
      ("Basic Onh4", "", "is empty or too long"), ("Basic YXBwOiU=", "", "have to be form-encoded"),
      ("Basic /zo=", "", "have to be form-encoded"), ("Basic YXBwOng\u{0}=", "", "is not base64"),
    ])
  func unreadable(_ header: String, _ form: String, _ sentence: String) throws {
    let error = try #require(try error([header], form))
    #expect(error.code == .invalidClient && error.answer == .basicChallenge)
    #expect(error.description.contains(sentence))
  }

  @Test("no client at all, and an assertion, are failed authentications")
  func neither() throws {
    #expect(try error([], "") == OAuthError(.invalidClient, "The request names no client."))
    #expect(try error([], "client_assertion=a") == OAuthError(.invalidClient, "Client assertions are not supported."))
    #expect(
      try error([], "client_assertion_type=a&client_id=app")
        == OAuthError(.invalidClient, "Client assertions are not supported."))
  }

  @Test("id and secret are bounded, and neither may be sent twice")
  func bounds() throws {
    let long = String(repeating: "a", count: Limits.clientSecret + 1)
    #expect(try error([], "client_id=app&client_secret=\(long)")?.code == .invalidRequest)
    #expect(try error([basic("app:\(long)")], "")?.code == .invalidClient)
    #expect(
      try error([basic(String(repeating: "%41", count: 9000))], "")?.description
        == "The Authorization header is too long.")
    #expect(
      try error([], "client_id=app&client_id=app")?.description == "The parameter 'client_id' was sent more than once.")
  }

  @Test("credentials never print their secret")
  func redacted() throws {
    let credentials = try read([], "client_id=app&client_secret=hunter2hunter2")
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect(!"\(credentials) \(String(reflecting: credentials)) \(dumped)".contains("hunter2"))
  }

  // MARK: verifying

  @Test("the right secret authenticates by either method, and says which secret it was")
  func right() throws {
    #expect(try authenticates([basic("app:\(Valid.secret)")], "")?.secretID == "s1")
    let client = try #require(try authenticates([], "client_id=app&client_secret=\(Valid.secret)"))
    #expect(client.id == "app" && client.secretID == "s1" && client.method == .clientSecretPost)
  }

  @Test("everything else is refused in the same words: a stranger learns nothing")
  func wrong() throws {
    let expired = ClientCredentials(
      id: "app", isPublic: false,
      secrets: [StoredSecret(id: "s1", hash: StoredSecret.hash(Valid.secret), expiresAt: Valid.start)])
    let empty = ClientCredentials(
      id: "app", isPublic: false, secrets: [StoredSecret(id: "s1", hash: StoredSecret.hash(""))])
    let other = ClientCredentials(id: "other", isPublic: true, secrets: [])
    let bare = ClientCredentials(id: "app", isPublic: false, secrets: [])
    let right = "client_id=app&client_secret=\(Valid.secret)"
    for (form, client) in [
      ("client_id=app&client_secret=wrong", Valid.credentials),
      ("client_id=app&client_secret=\(Valid.secret)x", Valid.credentials),
      ("client_id=app", Valid.credentials), ("client_id=app", empty), (right, nil), (right, expired), (right, other),
      (right, bare), ("client_id=APP&client_secret=\(Valid.secret)", Valid.credentials),
    ] as [(String, ClientCredentials?)] {
      let presented = try read([], form)
      #expect(throws: OAuthError(.invalidClient, "The client is unknown, or its secret is wrong, expired or missing."))
      {
        try presented.authenticated(by: client, now: Valid.start)
      }
    }
  }

  @Test("any of several live secrets will do; an expired one beside them will not")
  func several() throws {
    let client = ClientCredentials(
      id: "app", isPublic: false,
      secrets: [
        StoredSecret(id: "old", hash: StoredSecret.hash("old-secret"), expiresAt: Valid.start),
        StoredSecret(id: "new", hash: StoredSecret.hash("new-secret"), expiresAt: Valid.start.addingTimeInterval(1)),
        StoredSecret(id: "last", hash: StoredSecret.hash("last-secret")),
      ])
    #expect(try authenticates([], "client_id=app&client_secret=new-secret", client)?.secretID == "new")
    #expect(try authenticates([], "client_id=app&client_secret=last-secret", client)?.secretID == "last")
    #expect(try authenticates([], "client_id=app&client_secret=old-secret", client) == nil)
  }

  @Test("a secret chosen by a person is kept under the hash key, and verifies only with it")
  func keyed() throws {
    let key = [UInt8](repeating: 7, count: 32)
    let client = ClientCredentials(
      id: "app", isPublic: false,
      secrets: [
        StoredSecret(id: "k", algorithm: .hmacSHA256, hash: StoredSecret.hash("chosen", .hmacSHA256, hashKey: key))
      ])
    let presented = try read([], "client_id=app&client_secret=chosen")
    #expect(try presented.authenticated(by: client, hashKey: key, now: Valid.start).secretID == "k")
    #expect((try? presented.authenticated(by: client, hashKey: [], now: Valid.start)) == nil)
  }

  @Test("a public client has nothing to prove; a secret it sends all the same is ignored")
  func publicClient() throws {
    let client = ClientCredentials(id: "app", isPublic: true, secrets: [])
    for (headers, form) in [([], "client_id=app"), ([], "client_id=app&client_secret=x"), ([basic("app:")], "")] {
      let authenticated = try #require(try authenticates(headers, form, client))
      #expect(authenticated.method == .none && authenticated.secretID == nil)
    }
  }
}

@Suite("Imported secrets")
struct ImportedSecretTests {
  private static let imported = StoredSecret(id: "b", algorithm: .bcrypt, hash: Array("$2a$10$...".utf8))

  private func credentials(_ form: String) throws -> PresentedCredentials {
    try PresentedCredentials.read(authorization: [], form: FormParameters(formEncoded: form))
  }

  @Test("they are compared only where no other fits, and only while they live")
  func candidates() throws {
    let expired = StoredSecret(id: "e", algorithm: .bcrypt, hash: Array("$2a$10$...".utf8), expiresAt: Valid.start)
    let client = ClientCredentials(
      id: "app", isPublic: false, secrets: Valid.credentials.secrets + [Self.imported, expired])
    let wrong = try credentials("client_id=app&client_secret=imported")
    #expect(wrong.slowCandidates(of: client, now: Valid.start) == [Self.imported])
    let right = try credentials("client_id=app&client_secret=\(Valid.secret)")
    #expect(right.slowCandidates(of: client, now: Valid.start) == [])
    #expect(try credentials("client_id=app").slowCandidates(of: client, now: Valid.start) == [])
    #expect(wrong.slowCandidates(of: Valid.credentials, now: Valid.start) == [])
    #expect(wrong.slowCandidates(of: nil, now: Valid.start) == [])
    let open = ClientCredentials(id: "app", isPublic: true, secrets: [Self.imported])
    #expect(wrong.slowCandidates(of: open, now: Valid.start) == [])
  }

  @Test("one authenticates by having been compared, and by nothing else")
  func match() throws {
    let client = ClientCredentials(id: "app", isPublic: false, secrets: Valid.credentials.secrets + [Self.imported])
    let presented = try credentials("client_id=app&client_secret=imported")
    #expect(try presented.authenticated(by: client, slowMatch: "b", now: Valid.start).secretID == "b")
    for match in [nil, "s1", "x"] {
      #expect((try? presented.authenticated(by: client, slowMatch: match, now: Valid.start)) == nil)
    }
    let empty = ClientCredentials(
      id: "app", isPublic: false, secrets: [StoredSecret(id: "b", algorithm: .bcrypt, hash: [])])
    #expect((try? presented.authenticated(by: empty, now: Valid.start)) == nil)
  }
}

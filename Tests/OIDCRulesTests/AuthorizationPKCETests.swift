import OIDCFacts
import OIDCRules
import Testing

@Suite("PKCE in authorization requests")
struct AuthorizationPKCETests {
  private static let none: [String: String?] = ["code_challenge": nil, "code_challenge_method": nil]

  @Test("a confidential client may do without (Linkding does)")
  func optional() throws {
    #expect(try Valid.check(Self.none).challenge == nil)
  }

  @Test("a public client and one with pkceEnabled may not, and are told what to send")
  func required() throws {
    for client in [Valid.client(isPublic: true), Valid.client(pkceEnabled: true)] {
      let refusal = try #require(try Valid.refusal(Self.none, client: client))
      #expect(refusal.error.code == .invalidRequest && !refusal.isPage)
      #expect(refusal.error.description.contains("code_challenge_method=S256"))
    }
  }

  @Test("plain, stated or implied, and unknown methods are refused in a sentence that names S256")
  func plain() throws {
    for method in ["plain", nil, "s256", "S512"] as [String?] {
      let refusal = try #require(try Valid.refusal(["code_challenge_method": method]))
      #expect(refusal.error.code == .invalidRequest)
      #expect(refusal.error.description.contains("code_challenge_method=S256"))
    }
  }

  @Test("a method without a challenge is refused")
  func methodAlone() throws {
    #expect(try #require(try Valid.refusal(["code_challenge": nil])).error.description.contains("is missing beside"))
  }

  @Test(
    "a challenge is exactly the base64url of 32 bytes",
    arguments: [
      String(Valid.challenge.dropLast()), Valid.challenge + "A", Valid.challenge + "=", Valid.verifier + Valid.verifier,
      String(repeating: "+", count: 43), String(Valid.challenge.dropLast()) + "N", String(repeating: "ä", count: 43),
    ])
  func syntax(_ challenge: String) throws {
    let refusal = try #require(try Valid.refusal(["code_challenge": challenge]))
    #expect(refusal.error.description.hasPrefix("The code_challenge is not a SHA-256 in base64url"))
  }
}

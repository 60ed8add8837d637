import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Routes, cookies, targets")
struct SmallRulesTests {
  private func route(_ method: Method, _ template: String) -> Route {
    Route(method, template, .api) { _ in .noContent }
  }

  private func template(_ match: RouteTable.Match) -> String? {
    if case .found(let route, _) = match { route.template } else { nil }
  }

  @Test("a literal path is preferred, parameters are decoded, HEAD is GET")
  func matching() throws {
    let table = RouteTable([route(.get, "/a/:id"), route(.get, "/a/new"), route(.put, "/a/:id")])
    #expect(template(try table.match(.get, "/a/new")) == "/a/new")
    guard case .found(let found, let parameters) = try table.match(.head, "/a/x%20y") else {
      Issue.record("not found")
      return
    }
    #expect(found.template == "/a/:id" && parameters == ["id": "x y"])
    guard case .otherMethod(let methods, _) = try table.match(.delete, "/a/1") else {
      Issue.record("another method was expected")
      return
    }
    #expect(Set(methods) == [.get, .head, .put])
  }

  @Test("a HEAD does not stand for a GET that does something")
  func heads() throws {
    let acting = Route(.get, "/authorize", .page, [.getActs]) { _ in .noContent }
    let table = RouteTable([acting, route(.post, "/authorize")])
    #expect(template(try table.match(.get, "/authorize")) == "/authorize")
    guard case .otherMethod(let methods, _) = try table.match(.head, "/authorize") else {
      Issue.record("another method was expected")
      return
    }
    #expect(Set(methods) == [.get, .post])
    let served = Gateway.routes.filter { $0.traits.contains(.getActs) }.map(\.template)
    #expect(Set(served) == ["/authorize", "/api/oidc/end-session"])
  }

  @Test("an empty parameter and an unknown path match nothing; a malformed one is refused")
  func mismatch() throws {
    let table = RouteTable([route(.get, "/a/:id")])
    #expect(template(try table.match(.get, "/a/")) == nil)
    #expect(template(try table.match(.get, "/a/b/c")) == nil)
    #expect(throws: Refusal.self) { try table.match(.get, "/a/%FF") }
    #expect(throws: Refusal.self) { try table.match(.get, "/a/%00") }
  }

  @Test("no two routes share method and path")
  func unique() {
    let names = Gateway.routes.map { "\($0.method) \($0.template)" }
    #expect(Set(names).count == names.count)
  }

  @Test("cookies carry __Host- where the site is https")
  func names() {
    #expect(CookieNames(isSecure: true).session == "__Host-access_token")
    let ceremony = CookieNames(isSecure: true).ceremony(.signIn, challenge: "AAAABBBBCCCCDDDD", begun: Sample.date)
    #expect(ceremony == "__Host-session-sign-in-1790000000000-AAAABBBBCCCC")
    #expect(CookieNames(isSecure: false).browser == "browser")
  }

  @Test("a set cookie has every attribute, and Secure where the site is https")
  func setCookie() {
    let secure = SetCookie("__Host-x", Secret("v"), maxAge: 60, isSecure: true).header
    #expect(secure.hasPrefix("__Host-x=v; Path=/; Max-Age=60; Expires="))
    #expect(secure.hasSuffix(" GMT; HttpOnly; SameSite=Lax; Secure"))
    #expect(!secure.contains("Domain"))
    let gone = SetCookie("x", Secret(""), maxAge: 0, isSecure: false).header
    #expect(gone == "x=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax")
  }

  @Test("of two cookies of one name the first counts; what is no token is none")
  func reading() {
    let long = String(repeating: "n", count: Limits.name + 1)
    let cookies = Cookies([
      .cookie: "a=1; b=2; a=3;broken; c=\"x\"; d= ; \(long)=1; e=\(String(repeating: "x", count: 5000))"
    ])
    #expect(cookies[long] == nil && cookies["e"]?.count == Limits.name)
    #expect(cookies["a"] == "1" && cookies["b"] == "2")
    #expect(cookies.token("a") == Secret("1"))
    for name in ["c", "d", "e", "f"] { #expect(cookies.token(name) == nil) }
  }
}

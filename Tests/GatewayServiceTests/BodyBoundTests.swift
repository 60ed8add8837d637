import Encodings
import GatewayService
import Testing

@Suite("What a form or a JSON body may have")
struct BodyBoundTests {
  @Test("a form's refusal is a sentence that names the parameter, in 64 bytes at most")
  func sentences() {
    #expect(
      Form.Problem.unreadable(.named("state"), .invalidUTF8).sentence
        == "The parameter state is not valid percent-encoded UTF-8.")
    #expect(
      Form.Problem.unreadable(.named(String(repeating: "n", count: 100)), .malformedEscape).sentence
        == "The parameter \(String(repeating: "n", count: 64)) is not valid percent-encoded UTF-8.")
    #expect(
      Form.Problem.unreadable(.number(2), .controlCharacter).sentence
        == "The parameter number 2 is not valid percent-encoded UTF-8.")
    #expect(Form.Problem.tooManyFields.sentence == "There are more than 256 parameters.")
    #expect(Form.Problem.nameTooLong.sentence == "A parameter's name is longer than 128 bytes.")
  }

  @Test("a body's member has a name of 128 bytes at most, 32 levels around it, and no more bytes than a body")
  func json() throws {
    #expect(JSONBounds.body == JSONBounds(bytes: 64 * 1024, depth: 32, name: 128))
    let longest = String(repeating: "n", count: Limits.name)
    #expect(try JSONValue(json: "{\"\(longest)\":1}", .body)[longest] == 1)
    #expect(throws: JSONRefusal.self) { try JSONValue(json: "{\"\(longest)n\":1}", .body) }
  }
}

import HTTPTypes
import Hummingbird
package import LatchkeyProtocol
import NIOCore

extension Exchange {
  /// Whether anything follows the request's head (RFC 9112 §6.3).
  var hasBody: Bool {
    request.headers[.transferEncoding] != nil || (request.headers[.contentLength].map { $0 != "0" } ?? false)
  }

  /// The media type without its parameters, in lower case.
  private var mediaType: String? {
    contentType.map { String($0.prefix { $0 != ";" }).trimmingBlanks.lowercased() }
  }

  private var contentType: String? { request.headers[.contentType]?.prefix(bytes: Limits.headerWords) }

  /// The body's bytes.
  /// - Throws: ``Refusal`` with 413 above the limit, 408 when it arrives too slowly.
  private func bytes(upTo limit: Int) async throws -> [UInt8] {
    guard hasBody else { return [] }
    // What is too long for a number is too long for us.
    if let length = request.headers[.contentLength], Int(length).map({ $0 > limit }) ?? true {
      throw Refusal.tooLarge(limit)
    }
    do {
      return Array(try await request.body.collect(upTo: limit).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw Refusal.tooLarge(limit)
    } catch is ConnectionGuard.BodyTooSlow {
      throw Refusal(.requestTimeout, "timed_out", "The body did not arrive in time.", closes: true)
    }
  }

  /// Only a JSON content type is taken: a form of another site cannot send one.
  private func requireJSON() throws(Refusal) {
    guard let type = mediaType,
      type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    else {
      throw Refusal(
        .unsupportedMediaType, "unsupported_media_type", "Send the body as application/json.", closes: true)
    }
  }

  /// A JSON body as text, for a service that reads it itself: a passkey's answer.
  package func jsonText() async throws -> String {
    JSONText.text(try await jsonValue())
  }

  package func json() async throws -> JSONFields { try JSONFields(try await jsonValue()) }

  /// A JSON body that may be left out.
  package func optionalJSON() async throws -> JSONFields {
    try await hasBody ? json() : JSONFields([:])
  }

  /// A JSON body of whatever kind.
  package func jsonValue() async throws -> JSONValue {
    guard hasBody else { throw Refusal.body("The request has no body; a JSON object was expected.") }
    try requireJSON()
    let bytes = try await bytes(upTo: Limits.json)
    guard !bytes.isEmpty else { throw Refusal.body("The body is empty; a JSON object was expected.") }
    do {
      return try JSONReader.read(bytes)
    } catch {
      throw Refusal.body(error.sentence)
    }
  }

  /// A form body (RFC 6749 Appendix B), order and duplicates kept.
  package func form() async throws -> [FormField] {
    guard mediaType == "application/x-www-form-urlencoded" else {
      throw Refusal(
        .unsupportedMediaType, "unsupported_media_type", "Send the body as application/x-www-form-urlencoded.",
        closes: hasBody)
    }
    let bytes = try await bytes(upTo: Limits.form)
    do {
      return try Form.parse(bytes)
    } catch {
      throw Refusal.request(error.sentence)
    }
  }

  /// The picture in a form's field `file`.
  package func file() async throws -> [UInt8] {
    guard let boundary = contentType.flatMap(MultipartBody.boundary) else {
      throw Refusal(
        .unsupportedMediaType, "unsupported_media_type", "Send the file as multipart/form-data, in the field file.",
        closes: hasBody)
    }
    let body: [UInt8]
    do {
      body = try await bytes(upTo: Limits.file + Limits.fileFrame)
    } catch let refusal as Refusal where refusal.status == .contentTooLarge {
      throw Refusal.fileTooLarge
    }
    let files: [MultipartBody.Part]
    do {
      files = try MultipartBody(body, boundary: boundary).parts.filter { $0.name == "file" }
    } catch {
      throw Refusal.body(error.sentence)
    }
    guard files.count == 1, let file = files.first, !file.content.isEmpty else {
      throw Refusal.body("The form needs one field file, with a file in it.")
    }
    guard file.content.count <= Limits.file else { throw Refusal.fileTooLarge }
    return Array(file.content)
  }

  /// Whether the body is a form.
  package var bringsForm: Bool { mediaType == "application/x-www-form-urlencoded" }
}

extension String {
  /// Without blanks and tabs at either end.
  fileprivate var trimmingBlanks: String {
    var text = self[...]
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}

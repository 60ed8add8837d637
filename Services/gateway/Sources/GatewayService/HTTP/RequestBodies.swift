package import Encodings
import LatchkeyProtocol
import NIOCore

/// What follows a request's head.
enum RequestPayload: Sendable {
  /// All of it, within ``Limits/body``.
  case bytes([UInt8])
  /// A file, as it arrives. The second is called before the first byte is read: it lets a waiting client begin.
  case stream(RequestBody, @Sendable () -> Void)
}

extension HeaderFields {
  /// Whether anything follows the head of a request (RFC 9112 §6.3).
  var announceBody: Bool {
    self[.transferEncoding] != nil || (self[.contentLength].map { $0 != "0" } ?? false)
  }
}

extension Request {
  var hasBody: Bool { headers.announceBody }

  /// Whether the body is known to be cheap to read to its end.
  var hasSmallBody: Bool { headers[.contentLength].flatMap { Int($0) }.map { $0 <= Limits.leastBody } ?? false }

  /// The body's length, nil if the head does not tell.
  /// - Throws: ``Refusal`` with 413 above the limit.
  func bodyLength(upTo limit: Int) throws(Refusal) -> Int? {
    guard let text = headers[.contentLength] else { return nil }
    // A length that does not fit a number is too long for us.
    guard let length = Int(text), length <= limit else { throw Refusal.tooLarge(limit) }
    return length
  }
}

extension RequestBody {
  /// - Throws: ``Refusal`` with 413 above the limit; otherwise the connection's error.
  func bytes(upTo limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await piece in self {
      guard bytes.count + piece.readableBytes <= limit else { throw Refusal.tooLarge(limit) }
      bytes += piece.readableBytesView
    }
    return bytes
  }
}

extension JSONBounds {
  /// For a client's body: deeper than anything that has a meaning here.
  package static let body = JSONBounds(bytes: Limits.body, depth: 32, name: Limits.name)
}

extension Form.Problem {
  package var sentence: String {
    switch self {
    case .tooManyFields: "There are more than \(Limits.formFields) parameters."
    case .nameTooLong: "A parameter's name is longer than \(Limits.name) bytes."
    case .unreadable(.named(let name), _):
      "The parameter \(name.prefix(bytes: 64)) is not valid percent-encoded UTF-8."
    case .unreadable(.number(let number), _): "The parameter number \(number) is not valid percent-encoded UTF-8."
    }
  }
}

extension Refusal {
  static let bodyTooSlow = Refusal(.requestTimeout, "timed_out", "The body did not arrive in time.", closes: true)

  static let bodyMalformed = Refusal(
    .badRequest, "invalid_request", "The body is not framed as HTTP/1.1 has it.", closes: true)
}

extension Exchange {
  var hasBody: Bool { request.hasBody }

  var bytes: [UInt8] {
    if case .bytes(let bytes) = body { bytes } else { [] }
  }

  /// The media type without its parameters, in lower case.
  private var mediaType: String? {
    contentType.map { String($0.prefix { $0 != ";" }).trimmingBlanks.lowercased() }
  }

  private var contentType: String? { request.headers[.contentType]?.prefix(bytes: Limits.headerWords) }

  /// Only a JSON content type is accepted: another site's form cannot send one.
  private func requireJSON() throws(Refusal) {
    guard let type = mediaType,
      type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    else { throw Refusal(.unsupportedMediaType, "unsupported_media_type", "Send the body as application/json.") }
  }

  /// The members of a JSON body.
  package func json() throws -> JSONFields { try JSONFields(try jsonValue()) }

  /// A JSON body that may be left out.
  package func optionalJSON() throws -> JSONFields { try hasBody ? json() : JSONFields([:]) }

  /// A JSON body of any kind.
  package func jsonValue() throws -> JSONValue {
    guard hasBody else { throw Refusal.body("The request has no body; a JSON object was expected.") }
    try requireJSON()
    guard !bytes.isEmpty else { throw Refusal.body("The body is empty; a JSON object was expected.") }
    do {
      return try JSONValue(json: bytes, .body)
    } catch {
      throw Refusal.body(error.sentence)
    }
  }

  /// A form body (RFC 6749 Appendix B), order and duplicates kept.
  package func form() throws -> [FormField] {
    guard mediaType == "application/x-www-form-urlencoded" else {
      throw Refusal(
        .unsupportedMediaType, "unsupported_media_type", "Send the body as application/x-www-form-urlencoded.")
    }
    do {
      return try Form.fields(bytes, most: Limits.formFields, longestName: Limits.name)
    } catch {
      throw Refusal.request(error.sentence)
    }
  }

  /// Whether the body is a form.
  package var bringsForm: Bool { mediaType == "application/x-www-form-urlencoded" }

  /// The boundary between the form's parts; the form must bring a file, in its field `file`.
  /// - Throws: ``Refusal``: another media type, or more than a file and what surrounds it.
  func fileBoundary() throws(Refusal) -> String {
    guard let boundary = contentType.flatMap(MultipartReader.boundary) else {
      throw Refusal(
        .unsupportedMediaType, "unsupported_media_type", "Send the file as multipart/form-data, in the field file.")
    }
    do {
      _ = try request.bodyLength(upTo: Limits.file + Limits.fileFrame)
    } catch { throw Refusal.fileTooLarge }
    return boundary
  }

  /// Reads the file of a form as it arrives, and hands it on in parts of one size.
  ///
  /// - Parameters:
  ///   - boundary: see ``fileBoundary()``.
  ///   - size: of a part in bytes.
  ///   - hand: receives every part but the last.
  /// - Returns: the last part: 1 to `size` bytes.
  func file(
    _ boundary: String, inPartsOf size: Int, _ hand: ([UInt8]) async throws -> Void
  ) async throws -> [UInt8] {
    var reader = MultipartReader(boundary: boundary)
    var (arrived, length, files) = (0, 0, 0)
    var (isFile, part) = (false, [UInt8]())
    func read(_ bytes: some Sequence<UInt8>) async throws {
      for event in try reader.read(bytes) {
        switch event {
        case .part(let name):
          isFile = name == "file"
          files += isFile ? 1 : 0
        case .content(let bytes) where isFile:
          length += bytes.count
          guard length <= Limits.file else { throw Refusal.fileTooLarge }
          part += bytes
          while part.count > size {
            try await hand(Array(part.prefix(size)))
            part.removeFirst(size)
          }
        case .content: break
        }
      }
    }
    do {
      if case .stream(let body, let askForBody) = body {
        askForBody()
        for try await buffer in body {
          arrived += buffer.readableBytes
          guard arrived <= Limits.file + Limits.fileFrame else { throw Refusal.fileTooLarge }
          try await read(buffer.readableBytesView)
        }
      }
      try reader.finish()
    } catch let malformed as MultipartReader.Malformed {
      throw Refusal.body(malformed.sentence)
    }
    guard files == 1, !part.isEmpty else { throw Refusal.body("The form needs one field file, with a file in it.") }
    return part
  }
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

/// A response (RFC 9110 §6), whole.
package struct Response: Sendable {
  package var status: Status
  package var headers: HeaderFields
  private(set) var body: [UInt8]

  package init(status: Status, headers: HeaderFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// With its length and the current time, as it is sent. A HEAD gets the length that a GET would get (RFC 9110 §8.6).
  func framed(for method: Method) -> Response {
    var response = self
    response.headers[.date] = HTTPDate.now
    response.headers[.contentLength] = status.hasBody ? "\(body.count)" : nil
    if method == .head || !status.hasBody { response.body = [] }
    return response
  }
}

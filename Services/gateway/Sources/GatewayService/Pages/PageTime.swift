package import Foundation

/// A time on a page: written in UTC by the server, then put into the reader's time zone and language by `page.js`.
package struct PageTime: Sendable {
  let iso: String
  let plain: String

  package init(_ date: Date) {
    iso = date.formatted(.iso8601)
    plain = String(iso.prefix(16)).replacing("T", with: " ") + " UTC"
  }
}

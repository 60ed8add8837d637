import Encodings
import Foundation
import LatchkeyWords

/// The files under `/static/`: bytes, media type, and an address that changes with their content.
///
/// All files share one version: scripts import one another by relative address, and one module under two addresses
/// would run twice. Answer a request whose `v` is ``version`` with `Cache-Control: public, max-age=31536000,
/// immutable`, any other with `no-cache` and the version as `ETag`.
package struct StaticAssets: Sendable {
  package struct File: Sendable {
    package let name: String
    package let bytes: [UInt8]
    package let contentType: String
  }

  /// A hash of all files' content, 16 hexadecimal digits.
  package let version: String
  private let files: [String: File]

  /// - Returns: the file that is served as `/static/<name>`; nil if there is none.
  package func file(_ name: String) -> File? { files[name] }

  /// Every file's name, sorted.
  package var names: [String] { files.keys.sorted() }

  /// - Returns: the address to write into a page, such as `/static/app.css?v=6c62272e07bb0142`.
  package func url(_ name: String) -> String? { files[name] == nil ? nil : "/static/\(name)?v=\(version)" }

  init(files sources: [String: [UInt8]], words: [Language: Words]) {
    var contents: [String: [UInt8]] = [:]
    for (name, bytes) in sources where Self.contentType(name) != nil { contents[name] = bytes }
    let keys = contents.filter { $0.key.hasSuffix(".js") }.values.flatMap {
      Self.textKeys(inScript: String(decoding: $0, as: UTF8.self))
    }
    for (language, words) in words {
      contents["text-\(language.tag).js"] = Self.textModule(Set(keys), words)
    }
    let version = Self.version(of: contents)
    self.version = version
    files = Dictionary(
      uniqueKeysWithValues: contents.map { name, bytes in
        let served = name.hasSuffix(".js") ? Self.versioned(bytes, version) : bytes
        return (name, File(name: name, bytes: served, contentType: Self.contentType(name) ?? ""))
      })
  }

  private static func contentType(_ name: String) -> String? {
    switch name.split(separator: ".").last {
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: nil
    }
  }

  /// The keys of the sentences that a script uses: every `text("key"`, and no `getContext("2d"`.
  package static func textKeys(inScript script: String) -> [String] {
    script.matches(of: /(?:^|[^a-zA-Z])text\("([^"]+)"/).map { String($0.1) }
  }

  /// The sentences that scripts use, in one language, as a module: `export default {"toast.copied":"Copied"}`.
  private static func textModule(_ keys: Set<String>, _ words: Words) -> [UInt8] {
    let sentences = words.sentences.filter { keys.contains($0.key) }
    return Array("export default ".utf8) + JSONValue.object(sentences.mapValues(JSONValue.string)).json
      + Array(";\n".utf8)
  }

  /// Gives `from "./x.js"` the version that the page's own script address carries.
  private static func versioned(_ script: [UInt8], _ version: String) -> [UInt8] {
    Array(String(decoding: script, as: UTF8.self).replacingOccurrences(of: ".js\";", with: ".js?v=\(version)\";").utf8)
  }

  /// FNV-1a, 64 bits: tells contents apart, but is no protection.
  private static func version(of contents: [String: [UInt8]]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for (name, bytes) in contents.sorted(by: { $0.key < $1.key }) {
      for byte in Array(name.utf8) + [0] + bytes {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      }
    }
    return Hexadecimal.text(hash)
  }
}

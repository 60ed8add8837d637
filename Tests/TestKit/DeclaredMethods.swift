import Foundation

/// The names of all methods that the message protocol declares, as its source says.
package enum DeclaredMethods {
  /// Sorted; `core` is what every service answers.
  package static func all() throws -> [String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Packages/Protocol")
      .standardized
    guard let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) else { return [] }
    var names: [String] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      names += text.matches(of: /static let method: MethodName = "([^"]+)"/).map { String($0.output.1) }
    }
    return names.sorted()
  }
}

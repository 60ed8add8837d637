package import Encodings
import GatewayResources
import ServiceKit

/// The description of the REST API (OpenAPI 3.1): `openapi.json` and one part per subject, assembled once.
package enum OpenAPIDocument {
  /// A part that is not a JSON object, or repeats what another says: a mistake that the tests find first.
  package struct Problem: Error, CustomStringConvertible {
    package let description: String
  }

  package static let document = Result { try assembled(GatewayResources.files) }

  static let bytes = document.map { $0.json(escaping: .markup) }

  package static func assembled(_ files: [String: [UInt8]]) throws -> JSONValue {
    var root = try object("openapi.json", files)
    var paths: [String: JSONValue] = [:]
    var schemas = root["components"]?["schemas"]?.object ?? [:]
    for name in files.keys.sorted() where name.hasPrefix("openapi-") && name.hasSuffix(".json") {
      let part = try object(name, files)
      try add(part["paths"], to: &paths, name)
      try add(part["components"]?["schemas"], to: &schemas, name)
    }
    var components = root["components"]?.object ?? [:]
    components["schemas"] = .object(schemas)
    var info = root["info"]?.object ?? [:]
    info["version"] = .string(Product.version)
    root["components"] = .object(components)
    root["info"] = .object(info)
    root["paths"] = .object(paths)
    return .object(root)
  }

  private static func object(_ name: String, _ files: [String: [UInt8]]) throws -> [String: JSONValue] {
    guard let bytes = files[name], case .object(let members) = try JSONValue(json: bytes, .own) else {
      throw Problem(description: "\(name) is no JSON object")
    }
    return members
  }

  private static func add(_ part: JSONValue?, to members: inout [String: JSONValue], _ file: String) throws {
    for (name, value) in part?.object ?? [:] {
      guard let known = members[name] else {
        members[name] = value
        continue
      }
      // One path's methods may be split between two parts.
      guard case .object(let first) = known, case .object(let second) = value, name.hasPrefix("/"),
        Set(first.keys).isDisjoint(with: second.keys)
      else { throw Problem(description: "\(file) says again what \(name) is") }
      members[name] = .object(first.merging(second) { first, _ in first })
    }
  }
}

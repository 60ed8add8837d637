import Foundation

/// Vendors' names for authenticator models, by AAGUID: the community's list (Resources/aaguid-names.json names its
/// source).
struct AuthenticatorNames: Sendable {
  /// The AAGUID of an authenticator that does not reveal its model.
  static let unknown = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

  private struct File: Decodable {
    let names: [String: String]
  }

  private let names: [UUID: String]

  init() {
    let file = try? JSONDecoder().decode(File.self, from: Data(PackageResources.aaguid_names_json))
    names = Dictionary(
      (file?.names ?? [:]).compactMap { text, name in UUID(uuidString: text).map { ($0, name) } },
      uniquingKeysWith: { first, _ in first })
  }

  func name(of aaguid: UUID) -> String? { names[aaguid] }
}

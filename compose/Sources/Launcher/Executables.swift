import Foundation

/// Where the service programs are: beside the `latchkey` that runs.
public enum Executables {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// The folder of the running program, links resolved.
  public static var folder: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().path
  }

  public static func path(of service: String, in folder: String = Executables.folder) throws(Failure) -> String {
    let path = "\(folder)/\(service)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure(
        description: "The program \(service) is missing in \(folder); build it with: swift build -c release")
    }
    return path
  }
}

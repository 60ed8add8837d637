// embed-files OUTPUT FILE...: writes Swift source with the files' content, by file name. Text only: literals compile
// many times faster than arrays of bytes do.

import Foundation

func literal(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case " "..."~": result.unicodeScalars.append(scalar)
    default: result += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return result + "\""
}

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else {
  FileHandle.standardError.write(Data("usage: embed-files OUTPUT FILE...\n".utf8))
  exit(64)
}
var source = """
  /// Files compiled into the program, by name. Generated.
  enum Embedded {
    static let files: [String: StaticString] = [

  """
var names: Set<String> = []
for path in arguments.dropFirst() {
  let name = URL(filePath: path).lastPathComponent
  guard names.insert(name).inserted else {
    FileHandle.standardError.write(Data("error: two embedded files are called \(name)\n".utf8))
    exit(65)
  }
  guard let text = String(data: try Data(contentsOf: URL(filePath: path)), encoding: .utf8) else {
    FileHandle.standardError.write(Data("error: \(path) is not UTF-8 text\n".utf8))
    exit(65)
  }
  source += "    \(literal(name)): \(literal(text)),\n"
}
if names.isEmpty { source += "    :\n" }
source += "  ]\n}\n"
try Data(source.utf8).write(to: URL(filePath: output))

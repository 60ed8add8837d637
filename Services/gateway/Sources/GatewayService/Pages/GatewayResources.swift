// A module of its own, so that the files are compiled only when one of them changes, not with every change of the
// gateway.

/// The templates and static files compiled into the program, by file name.
package enum GatewayResources {
  package static let files: [String: [UInt8]] = Embedded.files.mapValues { text in
    text.withUTF8Buffer { Array($0) }
  }
}

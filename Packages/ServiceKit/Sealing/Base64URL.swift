import Foundation
import LatchkeyProtocol

/// Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5).
public enum Base64URL {
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The bytes, or nil where the text has padding, a character outside the alphabet, an impossible length, or left-over bits
  /// that are not zero: one value has one spelling.
  public static func decode(_ text: String) -> [UInt8]? {
    guard text.utf8.allSatisfy(\.isBase64URL), text.utf8.count % 4 != 1 else { return nil }
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: padded) else { return nil }
    let bytes = [UInt8](data)
    return encode(bytes) == text ? bytes : nil
  }
}

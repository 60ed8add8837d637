import Foundation

/// Placeholder coder until the MessagePack coder lands in this folder; same signatures.
public enum MessagePack {
  public static func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] { [UInt8](try JSONEncoder().encode(value)) }
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}

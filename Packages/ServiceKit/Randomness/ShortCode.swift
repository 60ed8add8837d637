/// Codes that people read aloud and type: capital letters and digits without the pairs that look alike.
public enum ShortCode {
  /// 32 characters, five bits each: the digits and capital letters without I, L, O and U.
  public static let alphabet: [Character] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// A code of `length` characters, each of the alphabet equally likely.
  public static func random(length: Int, from randomness: some Randomness) -> String {
    String((0..<length).map { _ in alphabet[randomness.number(below: alphabet.count)] })
  }

  /// A code with one character for each random byte. The alphabet's length divides 256, so all characters are equally
  /// likely: there is no modulo bias.
  public static func spelling(_ bytes: some Sequence<UInt8>) -> String {
    String(bytes.map { alphabet[Int($0) % alphabet.count] })
  }

  /// How long a code must be for its lifetime: six characters up to 15 minutes, twelve beyond.
  public static func length(forLifetime lifetime: Duration) -> Int {
    lifetime <= .seconds(15 * 60) ? 6 : 12
  }

  /// What a person meant: upper case, I and L read as 1, O as 0, spaces and hyphens dropped. The result may still not
  /// be a code.
  public static func normalised(_ typed: String) -> String {
    String(
      typed.uppercased().compactMap { character -> Character? in
        switch character {
        case "I", "L": "1"
        case "O": "0"
        case " ", "-", "\t": nil
        default: character
        }
      })
  }
}

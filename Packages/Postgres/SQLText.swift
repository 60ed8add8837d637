/// Quoting for the few places where a parameter is not allowed: names of roles, databases, channels.
public enum SQLText {
  /// A name, in double quotes.
  public static func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  /// A text, in single quotes; also correct if a session has `standard_conforming_strings` off.
  public static func literal(_ text: String) -> String {
    let quoted = "'" + text.replacing("'", with: "''").replacing("\\", with: "\\\\") + "'"
    return text.contains("\\") ? " E" + quoted : quoted
  }
}

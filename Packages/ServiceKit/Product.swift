/// This release.
public enum Product {
  public static let version = "0.1.0"
  /// The version of Pocket ID whose REST API is spoken: what programs written for it ask for before they do anything.
  public static let apiLevel = "2.14.0"
}

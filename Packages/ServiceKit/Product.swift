/// This release.
public enum Product {
  public static let version = "0.1.0"
  /// The version of Pocket ID whose REST API we implement: programs written for it ask for this before anything else.
  public static let apiLevel = "2.14.0"
}

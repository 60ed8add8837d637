/// How our programs say what happened (sysexits.h where it has a word for it).
public enum ExitStatus {
  /// The work was done, or the program was asked to leave and did.
  public static let success: Int32 = 0
  /// Something broke; trying again may help.
  public static let failure: Int32 = 1
  /// The configuration is wrong (EX_CONFIG): trying again cannot help.
  public static let configuration: Int32 = 78
}

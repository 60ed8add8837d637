import LatchkeyProtocol
import OIDCRules

extension Admin.ClientSettings {
  var tokenProblems: [FieldProblem] {
    var problems: [FieldProblem] = []
    for (field, minutes) in [
      ("accessTokenDurationMinutes", accessTokenDurationMinutes),
      ("refreshTokenDurationMinutes", refreshTokenDurationMinutes),
    ] where !Limits.tokenMinutes.contains(minutes) {
      problems.append(FieldProblem(field, "invalid", "Between 1 and 525,600 minutes."))
    }
    for (field, algorithm) in [
      ("idTokenSignedResponseAlg", idTokenAlgorithm), ("accessTokenSignedResponseAlg", accessTokenAlgorithm),
    ] {
      guard let algorithm, SigningAlgorithm(rawValue: algorithm) == nil else { continue }
      let known = SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
      problems.append(FieldProblem(field, "invalid", "This is none of the algorithms that we sign with: \(known)."))
    }
    return problems
  }
}

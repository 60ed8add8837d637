import LatchkeyProtocol

extension GoldenCatalogue {
  static var firstSteps: [GoldenMessage] {
    [
      .of(
        Admin.GetFirstSteps(),
        answers: .steps(Admin.FirstSteps(done: [.secondWay], skipped: [.firstPerson, .firstApp])),
        .denied(.notAdministrator)),
      .of(
        Admin.SkipFirstSteps(steps: Admin.FirstStep.allCases), answers: .skipped, .denied(.notSignedIn)),
    ]
  }
}

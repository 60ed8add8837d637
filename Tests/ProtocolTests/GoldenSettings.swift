import LatchkeyProtocol

extension GoldenCatalogue {
  static var chosenSettings: [GoldenMessage] {
    let view = Admin.SettingsView(
      settings: ApplicationSettings(chosen: ["appName": "Home", "smtpHost": "mail.example.com"], isFixed: true),
      secrets: ["smtpPassword"])
    return [
      .of(Admin.GetSettings(), answers: .settings(view), .denied(.notAdministrator)),
      .of(
        Admin.UpdateSettings(values: ["appName": "Home"], secrets: ["smtpPassword": Secret("correct horse")]),
        answers: .updated(view), .invalid([FieldProblem("smtpPort", "invalid", "Expected a port from 1 to 65535.")]),
        .fixed, .denied(.notSignedIn)),
    ]
  }
}

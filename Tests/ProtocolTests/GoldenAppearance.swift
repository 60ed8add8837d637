import LatchkeyProtocol

extension GoldenCatalogue {
  static var appearance: [GoldenMessage] {
    [
      .of(
        Auth.GetAppearance(),
        answers: Auth.Appearance(
          settings: ApplicationSettings(chosen: ["appName": "Home", "accentColor": "Teal"], isFixed: false),
          images: ["application/logo-light": "9f86d081884c7d65"]))
    ]
  }
}

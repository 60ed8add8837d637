public import LatchkeyProtocol

extension AuthService {
  /// The handler of each message of the `auth` service. A test compares these with the full list of messages.
  public var routes: Routes {
    var routes = Routes(service: "auth")
    routes.on(getAppearance)
    routes.on(createOneTimeCode)
    routes.on(mailOneTimeCode)
    routes.on(askForOneTimeCode)
    routes.on(signInWithCode)
    routes.on(proveBySignIn)
    routes.on(listPasskeys)
    routes.on(beginPasskey)
    routes.on(finishPasskey)
    routes.on(renamePasskey)
    routes.on(removePasskey)
    routes.on(beginProof)
    routes.on(finishProof)
    routes.on(currentSession)
    routes.on(listSessions)
    routes.on(endSessions)
    routes.on(setupStatus)
    routes.on(beginSetup)
    routes.on(finishSetup)
    routes.on(getImage)
    routes.on(beginSignIn)
    routes.on(finishSignIn)
    routes.on(redeemOneTimeCode)
    routes.on(signOut)
    routes.on(signUpStatus)
    routes.on(signUp)
    routes.on(currentUser)
    routes.on(whyNobody)
    routes.on(listPasskeysOf)
    routes.on(removePasskeyOf)
    routes.on(listSessionsOf)
    routes.on(endSessionsOf)
    return routes
  }
}

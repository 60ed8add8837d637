import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import WebAuthn

extension AuthService {
  func listPasskeys(
    _ message: Auth.ListPasskeys, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListPasskeys.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    return .passkeys(try await store.read(Passkeys.List(user: principal.user.id), call).map(shown))
  }

  func beginPasskey(
    _ message: Auth.BeginPasskey, _ call: Call
  ) async throws(ServiceFailure) -> Auth.BeginPasskey.Response {
    guard let session = try await session(call) else { return .notSignedIn }
    let held = Proofs.Held(session: session.session.id, purpose: .addPasskey)
    guard try await store.first(held, call) == true else { return .proofRequired }
    let passkeys = try await store.read(Passkeys.List(user: session.user.id), call)
    guard passkeys.count < Limits.passkeys else { return .full(limit: Limits.passkeys) }
    let state = PasskeyState(challenge: newChallenge(), session: session.session.id)
    let options = try creationOptions(
      challenge: state.challenge, user: session.user.id, username: session.user.username,
      displayName: session.user.nameToShow, excluded: passkeys.map(PublicKeyCredentialDescriptor.init),
      try await currentSettings(call))
    return .begun(try begin(options, state, call))
  }

  func finishPasskey(
    _ message: Auth.FinishPasskey, _ call: Call
  ) async throws(ServiceFailure) -> Auth.FinishPasskey.Response {
    guard let session = try await session(call) else { return .notSignedIn }
    return try await answering(refusal: { .refused($0) }, call) { () async throws(CeremonyFailure) in
      let (state, challenge) = try open(PasskeyState.self, message.answer, call)
      guard state.session == session.session.id else { throw .refused(.stateInvalid) }
      let settings = try await stored { () async throws(ServiceFailure) in try await currentSettings(call) }
      let passkey = try verifyRegistration(message.answer, challenge, settings, call)
      let entry = passkeyEntry(
        .passkeyAdded, of: session.user, session: session.session.id, data: passkey.recorded, call)
      let outcome = try await stored { () async throws(ServiceFailure) in
        let news = Mail(
          .newPasskey(name: passkey.name, Mail.Origin(call, at: clock.now())), languages: call.caller.languages)
        return try await store.write(
          Ceremonies.AddPasskey(
            challenge: spending(challenge, call), session: state.session,
            purpose: Auth.ProofPurpose.addPasskey.text, passkey: passkey, entry: entry, news: mail.item(news, call)),
          call
        ).rows.first
      }
      let listed = try await stored { () async throws(ServiceFailure) in
        try await store.read(Passkeys.List(user: session.user.id), call)
      }
      let added = listed.first { $0.passkey.credentialID == passkey.credentialID }
      guard let outcome, outcome.spent else {
        let mine = try await stored { () async throws(ServiceFailure) in try await spentHere(challenge, call) }
        if mine, let added { return .added(shown(added)) }
        throw .refused(.spent)
      }
      guard outcome.proven else { return .proofRequired }
      guard outcome.added, let added else { throw .refused(.alreadyRegistered) }
      return .added(shown(added))
    }
  }

  func renamePasskey(
    _ message: Auth.RenamePasskey, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RenamePasskey.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    let name = message.name.cleaned(characters: Limits.passkeyName)
    guard !name.isEmpty, !name.isLonger(thanCharacters: Limits.passkeyName),
      name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      return .invalid([FieldProblem("name", "invalid", "A name has 1 to \(Limits.passkeyName) characters.")])
    }
    let rename = Passkeys.Rename(id: message.id, user: principal.user.id, name: name)
    return try await store.write(rename, call).rows.first.map { .renamed(shown($0)) } ?? .notFound
  }

  func removePasskey(
    _ message: Auth.RemovePasskey, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RemovePasskey.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    let user = principal.user.id
    let remove = Passkeys.Remove(
      id: message.id, user: user, keeping: principal.session?.session.id,
      entry: passkeyEntry(
        .passkeyRemoved, of: principal.user, session: principal.session?.session.id, key: principal.key?.key,
        subject: "\(message.id)", call))
    let outcome = try await store.transaction(call) { transaction in
      _ = try await transaction.first(Passkeys.LockAccount(user: user))
      return try await transaction.write(remove).rows.first
    }
    if outcome?.removed == true { return .removed }
    return outcome?.remains == true ? .lastOne : .notFound
  }

  func shown(_ listed: Passkeys.Listed) -> Auth.Passkey {
    var passkey = listed.passkey
    passkey.authenticator = authenticators.name(of: listed.aaguid)
    return passkey
  }
}

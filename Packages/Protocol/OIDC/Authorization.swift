public import Encodings

extension OIDC {
  /// RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1: an authorization request as it arrived.
  public struct Authorize: ServiceRequest {
    public static let method: MethodName = "oidc.authorize/3"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable {
      /// To the relying party, with a code or an error in the address.
      case redirect(String)
      /// The same in a form.
      case post(FormPost)
      /// The person must act: continue with this interaction.
      case interact(InteractionHandle)
      case page(PageRefusal)
    }

    public var parameters: [FormField]

    public init(parameters: [FormField]) { self.parameters = parameters }
  }

  /// OAuth 2.0 Form Post Response Mode §2: what the browser posts to the relying party, from our own page.
  public struct FormPost: Codable, Sendable, Equatable {
    public var client: ClientSummary
    public var url: String
    public var fields: [FormField]
    /// The languages that the request asked for, best first.
    public var languages: [String]?

    public init(client: ClientSummary, url: String, fields: [FormField], languages: [String]? = nil) {
      self.client = client
      self.url = url
      self.fields = fields
      self.languages = languages
    }
  }

  /// What a person must do before a code can be issued.
  public enum Step: String, Codable, Sendable, Equatable, CaseIterable {
    case authenticate
    case selectAccount = "select_account"
    case reauthenticate
    case consent
  }

  /// An unfinished authorization.
  public struct Interaction: Codable, Sendable, Equatable {
    public var handle: InteractionHandle
    public var client: ClientSummary
    public var scopes: [String]
    public var currentStep: Step
    public var requiredSteps: [Step]
    /// The account that would continue, when a user is signed in.
    public var user: User?
    /// The languages that the request asked for, best first (OpenID Connect Core §3.1.2.1 `ui_locales`).
    public var languages: [String]?

    public init(
      handle: InteractionHandle, client: ClientSummary, scopes: [String], currentStep: Step, requiredSteps: [Step],
      user: User?,
      languages: [String]? = nil
    ) {
      self.handle = handle
      self.client = client
      self.scopes = scopes
      self.currentStep = currentStep
      self.requiredSteps = requiredSteps
      self.user = user
      self.languages = languages
    }
  }

  /// The state of an interaction after it was viewed or moved on.
  public enum Progress: Codable, Sendable, Equatable {
    case step(Interaction)
    /// Done: to the relying party, with a code or an error in the address.
    case redirect(String)
    /// The same in a form.
    case post(FormPost)
    /// Nothing is left to do, and only the interaction's page can bring the answer to the relying party: it is a form.
    case finishOnPage
    case page(PageRefusal)
    /// Unknown, expired or finished; or begun in another browser, or one that has lost its cookies since.
    case gone(elsewhere: Bool? = nil)
  }

  /// Views an interaction. One that the browser carries is stored once a user is signed in; if nothing is left to do,
  /// its response is issued.
  public struct ViewInteraction: ServiceRequest {
    public static let method: MethodName = "oidc.viewInteraction/3"
    public static let replay = Replay.replayable
    public typealias Response = Progress

    public var handle: InteractionHandle
    /// The caller is the interaction's page, which can post a form.
    public var byPage: Bool

    public init(_ handle: InteractionHandle, byPage: Bool = true) {
      self.handle = handle
      self.byPage = byPage
    }
  }

  /// Says that the person has done a step. `oidc` believes only what the store shows: a live session, a proof, a
  /// consent.
  public struct CompleteStep: ServiceRequest {
    public static let method: MethodName = "oidc.completeStep/3"
    public static let replay = Replay.replayable
    public typealias Response = Progress

    public var handle: InteractionHandle
    public var step: Step

    public init(_ handle: InteractionHandle, step: Step) {
      self.handle = handle
      self.step = step
    }
  }

  /// The person declines: the client gets `access_denied`.
  public struct CancelInteraction: ServiceRequest {
    public static let method: MethodName = "oidc.cancelInteraction/3"
    public static let replay = Replay.replayable
    public typealias Response = Progress

    public var handle: InteractionHandle

    public init(_ handle: InteractionHandle) { self.handle = handle }
  }
}

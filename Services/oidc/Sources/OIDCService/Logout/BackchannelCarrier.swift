import Encodings
package import LatchkeyProtocol
package import OIDCRules
public import ServiceKit

/// How a logout token gets to an app.
package protocol BackchannelCarrier: Sendable {
  func post(_ token: String, to address: String) async -> BackchannelAnswer
}

/// The outcome.
package struct BackchannelAnswer: Sendable {
  package let answer: LogoutNoticeRules.Answer
  /// Why it was not accepted; irrelevant if it was.
  package let trouble: OIDC.LogoutNotices.Trouble

  package init(_ answer: LogoutNoticeRules.Answer, _ trouble: OIDC.LogoutNotices.Trouble) {
    self.answer = answer
    self.trouble = trouble
  }
}

/// By HTTP (OpenID Connect Back-Channel Logout 1.0 §2.5).
public struct HTTPBackchannelCarrier: BackchannelCarrier {
  private let outbound: OutboundHTTP

  /// - Parameter outbound: under the policy for addresses that an administrator registered.
  public init(_ outbound: OutboundHTTP) { self.outbound = outbound }

  package func post(_ token: String, to address: String) async -> BackchannelAnswer {
    do throws(OutboundHTTP.Failure) {
      // A compact JWS has only unreserved characters: it is its own form encoding.
      let answer = try await outbound.post(
        "logout_token=\(token)", to: address, upTo: Limits.backchannelAnswer, within: Limits.backchannelPatience)
      let isRefusal = answer.status == 400
      return BackchannelAnswer(
        .status(answer.status),
        OIDC.LogoutNotices.Trouble(
          isRefusal ? .refused : .status, isRefusal ? Self.error(in: answer.body) : "\(answer.status)"))
    } catch {
      return BackchannelAnswer(.none, OIDC.LogoutNotices.Trouble(Self.reason(error)))
    }
  }

  /// §2.8: the body of a refusal may have a member `error`. Only what looks like one of OAuth's codes is kept: it is
  /// text from a third party that an administrator will read.
  static func error(in body: [UInt8]) -> String? {
    guard let error = (try? JSONValue(json: body))?.object?["error"]?.string, (1...64).contains(error.utf8.count),
      error.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    return error
  }

  private static func reason(_ failure: OutboundHTTP.Failure) -> OIDC.LogoutNotices.Trouble.Reason {
    switch failure {
    case .address, .refused: .address
    case .timedOut: .timedOut
    case .broken, .redirect, .tooLarge: .connection
    }
  }
}

/// Mail that is to be sent, and proving addresses.
public protocol MailAPI: Sendable {}

extension Routes {
  mutating func addMail(_ api: some MailAPI) {}
}

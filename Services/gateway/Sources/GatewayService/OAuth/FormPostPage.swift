package import Encodings
package import LatchkeyProtocol

/// The answer to an app that wants it posted (OAuth 2.0 Form Post Response Mode §2): a form that a script submits at
/// once, with a button if scripts do not run.
package struct FormPostPage: Page {
  package static let template = "form-post"
  let app: AppSummary
  let target: String
  let fields: [HiddenField]

  package init(_ form: OIDC.FormPost) {
    app = AppSummary(form.client)
    target = form.url
    fields = form.fields.map(HiddenField.init)
  }
}

/// Another site's form, to be sent again by a form of ours, with which the browser sends its cookies.
package struct RelayPage: Page {
  package static let template = "relay"
  let target: String
  let fields: [HiddenField]

  package init(target: String, fields: [FormField]) {
    self.target = target
    self.fields = fields.map(HiddenField.init)
  }
}

/// A hidden field of a form.
struct HiddenField: Sendable {
  let name: String
  let value: String

  init(_ field: FormField) {
    name = field.name
    value = field.value
  }
}

import Foundation
import LatchkeyProtocol
import LatchkeyWords

/// How a mail looks: like our pages, within what mail programs understand. Styles are inline, colours are plain hex,
/// and a small sheet adds the dark theme for programs that support it. Only the operator's logo is loaded, if there is
/// one.
package struct MailLayout: Sendable {
  private let logoURL: String?
  private let accent: String
  private let onAccent: String

  /// - Parameters:
  ///   - logoURL: the operator's image for mails.
  ///   - accent: the setting `accentColor`; anything but `#rrggbb` and a name keeps the brass of our pages.
  package init(logoURL: String? = nil, accent: String = "") {
    self.logoURL = logoURL
    let accent = CSSColours.hexadecimal(accent) ?? accent
    let digits = accent.hasPrefix("#") ? accent.dropFirst() : ""
    if digits.utf8.count == 6, let number = UInt32(digits, radix: 16) {
      self.accent = accent
      onAccent = Self.luminance(number) > 0.36 ? "#0d0f15" : "#ffffff"
    } else {
      self.accent = "#94661c"
      onAccent = "#ffffff"
    }
  }

  package func html(_ mail: MailText, appName: String) -> String {
    let name = Self.escape(appName)
    let brand =
      logoURL.map { #"<img src="\#(Self.escape($0))" alt="\#(name)" height="32" style="height:32px;max-width:200px">"# }
      ?? name
    var parts = [
      #"<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:600;color:#181d27">\#(Self.escape(mail.title))</h1>"#,
      paragraph(mail.greeting), paragraph(mail.text),
    ]
    if let code = mail.code {
      parts.append(
        #"<p class="code" style="margin:24px 0;padding:16px;border:1px solid #e3e1dd;border-radius:6px;text-align:center;font:600 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px">\#(Self.escape(code))</p>"#
      )
    }
    if !mail.facts.isEmpty {
      let rows = mail.facts.map { fact in
        #"<dt class="muted" style="color:#595e66;font-size:14px">\#(Self.escape(fact.name))</dt><dd style="margin:0 0 12px"><bdi>\#(Self.escape(fact.value))</bdi></dd>"#
      }
      parts.append(#"<dl style="margin:24px 0">\#(rows.joined())</dl>"#)
    }
    if let action = mail.action {
      let link = Self.escape(action.link)
      parts.append(
        #"<p style="margin:24px 0"><a href="\#(link)" style="display:inline-block;padding:12px 24px;border-radius:6px;background:\#(accent);color:\#(onAccent);font-weight:600;text-decoration:none">\#(Self.escape(action.label))</a></p>"#
      )
      // For readers whose program shows no buttons, and for those who look where a link leads.
      parts.append(
        #"<p class="muted" style="margin:0 0 16px;font-size:13px;color:#595e66;word-break:break-all">\#(link)</p>"#)
    }
    if let note = mail.note {
      parts.append(
        #"<p class="muted line" style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e3e1dd;font-size:14px;color:#595e66">\#(Self.escape(note))</p>"#
      )
    }
    return """
      <!doctype html>
      <html lang="\(mail.language.tag)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Self.escape(mail.subject))</title>
      <style>\(Self.dark)</style>
      </head>
      <body class="paper ink" style="margin:0;background:#fbfaf7;color:#181d27;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif">
      <div style="max-width:480px;margin:0 auto;padding:32px 20px">
      <p style="margin:0 0 24px;font-weight:600">\(brand)</p>
      <div class="card" style="padding:32px 24px;background:#ffffff;border:1px solid #e3e1dd;border-radius:12px">
      \(parts.joined(separator: "\n"))
      </div>
      <p class="muted" style="margin:24px 0 0;font-size:13px;color:#595e66">\(Self.escape(mail.footer))</p>
      </div>
      </body>
      </html>

      """
  }

  private func paragraph(_ text: String) -> String { #"<p style="margin:0 0 16px">\#(Self.escape(text))</p>"# }

  /// The dark tokens of our pages. `!important`, since the styles in the elements come first.
  private static let dark = """
    @media (prefers-color-scheme:dark){\
    .paper{background:#0d0f15!important}\
    .ink{color:#edebe7!important}\
    .card{background:#15181f!important;border-color:#2a2e35!important}\
    .code,.line{border-color:#2a2e35!important}\
    .muted{color:#a29e96!important}}
    """

  private static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Relative luminance of WCAG 2.2, 0 to 1.
  private static func luminance(_ rgb: UInt32) -> Double {
    func channel(_ shift: UInt32) -> Double {
      let value = Double((rgb >> shift) & 0xFF) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
  }
}

// A module of its own, so that the bytes are compiled when a file changes and not with every change of the gateway.

/// The templates, locales and static files compiled into the program, by file name.
package enum EmbeddedFiles {
  package static let all: [String: [UInt8]] = [
    // templates
    "head.mustache": PackageResources.head_mustache,
    "door.mustache": PackageResources.door_mustache,
    "shell.mustache": PackageResources.shell_mustache,
    "rail.mustache": PackageResources.rail_mustache,
    "brand.mustache": PackageResources.brand_mustache,
    "foot.mustache": PackageResources.foot_mustache,
    "app-tile.mustache": PackageResources.app_tile_mustache,
    "person.mustache": PackageResources.person_mustache,
    "reauthentication.mustache": PackageResources.reauthentication_mustache,
    "given-name.mustache": PackageResources.given_name_mustache,
    "family-name.mustache": PackageResources.family_name_mustache,
    "client-form.mustache": PackageResources.client_form_mustache,
    "set-up.mustache": PackageResources.set_up_mustache,
    "sign-in.mustache": PackageResources.sign_in_mustache,
    "login-code.mustache": PackageResources.login_code_mustache,
    "sign-out.mustache": PackageResources.sign_out_mustache,
    "signed-out.mustache": PackageResources.signed_out_mustache,
    "choose-account.mustache": PackageResources.choose_account_mustache,
    "reauthenticate.mustache": PackageResources.reauthenticate_mustache,
    "consent.mustache": PackageResources.consent_mustache,
    "account.mustache": PackageResources.account_mustache,
    "clients.mustache": PackageResources.clients_mustache,
    "new-client.mustache": PackageResources.new_client_mustache,
    "client.mustache": PackageResources.client_mustache,
    "error.mustache": PackageResources.error_mustache,
    // words
    "en.json": PackageResources.en_json,
    "zh-CN.json": PackageResources.zh_CN_json,
    // static
    "app.css": PackageResources.app_css,
    "icons.svg": PackageResources.icons_svg,
    "favicon.svg": PackageResources.favicon_svg,
    "page.js": PackageResources.page_js,
    "api.js": PackageResources.api_js,
    "text.js": PackageResources.text_js,
    "passkey.js": PackageResources.passkey_js,
    "forms.js": PackageResources.forms_js,
    "times.js": PackageResources.times_js,
    "dialogs.js": PackageResources.dialogs_js,
    "proof.js": PackageResources.proof_js,
    "set-up.js": PackageResources.set_up_js,
    "sign-in.js": PackageResources.sign_in_js,
    "login-code.js": PackageResources.login_code_js,
    "interaction.js": PackageResources.interaction_js,
    "account.js": PackageResources.account_js,
    "clients.js": PackageResources.clients_js,
  ]
}

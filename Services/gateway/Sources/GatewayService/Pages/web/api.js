// Calls to the JSON API. Every change is a request with a JSON content type, which no other site can send here.
import { text } from "./text.js";

/** A refusal or a failure, with a sentence that can be shown as it is. */
export class ApiError extends Error {
  constructor(message, { code = "", status = 0, fields = [] } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

// What the person should read for codes whose own sentence is written for programs.
const known = {
  not_signed_in: () => text("trouble.signedOut"),
  rate_limited: () => text("trouble.tooMany"),
  interaction_not_found: () => text("trouble.expired"),
  interaction_elsewhere: () => text("trouble.anotherBrowser"),
  passkey_not_found: () => text("passkey.wrong"),
  passkey_changed: () => text("passkey.changed"),
  webauthn_authentication_failed: () => text("passkey.failed"),
  invalid_webauthn_response: () => text("passkey.unreadable"),
  invalid_webauthn_session: () => text("passkey.timedOut"),
  missing_session_id: () => text("passkey.timedOut"),
  passkey_user_verification_required: () => text("passkey.noVerification"),
  synced_passkey_not_allowed: () => text("passkey.synced"),
  token_invalid_or_expired: () => text("loginCode.wrong"),
  setup_already_completed: () => text("setUp.taken"),
  setup_not_available: () => text("setUp.taken"),
  device_code_invalid: () => text("loginCode.anotherBrowser"),
  open_signup_disabled: () => text("signUp.closedLead"),
  // A name that is taken says so at its field; without one it is about a passkey.
  already_in_use: (fields) => text(fields.length ? "common.taken" : "passkey.already"),
  last_administrator: () => text("trouble.lastAdministrator"),
  own_account: () => text("trouble.ownAccount"),
  user_disabled: () => text("trouble.disabled"),
  too_many_passkeys: () => text("trouble.limit"),
  too_many_secrets: () => text("trouble.limit"),
  file_too_large: () => text("image.tooLarge"),
  file_type_not_supported: () => text("image.wrongType"),
  invalid_image: () => text("image.unreadable"),
  logo_download_failed: () => text("image.notFetched"),
  logo_type_not_supported: () => text("image.wrongType"),
  logo_too_large: () => text("image.tooLarge"),
  forbidden: () => misplaced() || text("trouble.refused"),
};

/** The sentence for a page that was opened at another address than this installation's, where nothing works; none otherwise. */
export function misplaced() {
  const { home } = document.documentElement.dataset;
  return home && home !== location.origin ? text("trouble.elsewhere", { address: home }) : "";
}

/** Sends a request and answers with its JSON, or null where there is none. */
export async function call(method, path, body) {
  const options = { method, headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (body instanceof FormData) {
    options.body = body;
  } else if (method !== "GET") {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body ?? {});
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(text("trouble.offline"));
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const code = answer?.code ?? "";
  const fields = answer?.details?.fields ?? [];
  const fallback = response.status >= 500 ? text("trouble.server") : answer?.error || text("trouble.server");
  const message = response.status === 429 ? text("trouble.tooMany") : known[code]?.(fields) ?? fallback;
  throw new ApiError(message, { code, status: response.status, fields });
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);

/** Sends a file in a form's field `file`. */
export function upload(method, path, file) {
  const form = new FormData();
  form.append("file", file);
  return call(method, path, form);
}

/** Changes some fields of one's own account: the API takes them all at once. */
export async function changeAccount(changes) {
  const { username, email, firstName, lastName, displayName, locale } = await get("/api/users/me");
  await call("PUT", "/api/users/me", { username, email, firstName, lastName, displayName, locale, ...changes });
}

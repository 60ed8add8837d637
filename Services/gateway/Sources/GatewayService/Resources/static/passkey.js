// Passkeys: the browser's WebAuthn calls, with JSON in and out, and its errors in words.
import { ApiError, post } from "./api.js";
import { text } from "./text.js";

/** Whether this page, in this browser, can use passkeys at all; throws the sentence that says why not. */
export function requirePasskeys() {
  if (!window.isSecureContext) throw new ApiError(text("passkey.address"), { code: "insecure" });
  if (!window.PublicKeyCredential) throw new ApiError(text("passkey.unsupported"), { code: "unsupported" });
}

/** Makes a passkey. `options` is PublicKeyCredentialCreationOptionsJSON. */
export async function createPasskey(options) {
  requirePasskeys();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? creationOptions(options);
  return ceremony(options.timeout, () => navigator.credentials.create({ publicKey }));
}

/** Uses a passkey. `options` is PublicKeyCredentialRequestOptionsJSON. */
export async function usePasskey(options, { mediation, signal } = {}) {
  requirePasskeys();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? requestOptions(options);
  return ceremony(options.timeout, () => navigator.credentials.get({ publicKey, mediation, signal }));
}

/** Sends an assertion, and tells the browser to stop offering a passkey that nobody knows any more. */
export async function finish(path, assertion, rpId) {
  try {
    return await post(path, assertion);
  } catch (error) {
    if (error.code === "passkey_not_found" && PublicKeyCredential.signalUnknownCredential) {
      PublicKeyCredential.signalUnknownCredential({ rpId, credentialId: assertion.id }).catch(() => {});
    }
    throw error;
  }
}

/** Whether the browser offers passkeys in a field's list of suggestions. */
export async function canAutofill() {
  if (!window.isSecureContext) return false;
  return (await window.PublicKeyCredential?.isConditionalMediationAvailable?.().catch(() => false)) ?? false;
}

async function ceremony(timeout, begin) {
  const started = performance.now();
  try {
    const credential = await begin();
    return credential.toJSON?.() ?? credentialJSON(credential);
  } catch (error) {
    throw inWords(error, performance.now() - started, timeout ?? 60000);
  }
}

// W3C WebAuthn Level 3 §5.1.3 and §5.1.4 name these errors. A browser says NotAllowedError for "cancelled", "timed out"
// and "nothing here" alike, so that sites learn nothing; the time that passed tells the first two apart.
function inWords(error, elapsed, timeout) {
  const name = error?.name ?? "";
  const say = (message) => new ApiError(message, { code: name });
  if (error instanceof ApiError) return error;
  switch (name) {
    case "AbortError":
      return say("");
    case "NotAllowedError":
      if (elapsed >= timeout - 500) return say(text("passkey.timedOut"));
      return say(elapsed < 50 ? text("passkey.none") : text("passkey.cancelled"));
    case "TimeoutError":
      return say(text("passkey.timedOut"));
    case "InvalidStateError":
      return say(text("passkey.already"));
    case "SecurityError":
      return say(text("passkey.address"));
    case "ConstraintError":
      return say(text("passkey.noVerification"));
    case "NotSupportedError":
      return say(text("passkey.unsupported"));
    default:
      return say(text("passkey.failed"));
  }
}

// Browsers before 2025 lack the JSON forms; the rest of this file is those forms by hand.

const toBytes = (value) => {
  const base64 = value.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
};

const toBase64url = (buffer) => {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const descriptors = (list) => list?.map((entry) => ({ ...entry, id: toBytes(entry.id) }));

function creationOptions(json) {
  return {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  };
}

function requestOptions(json) {
  return { ...json, challenge: toBytes(json.challenge), allowCredentials: descriptors(json.allowCredentials) };
}

function credentialJSON(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: toBase64url(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = toBase64url(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
    if (response.getAuthenticatorData) answer.authenticatorData = toBase64url(response.getAuthenticatorData());
    if (response.getPublicKeyAlgorithm) answer.publicKeyAlgorithm = response.getPublicKeyAlgorithm();
    const key = response.getPublicKey?.();
    if (key) answer.publicKey = toBase64url(key);
  } else {
    answer.authenticatorData = toBase64url(response.authenticatorData);
    answer.signature = toBase64url(response.signature);
    if (response.userHandle) answer.userHandle = toBase64url(response.userHandle);
  }
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  };
}

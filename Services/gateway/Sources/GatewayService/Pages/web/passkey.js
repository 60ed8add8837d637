// Passkeys: the browser's WebAuthn calls, with JSON in and out, and its errors in words. Extensions may stand in the
// browser's place: whatever of it is called here may be missing, throw, never answer, or say what is not so.
import { ApiError, get, misplaced, post } from "./api.js";
import { assertionJSON, creationOptions, registrationJSON, requestOptions, Unreadable } from "./credential.js";
import { text } from "./text.js";

/** Whether this page, in this browser, can use passkeys at all; throws the sentence that says why not. */
export function requirePasskeys() {
  const elsewhere = misplaced();
  if (elsewhere) throw new ApiError(elsewhere, { code: "misplaced" });
  if (!window.isSecureContext) throw new ApiError(text("passkey.address"), { code: "insecure" });
  if (!window.PublicKeyCredential || !navigator.credentials) {
    throw new ApiError(text("passkey.unsupported"), { code: "unsupported" });
  }
}

/** Makes a passkey. `options` is PublicKeyCredentialCreationOptionsJSON. */
export async function createPasskey(options) {
  requirePasskeys();
  return ceremony(options.timeout, null, async (signal) => {
    return registrationJSON(given(await navigator.credentials.create({ publicKey: creationOptions(options), signal })));
  });
}

/** Uses a passkey. `options` is PublicKeyCredentialRequestOptionsJSON. */
export async function usePasskey(options, { mediation, signal: outer = null } = {}) {
  requirePasskeys();
  // Suggestions in a field wait for as long as nobody picks one.
  const timeout = mediation === "conditional" ? null : options.timeout;
  return ceremony(timeout, outer, async (signal) => {
    return assertionJSON(given(await navigator.credentials.get({ publicKey: requestOptions(options), mediation, signal })));
  });
}

// The challenge that this page asked for last.
let lastChallenge;

/** Begins a sign-in. The one that this page began before is given up for it, so that a browser carries one for each page. */
export async function beginSignIn() {
  const instead = lastChallenge ? `?instead=${encodeURIComponent(lastChallenge)}` : "";
  const options = await get(`/api/webauthn/login/start${instead}`);
  lastChallenge = options.challenge;
  return options;
}

/** Sends an assertion, and tells the browser to stop offering a passkey that nobody knows any more. */
export async function finish(path, assertion, rpId) {
  try {
    return await post(path, assertion);
  } catch (error) {
    if (error.code === "passkey_not_found") {
      Promise.resolve()
        .then(() => PublicKeyCredential.signalUnknownCredential({ rpId, credentialId: assertion.id }))
        .catch(() => {});
    }
    throw error;
  }
}

/** Whether the browser offers passkeys in a field's list of suggestions. */
export async function canAutofill() {
  try {
    requirePasskeys();
    return (await PublicKeyCredential.isConditionalMediationAvailable()) === true;
  } catch {
    return false;
  }
}

/** How long an answer may be late. The time in a ceremony's options is only a hint (W3C WebAuthn Level 3 §5.5). */
const patience = 5000;

/**
 * Runs one of the browser's ceremonies. It is waited for until `outer` is aborted, or for `timeout` milliseconds and a
 * little longer, where one is given, whether or not the browser heeds either.
 */
async function ceremony(timeout, outer, begin) {
  const started = performance.now();
  const controller = new AbortController();
  const givenUp = new Promise((_, reject) => {
    const giveUp = (error) => {
      reject(error);
      controller.abort();
    };
    const abort = () => giveUp(new DOMException("given up", "AbortError"));
    if (outer?.aborted) abort();
    outer?.addEventListener("abort", abort, { once: true, signal: controller.signal });
    if (timeout !== null) {
      const timer = setTimeout(() => giveUp(new ApiError(text("passkey.silent"), { code: "silent" })), timeout + patience);
      controller.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    }
  });
  try {
    return await Promise.race([givenUp, begin(controller.signal)]);
  } catch (error) {
    throw inWords(error, performance.now() - started, timeout);
  } finally {
    controller.abort();
  }
}

/** A credential; browsers and extensions may also give null for none. */
function given(credential) {
  if (credential) return credential;
  throw new DOMException("no credential", "NotAllowedError");
}

// W3C WebAuthn Level 3 §5.1.3 and §5.1.4 name these errors. A browser says NotAllowedError for "cancelled", "timed out"
// and "nothing here" alike, so that sites learn nothing; the time that passed tells the first two apart.
function inWords(error, elapsed, timeout) {
  const name = error?.name ?? "";
  const say = (message) => new ApiError(message, { code: name });
  if (error instanceof ApiError) return error;
  if (error instanceof Unreadable) return say(text("passkey.unreadable"));
  switch (name) {
    case "AbortError":
      return say("");
    case "NotAllowedError":
      if (timeout !== null && elapsed >= timeout - 500) return say(text("passkey.timedOut"));
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

// WebAuthn's JSON by hand (W3C WebAuthn Level 3 §5.1). Browsers have methods for it, but password managers put their own
// objects in the place of the browser's: what such an object inherits throws, what it brings itself may give raw buffers,
// and the rest may be missing or say anything. So every field is read by itself, and only those that the server reads.

/** A passkey's answer that lacks what every answer has. */
export class Unreadable extends Error {}

/** PublicKeyCredentialCreationOptions from their JSON. */
export const creationOptions = (json) => ({
  ...json,
  challenge: toBytes(json.challenge),
  user: { ...json.user, id: toBytes(json.user.id) },
  excludeCredentials: descriptors(json.excludeCredentials),
});

/** PublicKeyCredentialRequestOptions from their JSON. */
export const requestOptions = (json) => ({
  ...json,
  challenge: toBytes(json.challenge),
  allowCredentials: descriptors(json.allowCredentials),
});

/** RegistrationResponseJSON of a new credential. */
export function registrationJSON(credential) {
  const transports = attempt(() => credential.response.getTransports());
  return credentialJSON(credential, {
    clientDataJSON: needed(credential.response, "clientDataJSON"),
    attestationObject: needed(credential.response, "attestationObject"),
    transports: Array.isArray(transports) ? transports.filter((each) => typeof each === "string") : [],
  });
}

/** AuthenticationResponseJSON of a credential that has answered. */
export function assertionJSON(credential) {
  return credentialJSON(credential, {
    clientDataJSON: needed(credential.response, "clientDataJSON"),
    authenticatorData: needed(credential.response, "authenticatorData"),
    signature: needed(credential.response, "signature"),
    // Some give an empty one where there is none; none has no bytes (§5.4.3).
    userHandle: attempt(() => base64url(credential.response.userHandle)) || undefined,
  });
}

function credentialJSON(credential, response) {
  const id = attempt(() => base64url(credential.rawId)) || needed(credential, "id");
  const attachment = attempt(() => credential.authenticatorAttachment);
  const isDiscoverable = attempt(() => credential.getClientExtensionResults().credProps.rk);
  return {
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: typeof attachment === "string" ? attachment : undefined,
    clientExtensionResults: typeof isDiscoverable === "boolean" ? { credProps: { rk: isDiscoverable } } : {},
    response,
  };
}

/** What somebody else's code gives; undefined where it throws. */
function attempt(look) {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function needed(object, name) {
  const value = attempt(() => base64url(object[name]));
  if (!value) throw new Unreadable(name);
  return value;
}

const descriptors = (list) => list?.map((entry) => ({ ...entry, id: toBytes(entry.id) }));

function toBytes(text) {
  const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

/** Bytes in any form that they are given in; undefined for what is none. */
function base64url(value) {
  let base64 = value;
  if (typeof value !== "string") {
    const bytes = bytesOf(value);
    if (!bytes) return undefined;
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    base64 = btoa(binary);
  }
  return base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return Uint8Array.from(value);
  // An extension's buffer may come from another realm, where it is no instance of ours.
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value);
  return undefined;
}

// A fresh proof of presence: some things need the passkey again, moments before they are done.
import { get } from "./api.js";
import { finish, usePasskey } from "./passkey.js";
import { ask } from "./dialogs.js";

/** Uses the passkey for a purpose, such as `add-passkey` or `authorize:<interaction>`. */
export async function prove(purpose) {
  const options = await get(`/api/webauthn/reauthenticate/start?purpose=${encodeURIComponent(purpose)}`);
  await finish("/api/webauthn/reauthenticate", await usePasskey(options), options.rpId);
}

/** Does something; when the server wants a proof first, asks for it in a dialog and does it then. */
export async function withProof(purpose, act) {
  try {
    return { value: await act() };
  } catch (error) {
    if (error.code !== "reauthentication_required") throw error;
  }
  let value;
  const done = await ask(document.getElementById("reauthentication"), async () => {
    await prove(purpose);
    value = await act();
  });
  return done ? { value } : null;
}

// A fresh proof of presence: some things need the passkey again, moments before they are done.
import { get } from "./api.js";
import { finish, usePasskey } from "./passkey.js";
import { ask } from "./dialogs.js";
import { text } from "./text.js";

/** What each proof lets the page do, in the dialog's words. */
const powers = {
  "add-passkey": text("proof.addPasskey"),
  "client-secret": text("proof.clientSecret"),
  "new-administrator": text("proof.newAdministrator"),
  "one-time-link": text("proof.oneTimeLink"),
  "email-address": text("proof.emailAddress"),
  "api-key": text("proof.apiKey"),
  "redirect-uri": text("proof.redirectURI"),
  settings: text("proof.settings"),
  "signing-keys": text("proof.signingKeys"),
};

/** Uses the passkey for purposes, such as `add-passkey` or `authorize:<interaction>`. */
export async function prove(...purposes) {
  const options = await get(`/api/webauthn/reauthenticate/start?purpose=${encodeURIComponent(purposes.join(","))}`);
  await finish("/api/webauthn/reauthenticate", await usePasskey(options), options.rpId);
}

/** Does something; when the server wants a proof first, asks for it in a dialog that names what it is for, and does it then. */
export async function withProof(purposes, act) {
  const needed = [purposes].flat();
  try {
    return { value: await act() };
  } catch (error) {
    if (error.code !== "reauthentication_required") throw error;
  }
  const dialog = document.getElementById("reauthentication");
  dialog.querySelector("[data-powers]").replaceChildren(...needed.map((purpose) => {
    const item = document.createElement("li");
    item.textContent = powers[purpose];
    return item;
  }));
  let value;
  const done = await ask(dialog, async () => {
    await prove(...needed);
    value = await act();
  });
  return done ? { value } : null;
}

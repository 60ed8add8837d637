// Signing in: by the button, or by picking a passkey from the field's suggestions.
import { busy } from "./dialogs.js";
import { beginSignIn, canAutofill, finish, requirePasskeys, usePasskey } from "./passkey.js";
import { advance, status } from "./interaction.js";
import { text } from "./text.js";

const main = document.getElementById("main");
const form = document.querySelector("[data-passkey-form]");
const button = form.querySelector("button");
const { interaction, next } = main.dataset;
let suggestions;

async function finished(assertion, rpId) {
  status(text("signIn.finishing"));
  await finish("/api/webauthn/login/finish", assertion, rpId);
  if (interaction) await advance(interaction, "authenticate");
  else location.replace(next || "/");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(button, async () => {
    // One ceremony at a time: the suggestions give way to the button, and come back if it comes to nothing.
    suggestions?.abort();
    try {
      requirePasskeys();
      status(text("signIn.waiting"));
      const options = await beginSignIn();
      await finished(await usePasskey(options), options.rpId);
    } catch (error) {
      status(error.message, true);
      if (suggestions) suggest();
    }
  });
});

// A challenge lives 60 s and a field may wait for hours: ask for a new one before the old has passed.
const renewAfter = 45000;

async function suggest() {
  const controller = new AbortController();
  suggestions = controller;
  while (!controller.signal.aborted) {
    // Nobody picks anything on a page that is not seen, and a browser may have opened twenty of them at once.
    if (document.hidden) await visible();
    if (controller.signal.aborted) return;
    const turn = new AbortController();
    controller.signal.addEventListener("abort", () => turn.abort());
    // Nobody has asked for anything yet: a server that does not answer is spoken of when the button is pressed.
    const options = await beginSignIn().catch(() => null);
    if (!options || controller.signal.aborted) return;
    const timer = setTimeout(() => turn.abort(), renewAfter);
    try {
      const assertion = await usePasskey(options, { mediation: "conditional", signal: turn.signal });
      clearTimeout(timer);
      await finished(assertion, options.rpId);
      return;
    } catch (error) {
      clearTimeout(timer);
      if (turn.signal.aborted) continue;
      // A browser that offers nothing is left alone; a passkey that was picked and failed is spoken of.
      if (error.status) status(error.message, true);
      if (error.code !== "passkey_not_found") return;
    }
  }
}

const visible = () => new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));

// Said at once rather than after the button is pressed.
try {
  requirePasskeys();
} catch (error) {
  status(error.message, true);
}

if (await canAutofill()) {
  form.querySelector("[data-autofill]").hidden = false;
  suggest();
}

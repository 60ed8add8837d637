// The steps of an app's sign-in. The server says which comes next; these buttons only say what the person did.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { beginSignIn, finish, usePasskey } from "./passkey.js";
import { prove } from "./proof.js";
import { text } from "./text.js";

/** Says how it goes, in the place where the hint stands, so that nothing moves. */
export function status(message, bad = false) {
  const place = document.querySelector("[data-status]");
  if (!message) return;
  place.textContent = message;
  place.classList.toggle("bad", bad);
}

/** Tells that a step is done, and goes where that leads. */
export async function advance(interaction, step) {
  let answer = null;
  try {
    answer = await post(`/api/oidc/interactions/${encodeURIComponent(interaction)}/complete`, { step });
  } catch (error) {
    // Whoever this turned out to be may not use the app: the interaction's page says so, and what can be done.
    if (error.code !== "oidc_access_denied") throw error;
  }
  follow(answer, interaction);
}

function follow(answer, interaction) {
  // Once somebody is signed in, what the browser has carried has an id.
  const id = answer?.interaction?.id ?? interaction;
  // Replaced, not added: going back must not lead into a step that is over.
  location.replace(answer?.redirectUrl ?? `/interaction?interaction=${encodeURIComponent(id)}`);
}

function act(button, work) {
  return busy(button, async () => {
    try {
      await work();
    } catch (error) {
      status(error.message, true);
    }
  });
}

const { interaction, step } = document.getElementById("main").dataset;

if (step) {
  const go = document.querySelector("[data-continue]");
  go.addEventListener("click", () => act(go, async () => {
    if (step === "reauthenticate") {
      status(text("signIn.waiting"));
      await prove(`authorize:${interaction}`);
    }
    status(text("interaction.working"));
    await advance(interaction, step);
  }));

  // Another account is another passkey: nothing is signed out until it has been shown.
  const other = document.querySelector("[data-switch]");
  other?.addEventListener("click", () => act(other, async () => {
    status(text("signIn.waiting"));
    const options = await beginSignIn();
    await finish("/api/webauthn/login/finish", await usePasskey(options), options.rpId);
    status(text("interaction.working"));
    if (step === "select_account") await advance(interaction, step);
    else follow(null, interaction);
  }));
}

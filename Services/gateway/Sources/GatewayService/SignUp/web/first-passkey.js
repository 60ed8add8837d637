// A passkey for an account that was entered without one: the first, or one in place of a lost one.
import { ApiError, get, post } from "./api.js";
import { ask, busy } from "./dialogs.js";
import { advance, status } from "./interaction.js";
import { createPasskey, requirePasskeys } from "./passkey.js";
import { text } from "./text.js";

const { interaction, next } = document.getElementById("main").dataset;

async function onward() {
  if (interaction) await advance(interaction, "authenticate");
  else location.replace(next || "/");
}

/** The options to make one with. The time in which none is asked for another proof may have passed. */
async function begin() {
  try {
    return await get("/api/webauthn/register/start");
  } catch (error) {
    if (error.code !== "reauthentication_required") throw error;
    throw new ApiError(text("firstPasskey.tooLate"), { code: error.code });
  }
}

const add = document.querySelector("[data-add-first]");
add?.addEventListener("click", () => busy(add, async () => {
  try {
    requirePasskeys();
    const options = await begin();
    status(text("signIn.waiting"));
    const made = await createPasskey(options);
    status(text("firstPasskey.saving"));
    await post("/api/webauthn/register/finish", made);
    await onward();
  } catch (error) {
    status(error.message, true);
  }
}));

const skip = document.querySelector("[data-skip]");
skip.addEventListener("click", () => busy(skip, async () => {
  const dialog = document.getElementById("skip-passkey");
  try {
    if (dialog) await ask(dialog, onward);
    else await onward();
  } catch (error) {
    status(error.message, true);
  }
}));

// Said at once rather than after the button is pressed.
try {
  if (add) requirePasskeys();
} catch (error) {
  status(error.message, true);
}

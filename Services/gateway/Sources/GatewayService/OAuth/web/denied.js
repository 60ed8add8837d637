// The page for somebody whom an app does not admit: another account may be one that it does.
import { busy } from "./dialogs.js";
import { beginSignIn, finish, usePasskey } from "./passkey.js";
import { text } from "./text.js";

const button = document.querySelector("[data-other-account]");
const place = document.querySelector("[data-status]");

function say(message, bad = false) {
  place.textContent = message;
  place.hidden = false;
  place.classList.toggle("bad", bad);
}

// Nobody is signed out until another passkey has been shown; then the same request is decided anew.
button.addEventListener("click", () => busy(button, async () => {
  try {
    say(text("signIn.waiting"));
    const options = await beginSignIn();
    await finish("/api/webauthn/login/finish", await usePasskey(options), options.rpId);
    location.reload();
  } catch (error) {
    say(error.message, true);
  }
}));

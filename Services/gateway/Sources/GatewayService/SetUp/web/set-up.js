// The first administrator: a name, then a passkey, kept together by the server or not at all.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { check, forgiving, placeErrors, values } from "./forms.js";
import { status } from "./interaction.js";
import { createPasskey, requirePasskeys } from "./passkey.js";
import { text } from "./text.js";

const form = document.querySelector("[data-set-up-form]");
const { next } = document.getElementById("main").dataset;

// The log's link brings the code along, in the fragment: it goes into no other log.
if (form.elements.code && location.hash) form.elements.code.value = decodeURIComponent(location.hash.slice(1));
if (location.hash) history.replaceState(null, "", location.pathname);

forgiving(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form)) return;
  busy(form.querySelector("button"), async () => {
    const entered = values(form);
    const person = { ...entered, email: entered.email || null };
    try {
      requirePasskeys();
      const options = await post("/api/signup/setup/start", person);
      status(text("signIn.waiting"));
      const credential = await createPasskey(options);
      status(text("signIn.finishing"));
      await post("/api/signup/setup", { ...person, credential });
      location.replace(next);
    } catch (error) {
      if (!placeErrors(form, error)) status(error.message, true);
    }
  });
});

// Said at once rather than after the form is filled in.
try {
  requirePasskeys();
} catch (error) {
  status(error.message, true);
}

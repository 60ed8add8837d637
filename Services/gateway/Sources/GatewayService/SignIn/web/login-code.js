// Signing in with a login code, typed or from a link. Opening the page uses nothing up; the button does.
// The form's method is "dialog": Return that comes before this script puts no code into an address.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { check, forgiving, setError } from "./forms.js";
import { status } from "./interaction.js";
import { text } from "./text.js";

const { interaction, next } = document.getElementById("main").dataset;
const form = document.querySelector("[data-code-form]");

forgiving(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form)) return;
  busy(form.querySelector("button"), async () => {
    const code = form.elements.code.value.replace(/\s/g, "");
    try {
      await post(`/api/one-time-access-token/${encodeURIComponent(code)}`);
      status(text("signIn.finishing"));
      // Whoever needed a code may have no passkey at hand any more: that comes first, and can be put off.
      const onward = interaction ? `interaction=${encodeURIComponent(interaction)}` : `redirect=${encodeURIComponent(next || "/")}`;
      location.replace(`/signup/add-passkey?${onward}`);
    } catch (error) {
      const field = document.getElementById("code");
      if (field && error.status === 401) {
        setError(field, error.message);
        field.select();
      } else {
        status(error.message, true);
      }
    }
  });
});

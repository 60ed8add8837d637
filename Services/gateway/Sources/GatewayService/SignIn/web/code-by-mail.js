// Asking for a login code by mail. Whether the address is known is not told; the next page takes the code.
// The form's method is "dialog": Return that comes before this script puts nothing into an address.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { check, forgiving, placeErrors } from "./forms.js";
import { status } from "./interaction.js";

const { next, codeUrl } = document.getElementById("main").dataset;
const form = document.querySelector("[data-mail-form]");

forgiving(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form)) return;
  busy(form.querySelector("[type=submit]"), async () => {
    try {
      await post("/api/one-time-access-email", { email: form.elements.email.value.trim(), redirectPath: next });
      location.assign(`${codeUrl}${codeUrl.includes("?") ? "&" : "?"}sent=1`);
    } catch (error) {
      if (!placeErrors(form, error)) status(error.message, true);
    }
  });
});

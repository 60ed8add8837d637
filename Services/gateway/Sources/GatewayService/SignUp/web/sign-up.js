// Making an account for oneself: a name first, the passkey on the next page.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { check, forgiving, placeErrors, values } from "./forms.js";
import { status } from "./interaction.js";
import { text } from "./text.js";

const form = document.querySelector("[data-sign-up-form]");
if (form) {
  const { next } = document.getElementById("main").dataset;
  forgiving(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(form)) return;
    busy(form.querySelector("[type=submit]"), async () => {
      const entered = values(form);
      try {
        await post("/api/signup", { ...entered, email: entered.email || null });
        const onward = next && next !== "/" ? `&redirect=${encodeURIComponent(next)}` : "";
        location.replace(`/signup/add-passkey?new=1${onward}`);
      } catch (error) {
        const told = error.code === "token_invalid_or_expired" ? text("signUp.linkInvalidLead") : error.message;
        if (!placeErrors(form, error)) status(told, true);
      }
    });
  });
}

const leave = document.querySelector("[data-leave-and-sign-up]");
leave?.addEventListener("click", () => busy(leave, async () => {
  try {
    await post("/api/webauthn/logout");
    location.reload();
  } catch (error) {
    status(error.message, true);
  }
}));

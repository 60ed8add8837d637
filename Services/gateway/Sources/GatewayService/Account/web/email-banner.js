// The banner over an account whose address is not proven: sends the mail that proves it.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { text } from "./text.js";

const button = document.querySelector("[data-send-proof]");
button?.addEventListener("click", () =>
  busy(button, async () => {
    const place = document.querySelector("[data-banner-text]");
    try {
      await post("/api/users/me/send-email-verification");
      place.textContent = text("verifyEmail.sent");
      button.hidden = true;
    } catch (error) {
      if (error.code === "too_many_email_verifications") place.textContent = text("verifyEmail.tooMany");
      else if (error.code === "email_verification_disabled") place.textContent = text("verifyEmail.off");
      else place.textContent = error.message;
    }
  }));

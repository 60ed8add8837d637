// Where the link of a confirmation mail leads: uses the link's token, and says what came of it.
import { post } from "./api.js";
import { text } from "./text.js";

const { token } = document.getElementById("main").dataset;
const say = (title, sentence) => {
  document.querySelector("[data-title]").textContent = title;
  document.querySelector("[data-status]").textContent = sentence;
  document.querySelector("[data-account]").hidden = false;
};

try {
  await post("/api/users/me/verify-email", { token });
  say(text("verifyEmail.doneTitle"), text("verifyEmail.doneTextPlain"));
} catch (error) {
  const invalid = error.code === "invalid_email_verification_token" || error.code === "validation_failed";
  say(text("verifyEmail.invalidTitle"), invalid ? text("verifyEmail.invalidText") : error.message);
}
// Whoever looks at this screen later finds no token in the address.
history.replaceState(null, "", location.pathname);

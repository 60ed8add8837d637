// A redirect URI that is not registered: an administrator decides, with the passkey, that it is the app's.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { status } from "./interaction.js";
import { prove } from "./proof.js";
import { text } from "./text.js";

const { client, url } = document.getElementById("main").dataset;
const button = document.querySelector("[data-add-redirect]");
const own = document.querySelector("[data-own-host]");

own?.addEventListener("change", () => {
  button.disabled = !own.checked;
});
// The browser may have kept the switch over a reload; the decision is made anew.
if (own) own.checked = false;

button?.addEventListener("click", () => {
  busy(button, async () => {
    try {
      status(text("signIn.waiting"));
      await prove("redirect-uri");
      await post(`${client}/callback-urls`, { url });
      document.querySelector("[data-question]").hidden = true;
      const answer = document.querySelector("[data-answer]");
      answer.hidden = false;
      answer.querySelector("a").focus();
    } catch (error) {
      status(error.message, true);
    }
  });
});

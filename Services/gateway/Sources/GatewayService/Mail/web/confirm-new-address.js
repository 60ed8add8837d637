// Where the link in a mail to somebody's former address leads. Opening the page uses nothing up; the button does.
import { post } from "./api.js";
import { busy } from "./dialogs.js";
import { status } from "./interaction.js";
import { text } from "./text.js";

const { token } = document.getElementById("main").dataset;
// Whoever looks at this screen later finds no token in the address.
history.replaceState(null, "", location.pathname);

const button = document.querySelector("[data-confirm]");
button.addEventListener("click", () => busy(button, async () => {
  try {
    await post("/api/email-address/confirm", { token });
    document.querySelector("[data-title]").textContent = text("confirmAddress.doneTitle");
    document.querySelector("[data-lead]").textContent = text("confirmAddress.doneText");
    button.hidden = true;
    document.querySelector("[data-account]").hidden = false;
    status("");
  } catch (error) {
    const invalid = error.code === "invalid_new_address_token" || error.code === "validation_failed";
    status(invalid ? `${text("confirmAddress.invalidTitle")}. ${text("confirmAddress.invalidText")}` : error.message, true);
  }
}));

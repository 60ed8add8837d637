// One's own apps: taking back what one of them may see.
import { call } from "./api.js";
import { ask, refresh, toast } from "./dialogs.js";
import { text } from "./text.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take-back]");
  if (!button) return;
  const box = document.getElementById("take-back");
  box.querySelector("[data-named]").textContent = button.dataset.name;
  if (await ask(box, () => call("DELETE", button.dataset.takeBack))) {
    toast(text("myApps.takenBack"));
    await refresh("my-apps");
  }
});

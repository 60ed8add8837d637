// The list of groups: making one.
import { post } from "./api.js";
import { ask } from "./dialogs.js";
import { check, forgiving, placeErrors, values } from "./forms.js";

const box = document.getElementById("new-group");
const form = box.querySelector("form");
const { friendlyName, name } = form.elements;
forgiving(form);

// Until somebody writes one, the name for apps follows the name for people.
let own = false;
name.addEventListener("input", () => { own = Boolean(name.value); });
friendlyName.addEventListener("input", () => {
  if (own) return;
  name.value = friendlyName.value.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
});

for (const button of document.querySelectorAll("[data-new-group]")) {
  button.addEventListener("click", async () => {
    let made;
    const done = await ask(box, async () => {
      if (!check(form)) throw new Error("");
      try {
        made = await post("/api/user-groups", values(form));
      } catch (error) {
        if (placeErrors(form, error)) throw new Error("");
        throw error;
      }
    });
    if (done) location.assign(`/settings/admin/user-groups/${made.id}`);
  });
}

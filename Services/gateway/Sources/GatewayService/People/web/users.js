// The list of people, and adding one.
import { post } from "./api.js";
import { busy, show } from "./dialogs.js";
import { check, forgiving, onlyRetired, placeErrors, values } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const list = document.querySelector("[data-list-form]");
list?.querySelector("select").addEventListener("change", () => list.requestSubmit());
// An address without what is as usual is one that can be read and sent on.
list?.addEventListener("submit", () => {
  for (const field of list.elements) field.disabled = !field.value || (field.name === "order" && field.value === "name");
});
addEventListener("pageshow", () => {
  for (const field of list?.elements ?? []) field.disabled = false;
});

const form = document.querySelector("[data-new-user]");
if (form) {
  forgiving(form);
  const message = form.querySelector("[data-message]");
  // The names that the page has warned of: pressing again takes them.
  let warnedOf = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(form)) return;
    busy(form.querySelector("[type=submit]"), async () => {
      show(message, "");
      try {
        const entered = values(form);
        const names = JSON.stringify([entered.username, entered.email]);
        const account = {
          ...entered,
          email: entered.email || null,
          displayName: entered.displayName || null,
          keepRetiredNames: names !== warnedOf,
        };
        const made = await withProof("new-administrator", () => post("/api/users", account)).catch((error) => {
          if (onlyRetired(error)) warnedOf = names;
          throw error;
        });
        if (made) location.assign(`/settings/admin/users/${made.value.id}`);
      } catch (error) {
        const placed = placeErrors(form, error);
        if (onlyRetired(error)) show(message, text("user.retiredWarning"));
        else if (!placed) show(message, error.message);
      }
    });
  });
}

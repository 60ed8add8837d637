// The list of people, and adding one.
import { post } from "./api.js";
import { busy, show } from "./dialogs.js";
import { check, forgiving, placeErrors, values } from "./forms.js";
import { withProof } from "./proof.js";

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
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(form)) return;
    busy(form.querySelector("[type=submit]"), async () => {
      show(message, "");
      try {
        const entered = values(form);
        const made = await withProof("new-administrator", () => post("/api/users", { ...entered, email: entered.email || null }));
        if (made) location.assign(`/settings/admin/users/${made.value.id}`);
      } catch (error) {
        if (!placeErrors(form, error)) show(message, error.message);
      }
    });
  });
}

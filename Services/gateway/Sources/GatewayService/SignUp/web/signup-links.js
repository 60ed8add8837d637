// Links by which people sign up: making one, showing it, taking it away.
import { call, get, post } from "./api.js";
import { ask, onButtons, refresh, toast } from "./dialogs.js";
import { check, forgiving, placeErrors } from "./forms.js";
import { picture } from "./qr.js";
import { text } from "./text.js";

const box = (id) => document.getElementById(id);

/** The groups to tick, fetched when they are first wanted. */
async function offerGroups(fieldset) {
  if (fieldset.querySelector("label")) return;
  const { data } = await get("/api/user-groups?pagination[limit]=100&sort[column]=friendlyName").catch(() => ({ data: [] }));
  for (const group of data) {
    const label = document.createElement("label");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", name: "group", value: group.id });
    const name = Object.assign(document.createElement("bdi"), { textContent: group.friendlyName });
    label.append(tick, name);
    fieldset.append(label);
  }
  fieldset.hidden = data.length === 0;
}

const usesForm = (field) => (/^([1-9]\d?|100)$/.test(field.value.trim()) ? "" : text("signupLinks.usesForm"));

async function make() {
  const dialog = box("new-link");
  const form = dialog.querySelector("form");
  forgiving(form);
  await offerGroups(dialog.querySelector("[data-groups]"));
  let made;
  const done = await ask(dialog, async () => {
    if (!check(form, { usageLimit: usesForm })) throw new Error("");
    const groups = [...form.querySelectorAll("[name=group]:checked")].map((tick) => tick.value);
    const wanted = { ttl: form.elements.ttl.value, usageLimit: Number(form.elements.usageLimit.value), userGroupIds: groups };
    try {
      made = await post("/api/signup-tokens", wanted);
    } catch (error) {
      throw placeErrors(form, error) ? new Error("") : error;
    }
  });
  if (!done) return;
  form.reset();
  await show(`${location.origin}/st/${made.token}`);
  // The first link changes the whole page, every other one the list.
  if (document.querySelector("#links .row")) await refresh("links");
  else location.reload();
}

async function show(url) {
  const dialog = box("show-link");
  dialog.querySelector("code[data-url]").textContent = url;
  dialog.querySelector("[data-copy]").dataset.copy = url;
  const drawn = picture(url, text("signupLinks.picture"));
  dialog.querySelector("[data-qr]").replaceChildren(...(drawn ? [drawn] : []));
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}

async function remove(row) {
  const dialog = box("remove-link");
  dialog.querySelector("[data-named]").textContent = row.dataset.name;
  if (await ask(dialog, () => call("DELETE", `/api/signup-tokens/${row.dataset.link}`))) {
    toast(text("signupLinks.removed"));
    await refresh("links");
  }
}

onButtons({
  newLink: make,
  showLink: (row) => show(row.dataset.url),
  removeLink: remove,
});

// Who may use an app, and what its tokens would say of a person.
import { call, get } from "./api.js";
import { refresh, show, toast } from "./dialogs.js";
import { picker } from "./picker.js";
import { text } from "./text.js";

const { client } = document.getElementById("main").dataset;
const groups = () => [...document.querySelectorAll("#access [data-group]")].map((row) => row.dataset.group);

/** Does something, says so, and shows what is true afterwards, whether it worked or not. */
async function change(work, message, focus) {
  try {
    await work();
    toast(message);
  } catch (error) {
    toast(error.message);
  }
  await refresh("access");
  connect();
  document.querySelector(focus)?.focus();
}

const allow = (ids) => call("PUT", `${client}/allowed-user-groups`, { userGroupIds: [...new Set(ids)] });

/** Makes what came anew from the server work. */
function connect() {
  const root = document.querySelector("[data-picker=group]");
  if (!root) return;
  picker(root, {
    search: (words) => `/api/user-groups?pagination[limit]=8&search=${words}`,
    title: (group) => group.friendlyName,
    note: (group) => group.name,
    choose: (group) => change(() => allow([...groups(), group.id]), text("groups.added"), "#add-group"),
  });
}
connect();

document.addEventListener("change", (event) => {
  if (event.target.name !== "access") return;
  const isGroupRestricted = event.target.value === "groups";
  // The whole client is replaced: all else is sent back as it was.
  change(
    async () => call("PUT", client, { ...(await get(client)), isGroupRestricted }), text("common.saved"),
    "#access input:checked");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-group]");
  if (!button) return;
  const gone = button.closest(".row").dataset.group;
  change(() => allow(groups().filter((id) => id !== gone)), text("groups.removed"), "#add-group");
});

const shown = document.querySelector("[data-preview]");
const message = document.querySelector("[data-preview-message]");
const scopes = document.querySelector("[data-preview-scopes]");
let person;

async function preview() {
  show(message, "");
  shown.hidden = true;
  try {
    const told = await get(`${client}/preview/${person.id}?scopes=${encodeURIComponent(scopes.value.trim())}`);
    for (const part of shown.querySelectorAll("[data-preview-part]")) {
      part.textContent = JSON.stringify(told[part.dataset.previewPart], null, 2);
    }
    for (const chip of shown.querySelectorAll("[data-preview-alg]")) {
      chip.textContent = told[chip.dataset.previewAlg].alg;
    }
    shown.querySelector("[data-preview-name]").textContent = person.displayName || person.username;
    shown.hidden = false;
  } catch (error) {
    show(message, error.code === "oidc_access_denied" ? text("preview.denied") : error.message);
  }
}

picker(document.querySelector("[data-picker=preview]"), {
  search: (words) => `/api/users?pagination[limit]=8&search=${words}`,
  title: (user) => user.displayName || user.username,
  note: (user) => user.email ?? user.username,
  choose: async (user) => {
    person = user;
    await preview();
    shown.querySelector("[data-preview-name]").focus();
  },
});
scopes.addEventListener("change", () => person && preview());

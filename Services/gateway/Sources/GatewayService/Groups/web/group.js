// One group: who is in it, what it may use, what it is called.
import { call } from "./api.js";
import { ask, busy, refresh, toast } from "./dialogs.js";
import { check, guarded, placeErrors, values } from "./forms.js";
import { picker } from "./picker.js";
import { text } from "./text.js";

const { group } = document.getElementById("main").dataset;

const apps = () => [...document.querySelectorAll("[data-app]")].map((row) => row.dataset.app);

async function changed(part, message) {
  toast(message);
  await refresh(part);
  connect();
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    toast(error.message);
  }
}

/** Makes the fields of parts that came anew from the server work. */
function connect() {
  for (const root of document.querySelectorAll("[data-picker]:not([data-works])")) {
    root.dataset.works = "";
    if (root.dataset.picker === "member") {
      picker(root, {
        search: (words) => `${group}/other-users?pagination[limit]=8&search=${words}`,
        title: (user) => user.displayName || user.username,
        note: (user) => user.email ?? user.username,
        choose: (user) => attempt(async () => {
          await call("PUT", `${group}/users/${user.id}`);
          await changed("members", text("groups.added"));
          document.getElementById("add-member").focus();
        }),
      });
    } else {
      picker(root, {
        search: (words) => `/api/oidc/clients?pagination[limit]=8&search=${words}`,
        title: (app) => app.name,
        note: (app) => (app.isGroupRestricted ? app.description : text("groups.openToAll")),
        choose: (app) => attempt(async () => {
          await call("PUT", `${group}/allowed-oidc-clients`, { oidcClientIds: [...new Set([...apps(), app.id])] });
          await changed("apps", text("groups.added"));
          document.getElementById("add-app").focus();
        }),
      });
    }
  }
}
connect();

const edit = document.querySelector("[data-edit-group]");
const guard = guarded(edit);
edit.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(edit)) return;
  busy(edit.querySelector("[type=submit]"), async () => {
    guard.say(text("common.saving"));
    try {
      await call("PUT", group, values(edit));
      guard.clean();
      location.reload();
    } catch (error) {
      const placed = placeErrors(edit, error);
      guard.say(placed ? text("common.unsaved") : error.message, !placed);
    }
  });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".row");
  if ("removeMember" in button.dataset) {
    busy(button, () => attempt(async () => {
      await call("DELETE", `${group}/users/${row.dataset.user}`);
      await changed("members", text("groups.removed"));
    }));
  } else if ("removeApp" in button.dataset) {
    busy(button, () => attempt(async () => {
      const rest = apps().filter((id) => id !== row.dataset.app);
      await call("PUT", `${group}/allowed-oidc-clients`, { oidcClientIds: rest });
      await changed("apps", text("groups.removed"));
    }));
  } else if ("deleteGroup" in button.dataset) {
    busy(button, () => attempt(async () => {
      const done = await ask(document.getElementById("delete-group"), () => call("DELETE", group));
      if (done) location.assign("/settings/admin/user-groups");
    }));
  }
});

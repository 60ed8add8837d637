// One person, for an administrator: details, groups, passkeys, sessions, disabling and deleting.
import { call, get } from "./api.js";
import { ask, busy, onButtons, refresh, show, toast } from "./dialogs.js";
import { check, guarded, onlyRetired, placeErrors, values } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const { user } = document.getElementById("main").dataset;
const dialog = (id) => document.getElementById(id);

/** The API takes the whole account: what is not changed here is sent back as it was. */
async function save(changes) {
  const { username, email, emailVerified, firstName, lastName, displayName, isAdmin, locale, disabled } = await get(user);
  const whole = { username, email, emailVerified, firstName, lastName, displayName, isAdmin, locale, disabled, ...changes };
  // Where somebody's codes are mailed is a way into their account; to enable an administrator is to make one.
  const powers = [];
  if (whole.email && whole.email.toLowerCase() !== email?.toLowerCase()) powers.push("email-address");
  if (whole.isAdmin && (!isAdmin || (disabled && !whole.disabled))) powers.push("new-administrator");
  return withProof(powers, () => call("PUT", user, whole));
}

const form = document.querySelector("[data-edit-user]");
const guard = guarded(form);
// The names that the page has warned of: saving again takes them.
let warnedOf = "";
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form)) return;
  busy(form.querySelector("[type=submit]"), async () => {
    guard.say(text("common.saving"));
    try {
      const entered = values(form);
      const names = JSON.stringify([entered.username, entered.email]);
      const saved = await save({
        ...entered,
        email: entered.email || null,
        displayName: entered.displayName || null,
        keepRetiredNames: names !== warnedOf,
      }).catch((error) => {
        if (onlyRetired(error)) warnedOf = names;
        throw error;
      });
      if (!saved) {
        guard.say(text("common.unsaved"));
        return;
      }
      guard.clean();
      location.reload();
    } catch (error) {
      const placed = placeErrors(form, error);
      if (onlyRetired(error)) guard.say(text("user.retiredWarning"), true);
      else guard.say(placed ? text("common.unsaved") : error.message, !placed);
    }
  });
});

async function chooseGroups() {
  const box = dialog("choose-groups");
  const [list, status, search] = [box.querySelector("[data-group-list]"), box.querySelector("[data-group-status]"), box.querySelector("input")];
  const chosen = new Set([...document.querySelectorAll("[data-group]")].map((row) => row.dataset.group));
  let latest = 0;
  const look = async () => {
    const turn = ++latest;
    const query = new URLSearchParams({ "pagination[limit]": 100, "sort[column]": "friendlyName", search: search.value.trim() });
    try {
      const { data, pagination } = await get(`/api/user-groups?${query}`);
      // An answer that was overtaken shows nothing.
      if (turn !== latest) return;
      list.replaceChildren(...data.map(entry));
      const more = pagination.totalItems - data.length;
      status.textContent = !data.length ? text("user.groupsNone") : more > 0 ? text("user.groupsMore", { count: more }) : "";
    } catch (error) {
      show(box.querySelector("[data-message]"), error.message);
    }
  };
  const entry = ({ id, friendlyName, name }) => {
    const [item, label, check, words, title, small] = ["li", "label", "input", "span", "strong", "small"].map((tag) => document.createElement(tag));
    check.type = "checkbox";
    check.checked = chosen.has(id);
    check.addEventListener("change", () => (check.checked ? chosen.add(id) : chosen.delete(id)));
    words.className = "two-lines";
    title.textContent = friendlyName;
    small.textContent = name;
    title.dir = small.dir = "auto";
    words.append(title, small);
    label.append(check, words);
    item.append(label);
    return item;
  };
  search.value = "";
  list.replaceChildren();
  status.textContent = "";
  let wait;
  search.oninput = () => {
    clearTimeout(wait);
    wait = setTimeout(look, 200);
  };
  // Return looks at once; it does not save.
  search.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(wait);
    look();
  };
  look();
  if (await ask(box, () => call("PUT", `${user}/user-groups`, { userGroupIds: [...chosen] }))) {
    toast(text("common.saved"));
    await refresh("groups");
  }
}

async function removePasskey(row) {
  const box = dialog("remove-passkey");
  box.querySelector("[data-named]").textContent = row.dataset.name;
  box.querySelector("[data-last]").hidden = row.parentElement.children.length > 1;
  if (await ask(box, () => call("DELETE", `${user}/webauthn-credentials/${row.dataset.passkey}`))) {
    toast(text("account.passkeyRemoved"));
    await refresh("passkeys");
  }
}

async function end(row) {
  await call("DELETE", `${user}/sessions/${row.dataset.session}`);
  toast(text("account.sessionEnded"));
  await refresh("sessions");
}

async function endAll() {
  if (await ask(dialog("end-sessions"), () => call("DELETE", `${user}/sessions`))) {
    toast(text("user.sessionsEnded"));
    await refresh("sessions");
  }
}

async function disable() {
  if (await ask(dialog("disable-user"), () => save({ disabled: true }))) location.reload();
}

async function enable() {
  if (await save({ disabled: false })) location.reload();
}

async function remove() {
  if (await ask(dialog("delete-user"), () => call("DELETE", user))) location.assign("/settings/admin/users");
}

// Lists are drawn again by the server, so the page listens rather than each button.
onButtons({ chooseGroups, removePasskey, end, endAll, disable, enable, delete: remove });

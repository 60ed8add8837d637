// Keys of the API: making, renewing and revoking one's own.
import { call, post } from "./api.js";
import { ask, onButtons, refresh, tell, toast } from "./dialogs.js";
import { check, forgiving, placeErrors } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const api = "/api/api-keys";
const dialog = (id) => document.getElementById(id);

for (const form of document.querySelectorAll("#add-key form, #renew-key form")) forgiving(form);

const day = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

const fromNow = (days) => new Date(Date.now() + days * 24 * 3600 * 1000);

/** The end of the chosen day where the person is. */
const end = (field) => new Date(`${field.value}T23:59:59`).toISOString();

/** Offers the days from tomorrow on, and a quarter of a year as the usual choice. */
function offer(field) {
  field.min = day(fromNow(1));
  field.value = day(fromNow(90));
}

/** Asks in a dialog whose form is checked first; what the server refuses is said at its field. Answers what `act` did. */
async function fill(box, act) {
  const form = box.querySelector("form");
  let made;
  const done = await ask(box, async () => {
    if (!check(form)) throw new Error("");
    try {
      made = await act(form.elements);
    } catch (error) {
      if (placeErrors(form, error)) throw new Error("");
      throw error;
    }
  });
  return done ? made : null;
}

/** Only one dialog is open at a time: the passkey is asked for after what is wanted is known. */
async function withKey(make) {
  const made = await withProof("api-key", make);
  if (!made) return;
  const box = dialog("new-key");
  box.querySelector("[data-key-value]").textContent = made.value.token;
  box.querySelector("[data-copy]").dataset.copy = made.value.token;
  await tell(box);
  box.querySelector("[data-key-value]").textContent = "";
  box.querySelector("[data-copy]").dataset.copy = "";
  location.reload();
}

async function add() {
  const box = dialog("add-key");
  box.querySelector("form").reset();
  offer(box.querySelector("[type=date]"));
  const wanted = await fill(box, (fields) => {
    if (fields.keyName.value.trim().length < 3) throw at("name", text("apiKeys.nameForm"));
    return { name: fields.keyName.value.trim(), description: fields.keyDescription.value.trim() || null, expiresAt: end(fields.keyExpiry) };
  });
  if (wanted) await withKey(() => post(api, wanted));
}

const at = (field, message) => Object.assign(new Error(message), { fields: [{ field, message }] });

async function renew(row) {
  const box = dialog("renew-key");
  box.querySelector("[data-named]").textContent = row.dataset.name;
  offer(box.querySelector("[type=date]"));
  const wanted = await fill(box, (fields) => ({ expiresAt: end(fields.renewExpiry) }));
  if (wanted) await withKey(() => post(`${api}/${row.dataset.key}/renew`, wanted));
}

async function revoke(row) {
  const box = dialog("revoke-key");
  box.querySelector("[data-named]").textContent = row.dataset.name;
  if (await ask(box, () => call("DELETE", `${api}/${row.dataset.key}`))) {
    toast(text("apiKeys.revoked"));
    await refresh("keys");
  }
}

onButtons({ addKey: add, renewKey: renew, revokeKey: revoke });

// One's own account: profile, passkeys, sessions.
import { call, changeAccount, get, post } from "./api.js";
import { ask, busy, onButtons, refresh, show, toast } from "./dialogs.js";
import { check, guarded, placeErrors, values } from "./forms.js";
import { createPasskey, requirePasskeys } from "./passkey.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const dialog = (id) => document.getElementById(id);

async function addPasskey() {
  requirePasskeys();
  const begun = await withProof("add-passkey", () => get("/api/webauthn/register/start"));
  if (!begun) return;
  await post("/api/webauthn/register/finish", await createPasskey(begun.value));
  toast(text("account.passkeyAdded"));
  await refresh("passkeys");
}

async function rename(row) {
  const box = dialog("rename-passkey");
  const field = box.querySelector("input");
  field.value = row.dataset.name;
  const done = ask(box, async () => {
    if (!check(box.querySelector("form"))) throw new Error("");
    try {
      await call("PATCH", `/api/webauthn/credentials/${row.dataset.passkey}`, { name: field.value.trim() });
    } catch (error) {
      if (!placeErrors(box.querySelector("form"), error)) placeErrors(box.querySelector("form"), at("name", error));
      throw error;
    }
  });
  field.select();
  if (await done) {
    toast(text("account.passkeyRenamed"));
    await refresh("passkeys");
  }
}

const at = (field, error) => ({ fields: [{ field, message: error.message }] });

async function remove(row) {
  const box = dialog("remove-passkey");
  box.querySelector("[data-named]").textContent = row.dataset.name;
  box.querySelector("[data-last]").hidden = row.parentElement.children.length > 1;
  if (await ask(box, () => call("DELETE", `/api/webauthn/credentials/${row.dataset.passkey}`))) {
    toast(text("account.passkeyRemoved"));
    await refresh("passkeys");
  }
}

async function endOthers() {
  if (await ask(dialog("end-sessions"), () => call("DELETE", "/api/sessions"))) {
    toast(text("account.sessionsEnded"));
    await refresh("sessions");
  }
}

async function end(row) {
  await call("DELETE", `/api/sessions/${row.dataset.session}`);
  toast(text("account.sessionEnded"));
  await refresh("sessions");
}

// Lists are drawn again by the server, so the page listens rather than each button.
onButtons({ addPasskey, rename, remove, endAll: endOthers, end }, (button, error) => complain(button.closest("section"), error.message));

/** Says what went wrong at the top of the part of the page where it did. */
function complain(section, message) {
  let place = section.querySelector("[data-section-message]");
  if (!place) {
    place = document.createElement("p");
    place.className = "notice bad";
    place.dataset.sectionMessage = "";
    place.setAttribute("role", "alert");
    section.querySelector(".section-head").after(place);
  }
  show(place, message);
}

const form = document.querySelector("[data-profile-form]");
const guard = guarded(form);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form)) return;
  busy(form.querySelector("[type=submit]"), async () => {
    guard.say(text("common.saving"));
    try {
      const entered = values(form);
      await changeAccount({ ...entered, email: entered.email || null });
      const isNewAddress = form.elements.email.value !== form.elements.email.defaultValue;
      guard.clean();
      toast(text("common.saved"));
      // Whether an address is verified, and what can be done about it, stands in several places.
      if (isNewAddress) location.reload();
    } catch (error) {
      const placed = placeErrors(form, error);
      guard.say(placed ? text("common.unsaved") : error.message, !placed);
    }
  });
});

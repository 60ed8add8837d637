// The keys that tokens are signed with: rotating them, and removing one in an emergency.
import { call, post } from "./api.js";
import { ask, onButtons, refresh, toast } from "./dialogs.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const api = "/api/signing-keys";
const box = (id) => document.getElementById(id);

/** Asks first, then for the passkey: one dialog is open at a time. Answers whether it was done. */
async function confirmed(dialog, named, act) {
  dialog.querySelector("[data-named]").textContent = named;
  if (!(await ask(dialog, async () => {}))) return false;
  return Boolean(await withProof("signing-keys", act));
}

/** Only the keys that this page shows are retired: whoever was quicker has done it already. */
const shown = () => [...document.querySelectorAll("[data-current]")].map((one) => one.dataset.current).filter(Boolean);

async function rotate(named, wanted) {
  if (!(await confirmed(box("rotate-keys"), named, () => post(`${api}/rotate`, wanted)))) return;
  toast(text("signingKeys.rotated"));
  await refresh("signing-keys");
}

async function remove(row) {
  const key = row.dataset.key;
  if (!(await confirmed(box("remove-key"), key, () => call("DELETE", `${api}/${encodeURIComponent(key)}`)))) return;
  toast(text("signingKeys.removed"));
  await refresh("signing-keys");
}

onButtons({
  rotateAll: () => rotate(text("signingKeys.all"), { expected: shown() }),
  rotate: (_, button) => {
    const { algorithm, current } = button.closest("[data-current]").dataset;
    return rotate(algorithm, { alg: algorithm, expected: [current] });
  },
  remove,
});

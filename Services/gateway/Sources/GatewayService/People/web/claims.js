// The editor of custom claims, for a person's page and a group's: rows of a name and a value, saved together.
import { call, get } from "./api.js";
import { busy, toast } from "./dialogs.js";
import { check, guarded, setError } from "./forms.js";
import { text } from "./text.js";

const form = document.querySelector("[data-claims]");
const rows = form.querySelector("[data-claim-rows]");
const blank = form.querySelector("template");
const none = form.querySelector("[data-no-claims]");

const entered = () => [...rows.children].map((row) => {
  const [key, value] = row.querySelectorAll("input");
  return { key: key.value.trim(), value: value.value.trim() };
});

/** Numbers the rows from 0, so that equal claims are an equal form. */
function number() {
  [...rows.children].forEach((row, index) => {
    for (const input of row.querySelectorAll("input")) {
      const kind = input.name.split("-")[0];
      setError(input, "");
      row.querySelector(`label[for="${input.id}"]`).htmlFor = `claim-${kind}-${index}`;
      input.id = `claim-${kind}-${index}`;
      input.name = `${kind}-${index}`;
    }
  });
  none.hidden = rows.children.length > 0;
}

function add({ key = "", value = "" } = {}) {
  const row = blank.content.firstElementChild.cloneNode(true);
  const inputs = row.querySelectorAll("input");
  [inputs[0].value, inputs[1].value] = [key, value];
  rows.append(row);
  number();
  return inputs[0];
}

let saved = entered();

// Before `guarded` listens: what it then compares with is what Discard brings back.
form.addEventListener("reset", () => setTimeout(() => {
  rows.replaceChildren();
  saved.forEach(add);
  number();
}));
number();
const guard = guarded(form);
const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));

document.querySelector("[data-add-claim]").addEventListener("click", () => {
  const field = add();
  changed();
  field.focus();
});

rows.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-claim]");
  if (!button) return;
  button.closest("li").remove();
  number();
  changed();
  // Whatever had the focus is gone.
  (rows.querySelector("input") ?? document.querySelector("[data-add-claim]")).focus();
});

// Names that others use, once somebody is about to write one.
let suggested;
form.addEventListener("focusin", async (event) => {
  if (suggested || !event.target.matches("input[list]")) return;
  suggested = true;
  const names = await get("/api/custom-claims/suggestions").catch(() => []);
  document.getElementById("claim-names").replaceChildren(...names.map((name) => new Option(name, name)));
});

const known = {
  reserved_claim: () => text("claims.reserved"),
  duplicate_claim: () => text("claims.duplicate"),
};

/** Finds names that stand twice before the server does. */
function repeated() {
  const seen = new Set();
  const again = [...rows.querySelectorAll("input[list]")].find((input) => {
    const key = input.value.trim();
    return key && (seen.has(key) || !seen.add(key));
  });
  if (again) {
    setError(again, text("claims.duplicate"));
    again.focus();
  }
  return Boolean(again);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!check(form) || repeated()) return;
  busy(form.querySelector("[type=submit]"), async () => {
    guard.say(text("common.saving"));
    try {
      await call("PUT", form.dataset.claims, entered());
      saved = entered();
      guard.clean();
      toast(text("common.saved"));
    } catch (error) {
      guard.say(known[error.code]?.() ?? error.message, true);
    }
  });
});

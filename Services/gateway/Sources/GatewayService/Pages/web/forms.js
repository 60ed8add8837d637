// Forms: what was wrong is said at its field; Save and Discard appear when something changed.
import { text } from "./text.js";

/** The form's values by name: text trimmed, switches as booleans. */
export function values(form) {
  const result = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    result[field.name] = field.type === "checkbox" ? field.checked : field.value.trim();
  }
  return result;
}

/** Says what is wrong with a field beneath it; an empty message takes it away. */
export function setError(field, message) {
  const id = `${field.id}-error`;
  let place = document.getElementById(id);
  if (!message) {
    if (!place) return;
    place.remove();
    field.removeAttribute("aria-invalid");
    describe(field, (ids) => ids.filter((other) => other !== id));
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.id = id;
    place.className = "error";
    field.closest(".field").append(place);
  }
  // What is folded away could neither be seen nor take the focus.
  field.closest("details")?.setAttribute("open", "");
  place.textContent = message;
  field.setAttribute("aria-invalid", "true");
  describe(field, (ids) => [...ids.filter((other) => other !== id), id]);
}

function describe(field, change) {
  const ids = change((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

const usernameForm = /^[a-zA-Z0-9]([a-zA-Z0-9_.@-]*[a-zA-Z0-9])?$/;

/** Checks what can be checked here; focuses the first field that is wrong. */
export function check(form, more = {}) {
  const wrong = [];
  for (const field of form.querySelectorAll("input, textarea")) {
    if (!field.name || field.type === "hidden") continue;
    const message = complaint(field) || more[field.name]?.(field) || "";
    setError(field, message);
    if (message) wrong.push(field);
  }
  wrong[0]?.focus();
  return wrong.length === 0;
}

function complaint(field) {
  const value = field.value.trim();
  if (field.required && !value) return text("common.needed");
  if (field.name === "username" && value && !usernameForm.test(value)) return text("common.usernameForm");
  if (field.type === "email" && value && !/^[^\s@]+@[^\s@]+$/.test(value)) return text("common.emailForm");
  return "";
}

const known = {
  required: () => text("common.needed"),
  taken: () => text("common.taken"),
  retired: () => text("common.retired"),
  too_long: () => text("common.tooLong"),
  too_many: () => text("common.tooMany"),
  invalid: () => text("common.wrongForm"),
  wildcard: () => text("client.starNeedsPatterns"),
  anything: () => text("client.starAlone"),
};

// The API explains itself in English, and more exactly than its codes do.
const explain = ({ code, message }) => (document.documentElement.lang === "en" && message) || known[code]?.() || message;

/** Puts an API error's fields where they belong. Answers whether there was a place for any. */
export function placeErrors(form, error) {
  let first;
  for (const problem of error.fields ?? []) {
    const name = problem.field.replace(/\[.*$/, "").replace(/\..*$/, "");
    const input = [...form.elements].find((one) => one.name?.toLowerCase() === name.toLowerCase());
    if (!input?.id) continue;
    setError(input, explain(problem));
    first ??= input;
  }
  first?.focus();
  return Boolean(first);
}

/** Whether nothing is wrong but that names are kept for whoever had them until recently. */
export const onlyRetired = ({ fields = [] }) => fields.length > 0 && fields.every(({ code }) => code === "retired");

/** Takes a field's error away as soon as it is being corrected. */
export function forgiving(form) {
  form.addEventListener("input", (event) => {
    if (event.target.getAttribute("aria-invalid")) setError(event.target, "");
  });
}

/** Shows Save and Discard while the form differs from what was loaded, and asks before leaving then. */
export function guarded(form) {
  forgiving(form);
  const bar = form.querySelector("[data-save-bar]");
  const status = form.querySelector("[data-form-status]");
  const unsaved = status.textContent;
  let saved = JSON.stringify(values(form));
  let dirty = false;
  const look = () => {
    dirty = JSON.stringify(values(form)) !== saved;
    bar.hidden = !dirty;
    status.textContent = unsaved;
    status.classList.remove("bad");
  };
  form.addEventListener("input", look);
  form.addEventListener("reset", () => {
    for (const field of form.querySelectorAll("[aria-invalid]")) setError(field, "");
    setTimeout(look);
  });
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  return {
    clean() {
      // What was typed is now what Discard returns to.
      for (const field of form.elements) {
        if (field.type === "checkbox") field.defaultChecked = field.checked;
        else if ("defaultValue" in field) field.defaultValue = field.value;
      }
      saved = JSON.stringify(values(form));
      look();
    },
    say(message, bad = false) {
      status.textContent = message;
      status.classList.toggle("bad", bad);
    },
  };
}

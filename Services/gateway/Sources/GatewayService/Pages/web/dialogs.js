// Dialogs, toasts, and lists that come again from the server after a change.
import { writeTimes } from "./times.js";

/** Says a short thing that succeeded. */
export const toast = (message) => speak(message, "toast");

/** Says to those who listen what others see already. */
export const announce = (message) => speak(message, "unseen");

function speak(message, className) {
  // A dialog covers the page for ears too: what happens in it is said in it.
  const place = document.querySelector("dialog[open] .toasts") ?? document.querySelector("body > .toasts");
  const element = document.createElement("p");
  element.className = className;
  element.textContent = message;
  place.replaceChildren(element);
  setTimeout(() => element.remove(), 4000);
}

/**
 * Opens a dialog that asks before something is done, and does it when confirmed. What goes wrong is said in the dialog,
 * which stays open. Answers whether it was done.
 */
export function ask(dialog, act) {
  const confirm = dialog.querySelector("[data-confirm]");
  const message = dialog.querySelector("[data-message]");
  show(message, "");
  return new Promise((resolve) => {
    let done = false;
    const onConfirm = async () => {
      await busy(confirm, async () => {
        try {
          await act(dialog);
          done = true;
          dialog.close();
        } catch (error) {
          show(message, error.message);
        }
      });
    };
    const form = dialog.querySelector("form");
    const onSubmit = (event) => {
      // Return in a field means the main button, not the first one.
      if (event.submitter?.value === "cancel" && document.activeElement?.tagName !== "INPUT") return;
      event.preventDefault();
      onConfirm();
    };
    form.addEventListener("submit", onSubmit);
    confirm.addEventListener("click", onConfirm);
    dialog.addEventListener("close", () => {
      form.removeEventListener("submit", onSubmit);
      confirm.removeEventListener("click", onConfirm);
      resolve(done);
    }, { once: true });
    dialog.showModal();
  });
}

/** Opens a dialog that Escape does not close: what it shows will not be shown again. */
export function tell(dialog) {
  dialog.addEventListener("cancel", keepOpen);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}

function keepOpen(event) {
  event.preventDefault();
}

/**
 * Does what a button's data attribute names, with the row that it stands in: `{ renewKey: (row) => … }`. The button shows that
 * it works; what goes wrong is said.
 */
export function onButtons(acts, complain = (button, error) => toast(error.message)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const name = button && Object.keys(acts).find((one) => one in button.dataset);
    if (!name) return;
    busy(button, async () => {
      try {
        await acts[name](button.closest(".row"), button);
      } catch (error) {
        complain(button, error);
      }
    });
  });
}

/** Writes a message into its place, or hides the place. */
export function show(place, message) {
  if (!place) return;
  place.textContent = message;
  place.hidden = !message;
}

/** Runs work with a button held, showing that it is under way once it has taken a moment. */
export async function busy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return undefined;
  button.setAttribute("aria-disabled", "true");
  const timer = setTimeout(() => {
    // While a dialog waits for the person, the work behind it waits too, and the button that opened it rests.
    const dialog = document.querySelector("dialog[open]");
    if (!dialog || dialog.contains(button)) button.setAttribute("aria-busy", "true");
  }, 400);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

/** Takes one part of this page afresh from the server, so that lists are only ever drawn there. */
export async function refresh(id) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [before, after] = [document.getElementById(id), page.getElementById(id)];
  if (!response.ok || !before || !after) {
    location.reload();
    return;
  }
  before.replaceWith(after);
  // Whatever had the focus is gone: whoever goes by keyboard goes on from here.
  const heading = after.querySelector("h2");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  writeTimes(after);
}

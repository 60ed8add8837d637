// A link that signs somebody in once: for who is new, and for who has lost their passkeys. Any button with
// `data-one-time-link` opens the dialog; `data-user` is the person's id, `data-name` the name, `data-mail` the address that
// it may be sent to.
import { post } from "./api.js";
import { busy, show, toast } from "./dialogs.js";
import { withProof } from "./proof.js";
import { picture } from "./qr.js";
import { text } from "./text.js";

const box = document.getElementById("one-time-link");
const message = box.querySelector("[data-message]");
const [code, copy, place] = [box.querySelector("[data-link]"), box.querySelector("[data-copy]"), box.querySelector("[data-qr]")];
const life = box.querySelector("select");
let user;

function look(given) {
  for (const part of box.querySelectorAll("[data-asking]")) part.hidden = given;
  for (const part of box.querySelectorAll("[data-given]")) part.hidden = !given;
}

function open(button) {
  user = button.dataset.user;
  box.querySelector("[data-named]").textContent = button.dataset.name;
  box.querySelector("[data-mail-link]").hidden = !button.dataset.mail;
  show(message, "");
  look(false);
  box.showModal();
}

/** Runs something that needs the passkey again, and says in the dialog what goes wrong. */
function act(button, path, done) {
  busy(button, async () => {
    show(message, "");
    try {
      const made = await withProof("one-time-link", () => post(`/api/users/${user}/${path}`, { ttl: Number(life.value) }));
      if (made) done(made.value);
    } catch (error) {
      show(message, error.message);
    }
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-one-time-link]");
  if (button) open(button);
});

box.querySelector("[data-make-link]").addEventListener("click", ({ currentTarget }) => act(currentTarget, "one-time-access-token", ({ token }) => {
  const link = `${location.origin}/lc/${encodeURIComponent(token)}`;
  code.textContent = link;
  copy.dataset.copy = link;
  const drawn = picture(link, text("oneTimeLink.picture"));
  place.replaceChildren(...(drawn ? [drawn] : []));
  look(true);
  copy.focus();
}));

box.querySelector("[data-mail-link]").addEventListener("click", ({ currentTarget }) => act(currentTarget, "one-time-access-email", () => {
  box.close();
  toast(text("oneTimeLink.mailed"));
}));

// What it showed signs somebody in: it stays no longer than it is looked at.
box.addEventListener("close", () => {
  code.textContent = "";
  copy.dataset.copy = "";
  place.replaceChildren();
});

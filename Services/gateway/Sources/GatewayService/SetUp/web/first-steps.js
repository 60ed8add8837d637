// The first steps of an administrator: a second way in, the first person, the first app.
import { get, post } from "./api.js";
import { ask, onButtons, refresh, tell, toast } from "./dialogs.js";
import { check, forgiving, placeErrors, values } from "./forms.js";
import { createPasskey, requirePasskeys } from "./passkey.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const { user, username } = document.getElementById("main").dataset;

// As long as the server lets a link live.
const recoveryLife = "744h";
const invitationLife = "168h";

async function addPasskey() {
  requirePasskeys();
  const begun = await withProof("add-passkey", () => get("/api/webauthn/register/start"));
  if (!begun) return;
  await post("/api/webauthn/register/finish", await createPasskey(begun.value));
  toast(text("account.passkeyAdded"));
  await refresh("steps");
}

/** Shows a link that is shown this once, to be copied or printed. */
async function keep(link, title, sentence, person) {
  const box = document.getElementById("kept-link");
  box.querySelector("[data-link-title]").textContent = title;
  box.querySelector("[data-link-text]").textContent = sentence;
  box.querySelector("[data-link-person]").textContent = person;
  box.querySelector("[data-link]").textContent = link;
  box.querySelector("[data-copy]").dataset.copy = link;
  await tell(box);
  box.querySelector("[data-link]").textContent = "";
  box.querySelector("[data-copy]").dataset.copy = "";
  await refresh("steps");
}

const oneTimeLink = async (id, ttl) => {
  const made = await withProof("one-time-link", () => post(`/api/users/${id}/one-time-access-token`, { ttl }));
  return made && `${location.origin}/lc/${made.value.token}`;
};

async function recovery() {
  const link = await oneTimeLink(user, recoveryLife);
  if (link) await keep(link, text("firstSteps.recoveryTitle"), text("firstSteps.recoveryText"), username);
}

const invite = document.getElementById("invite");
forgiving(invite.querySelector("form"));

async function invitePerson() {
  const form = invite.querySelector("form");
  form.reset();
  let person = null;
  let link = null;
  const done = await ask(invite, async () => {
    if (!check(form)) throw new Error("");
    try {
      // A second try after the person was made only makes the link.
      if (!person) {
        const entered = values(form);
        const displayName = [entered.firstName, entered.lastName].filter(Boolean).join(" ");
        person = await post("/api/users", { ...entered, email: entered.email || null, displayName, isAdmin: false, disabled: false });
      }
      link = await oneTimeLink(person.id, invitationLife);
      if (!link) throw new Error(text("firstSteps.noLinkYet"));
    } catch (error) {
      if (placeErrors(form, error)) throw new Error("");
      throw error;
    }
  });
  if (done) await keep(link, text("firstSteps.invitedTitle"), text("firstSteps.invitedText"), person.displayName);
  else if (person) await refresh("steps");
}

async function signupLink() {
  const made = await withProof("one-time-link", () =>
    post("/api/signup-tokens", { ttl: invitationLife, usageLimit: 1, userGroupIds: [] }));
  if (!made) return;
  await keep(`${location.origin}/st/${made.value.token}`, text("firstSteps.signupTitle"), text("firstSteps.signupText"), "");
}

async function skip(steps) {
  await post("/api/first-steps/skip", { steps });
  await refresh("steps");
}

async function dismiss() {
  const open = [...document.querySelectorAll("[data-skip]")].map((button) => button.dataset.skip);
  await post("/api/first-steps/skip", { steps: open });
  location.assign("/settings/account");
}

onButtons({
  print: () => print(),
  addPasskey,
  recovery,
  invite: invitePerson,
  signupLink,
  skip: (row, button) => skip([button.dataset.skip]),
  dismiss,
});

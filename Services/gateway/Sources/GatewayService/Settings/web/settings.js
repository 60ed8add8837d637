// The settings: all of them are replaced at once, so that what this page does not show is sent back as it was.
import { call, get } from "./api.js";
import { busy, toast } from "./dialogs.js";
import { check, guarded, placeErrors, setError } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const api = "/api/application-configuration";
const form = document.querySelector("[data-settings-form]");

const isWhole = (field, largest) => /^\d+$/.test(field.value.trim()) && Number(field.value) >= 1 && Number(field.value) <= largest;

const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);

const checks = {
  sessionDuration: (field) => (isWhole(field, 43200) ? "" : text("settings.sessionForm")),
  smtpPort: (field) => (!field.value.trim() || isWhole(field, 65535) ? "" : text("settings.portForm")),
  homePageUrl: (field) => (/^(\/(?![/\\])|https?:\/\/\S)/.test(field.value.trim()) ? "" : text("settings.homePageForm")),
  signupDefaultCustomClaims: (field) => (lines(field.value).every((line) => /^[^=]+=./.test(line)) ? "" : text("settings.claimsForm")),
};

/** Every setting of the form, as the API has it: texts, whatever they mean. */
function entered() {
  const result = {};
  for (const field of form.elements) {
    if (!field.name || field.dataset.group) continue;
    result[field.name] = field.type === "checkbox" ? String(field.checked) : field.value.trim();
  }
  const groups = [...form.querySelectorAll("[data-group]:checked")].map((field) => field.dataset.group);
  const claims = lines(result.signupDefaultCustomClaims).map((line) => {
    const at = line.indexOf("=");
    return { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
  return { ...result, signupDefaultUserGroupIDs: JSON.stringify(groups), signupDefaultCustomClaims: JSON.stringify(claims) };
}

if (form) {
  const guard = guarded(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(form, checks)) return;
    busy(form.querySelector("[type=submit]"), async () => {
      guard.say(text("common.saving"));
      try {
        const current = Object.fromEntries((await get(`${api}/all`)).map(({ key, value }) => [key, value]));
        const saved = await withProof("settings", () => call("PUT", api, { ...current, ...entered() }));
        if (!saved) {
          guard.say(text("common.unsaved"));
          return;
        }
        guard.clean();
        for (const name of document.querySelectorAll(".brand-name bdi")) name.textContent = form.elements.appName.value.trim();
        document.documentElement.toggleAttribute("data-still", form.elements.disableAnimations.checked);
        toast(text("common.saved"));
      } catch (error) {
        const placed = placeErrors(form, error);
        guard.say(placed ? text("common.unsaved") : error.message, !placed);
      }
    });
  });
  // A choice is no typing: its mark goes as soon as another is made.
  form.addEventListener("change", (event) => setError(event.target, ""));
}

// The accent colour: shown as soon as it is chosen, and kept.
import { call, get } from "./api.js";
import { show, toast } from "./dialogs.js";
import { setError } from "./forms.js";
import { text } from "./text.js";

const settings = "/api/application-configuration";
const form = document.querySelector("[data-accent-form]");
const own = form?.querySelector("[data-own-colour]");
const field = form?.elements.ownColour;

const names = {
  default: () => text("look.default"),
  rose: () => text("look.rose"),
  orange: () => text("look.orange"),
  amber: () => text("look.amber"),
  green: () => text("look.green"),
  teal: () => text("look.teal"),
  blue: () => text("look.blue"),
  purple: () => text("look.purple"),
};
for (const place of form?.querySelectorAll("[data-accent-name]") ?? []) place.textContent = names[place.dataset.accentName]?.() ?? "";

/** Any colour that the browser knows, in the form that is kept; "" for what is none. */
function colour(value) {
  if (!CSS.supports("color", value) || /^(currentcolor|inherit|initial|unset|revert|revert-layer|transparent)$|var\(/i.test(value)) return "";
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d");
  pen.fillStyle = value;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

async function keep(accentColor) {
  show(form.querySelector("[data-message]"), "");
  try {
    // All settings are replaced at once: what is not changed is sent back as it was. Secrets that are left out stay.
    const current = Object.fromEntries((await get(`${settings}/all`)).map(({ key, value }) => [key, value]));
    for (const secret of ["smtpPassword", "ldapBindPassword"]) delete current[secret];
    await call("PUT", settings, { ...current, accentColor });
    await wear();
    toast(text("look.saved"));
  } catch (error) {
    show(form.querySelector("[data-message]"), error.message);
  }
}

/** Puts the stylesheet of the new colour in the place of the old one. */
async function wear() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const sheet = (from) => from.querySelector('link[rel="stylesheet"][href^="/static/theme.css"]');
  const [before, after] = [sheet(document), sheet(page)];
  if (after) document.querySelector('link[rel="stylesheet"]').after(document.importNode(after));
  if (after && before) setTimeout(() => before.remove(), 400);
  else before?.remove();
}

form?.addEventListener("change", (event) => {
  if (event.target.name === "accent") {
    own.hidden = event.target.value !== "";
    if (event.target.value) keep(event.target.value);
    else field.focus();
  }
  if (event.target === field) {
    const value = colour(field.value.trim());
    setError(field, value ? "" : text("look.noColour"));
    if (value) keep(value);
  }
});
form?.addEventListener("submit", (event) => event.preventDefault());

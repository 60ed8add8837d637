// Connecting a known app: its address fills in the rest, and its settings are shown with our values and the new secret.
import { call, post } from "./api.js";
import { busy, show, toast } from "./dialogs.js";
import { check, forgiving, placeErrors, setError, values } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const list = "/settings/admin/oidc-clients";

/** An address as people type it, in the form that apps put into their own: with a scheme, without a slash at the end. */
function address(typed) {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  try {
    const url = new URL(whole);
    if (!/^https?:$/.test(url.protocol) || !url.hostname) return "";
    return (url.origin + url.pathname).replace(/\/+$/, "");
  } catch {
    return "";
  }
}

const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);

function connectForm(form) {
  const { launchURL, id } = form.elements;
  const areas = [...form.querySelectorAll("[data-shape]")];
  const own = new Set();
  const fill = () => {
    const app = launchURL ? address(launchURL.value.trim()) : "";
    for (const area of areas) {
      // What somebody has written by hand stays.
      if (own.has(area)) continue;
      const ready = lines(area.dataset.shape).filter((shape) => app || !shape.includes("{app}"));
      area.value = ready
        .map((shape) => shape.replaceAll("{app}", app).replaceAll("{clientId}", id?.value.trim() ?? ""))
        .join("\n");
      if (area.value) setError(area, "");
    }
  };
  forgiving(form);
  for (const area of areas) area.addEventListener("input", () => (area.value.trim() ? own.add(area) : own.delete(area)));
  launchURL?.addEventListener("input", fill);
  launchURL?.addEventListener("change", () => {
    launchURL.value = address(launchURL.value.trim()) || launchURL.value;
    fill();
  });
  id?.addEventListener("input", fill);
  // The browser may have kept what was typed before a reload.
  fill();

  const message = form.querySelector("[data-message]");
  const checks = {
    launchURL: (field) => (address(field.value.trim()) ? "" : text("client.launchForm")),
    callbackURLs: (field) => (field.value.includes("*") ? text("connectApp.starLeft") : ""),
    id: (field) => (/^[a-zA-Z0-9._-]{2,128}$/.test(field.value.trim()) ? "" : text("connectApp.idForm")),
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(form, checks)) return;
    busy(form.querySelector("[type=submit]"), async () => {
      show(message, "");
      try {
        await connect(form);
      } catch (error) {
        if (error.code === "client_id_already_exists" && id) {
          setError(id, text("common.taken"));
          id.focus();
        } else if (!placeErrors(form, error)) show(message, error.message);
      }
    });
  });
}

async function connect(form) {
  const entered = values(form);
  const made = await post("/api/oidc/clients", {
    ...(entered.id ? { id: entered.id } : {}),
    name: entered.name,
    callbackURLs: lines(entered.callbackURLs),
    logoutCallbackURLs: lines(entered.logoutCallbackURLs ?? ""),
    backchannelLogoutURL: entered.backchannelLogoutURL || null,
    launchURL: entered.launchURL ? address(entered.launchURL) : null,
    isPublic: "public" in form.dataset,
    pkceEnabled: "pkce" in form.dataset,
  });
  const client = encodeURIComponent(made.id);
  await call("PUT", `/api/oidc/clients/${client}/known-app`, { knownApp: form.dataset.connectApp });
  const there = `${list}/${client}/connect`;
  // The page takes the form's place here instead of being opened: the secret is handed over in memory alone, and goes
  // into no address and no storage.
  const response = await fetch(there, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page && page.getElementById("main");
  if (!main) {
    location.assign(there);
    return;
  }
  document.getElementById("main").replaceWith(main);
  document.title = page.title;
  history.replaceState(null, "", there);
  scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  if (main.querySelector("[data-make-secret]")) await makeSecret();
}

let forget = null;

/** Makes a secret and puts it wherever the page has a place for it, until it is said to be saved. */
async function makeSecret() {
  const main = document.getElementById("main");
  const made = await withProof("client-secret", () => post(`${main.dataset.client}/secrets`));
  if (!made) return;
  const { secret } = made.value;
  const slots = [...main.querySelectorAll("[data-secret-slot]")].map((slot) => [slot, slot.textContent]);
  const copies = [...main.querySelectorAll("[data-copy]")].map((button) => [button, button.dataset.copy]);
  for (const [slot] of slots) {
    slot.textContent = secret;
    slot.classList.add("filled");
  }
  for (const [button, shape] of copies) button.dataset.copy = shape.replaceAll("{clientSecret}", secret);
  const turn = (shown) => {
    for (const part of main.querySelectorAll("[data-secret-once]")) part.hidden = !shown;
    for (const part of main.querySelectorAll("[data-secret-absent]")) part.hidden = shown;
  };
  turn(true);
  const stay = (event) => event.preventDefault();
  addEventListener("beforeunload", stay);
  forget = () => {
    for (const [slot, word] of slots) {
      slot.textContent = word;
      slot.classList.remove("filled");
    }
    for (const [button, shape] of copies) button.dataset.copy = shape;
    turn(false);
    removeEventListener("beforeunload", stay);
    forget = null;
    // The page by now knows of the secret, and the browser's history of this page instead of the form.
    location.reload();
  };
}

const form = document.querySelector("[data-connect-app]");
if (form) connectForm(form);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-secret-saved]")) forget?.();
  const button = event.target.closest("[data-make-secret]");
  if (!button) return;
  busy(button, () => makeSecret().catch((error) => toast(error.message)));
});

// The apps' technical side: making one, changing it, its secrets, deleting it.
import { call, get, post } from "./api.js";
import { ask, busy, onButtons, refresh, show, tell, toast } from "./dialogs.js";
import { check, forgiving, guarded, placeErrors, values } from "./forms.js";
import { withProof } from "./proof.js";
import { text } from "./text.js";

const list = "/settings/admin/oidc-clients";
const { client } = document.getElementById("main").dataset;

const isAddress = (value) => {
  try {
    return new URL(value).protocol.length > 1;
  } catch {
    return false;
  }
};

const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);

// The server's rules are stricter; these catch slips while the page is still at hand.
const urls = (field) => {
  const patterns = field.form.elements.callbackURLPatterns.checked;
  for (const line of lines(field.value)) {
    if (line.includes("*") && !patterns) return text("client.starNeedsPatterns");
    if (line !== "*" && !isAddress(line.replaceAll("*", "1"))) return text("client.urlForm");
  }
  return "";
};
const address = (complaint) => (field) => (!field.value.trim() || isAddress(field.value.trim()) ? "" : complaint());
const minutes = (field) => (/^[1-9]\d*$/.test(field.value.trim()) ? "" : text("client.minutesForm"));

const checks = {
  callbackURLs: urls,
  logoutCallbackURLs: urls,
  launchURL: address(() => text("client.launchForm")),
  backchannelLogoutURL: address(() => text("client.logoutForm")),
  frontchannelLogoutURL: address(() => text("client.logoutForm")),
  accessTokenDurationMinutes: minutes,
  refreshTokenDurationMinutes: minutes,
};

function settings(form) {
  const entered = values(form);
  return {
    ...entered,
    callbackURLs: lines(entered.callbackURLs),
    logoutCallbackURLs: lines(entered.logoutCallbackURLs),
    launchURL: entered.launchURL || null,
    backchannelLogoutURL: entered.backchannelLogoutURL || null,
    frontchannelLogoutURL: entered.frontchannelLogoutURL || null,
    pkceEnabled: form.elements.pkceEnabled.checked || form.elements.isPublic.checked,
    accessTokenDurationMinutes: Number(entered.accessTokenDurationMinutes),
    refreshTokenDurationMinutes: Number(entered.refreshTokenDurationMinutes),
  };
}

/** A public client has no secret: PKCE is not a choice there, and patterns are none. */
function couple(form) {
  const { isPublic, pkceEnabled, callbackURLPatterns } = form.elements;
  const coupled = [[pkceEnabled, true], [callbackURLPatterns, false]].map(
    ([field, there]) => ({ field, there, chosen: field.checked }));
  const look = () => {
    for (const each of coupled) {
      if (isPublic.checked && !each.field.disabled) each.chosen = each.field.checked;
      each.field.disabled = isPublic.checked;
      each.field.checked = isPublic.checked ? each.there : each.chosen;
    }
  };
  isPublic.addEventListener("change", look);
  form.addEventListener("reset", () => {
    for (const each of coupled) each.chosen = each.field.defaultChecked;
    setTimeout(look);
  });
  look();
}

const create = document.querySelector("[data-new-client]");
if (create) {
  forgiving(create);
  couple(create);
  const message = create.querySelector("[data-message]");
  create.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(create, checks)) return;
    busy(create.querySelector("[type=submit]"), async () => {
      show(message, "");
      try {
        const made = await post("/api/oidc/clients", settings(create));
        location.assign(`${list}/${encodeURIComponent(made.id)}`);
      } catch (error) {
        if (!placeErrors(create, error)) show(message, error.message);
      }
    });
  });
}

const edit = document.querySelector("[data-edit-client]");
if (edit) {
  couple(edit);
  const guard = guarded(edit);
  edit.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check(edit, checks)) return;
    busy(edit.querySelector("[type=submit]"), async () => {
      guard.say(text("common.saving"));
      try {
        // The whole client is replaced: what this form does not show is sent back as it was.
        const whole = { ...(await get(client)), ...settings(edit) };
        const saved = await withProof("redirect-uri", () => call("PUT", client, whole));
        if (!saved) {
          guard.say(text("common.unsaved"));
          return;
        }
        guard.clean();
        location.reload();
      } catch (error) {
        const placed = placeErrors(edit, error);
        guard.say(placed ? text("common.unsaved") : error.message, !placed);
      }
    });
  });
}

async function addSecret() {
  const days = Number(document.querySelector("[data-secret-days]").value);
  const life = days ? { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() } : {};
  const made = await withProof("client-secret", () => post(`${client}/secrets`, life)).catch((error) => {
    throw error.code === "too_many_secrets" ? new Error(text("client.secretsFull")) : error;
  });
  if (!made) return;
  const box = document.getElementById("new-secret");
  box.querySelector("[data-secret-value]").textContent = made.value.secret;
  box.querySelector("[data-copy]").dataset.copy = made.value.secret;
  await tell(box);
  box.querySelector("[data-secret-value]").textContent = "";
  box.querySelector("[data-copy]").dataset.copy = "";
  await refresh("secrets");
}

async function removeSecret(row) {
  const box = document.getElementById("remove-secret");
  box.querySelector("[data-named]").textContent = row.dataset.name;
  if (await ask(box, () => call("DELETE", `${client}/secrets/${row.dataset.secret}`))) {
    toast(text("client.secretRemoved"));
    await refresh("secrets");
  }
}

async function remove() {
  if (await ask(document.getElementById("delete-client"), () => call("DELETE", client))) location.assign(list);
}

onButtons({ addSecret, removeSecret, deleteClient: remove });

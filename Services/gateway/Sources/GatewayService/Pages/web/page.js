// What every page does: language and theme, times in the reader's words, copy buttons.
import { changeAccount } from "./api.js";
import { text } from "./text.js";
import { announce, toast } from "./dialogs.js";
import { writeTimes } from "./times.js";

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

for (const select of document.querySelectorAll("[data-language]")) {
  select.addEventListener("change", async () => {
    remember("locale", select.value);
    // The account's language goes before the browser's, so that a signed-in person changes it there too.
    if (document.body.classList.contains("shell")) await changeAccount({ locale: select.value }).catch(() => {});
    location.reload();
  });
}

const themes = [...document.querySelectorAll("[data-theme-choice]")];
for (const button of themes) {
  button.tabIndex = button.getAttribute("aria-checked") === "true" ? 0 : -1;
  button.addEventListener("click", () => chooseTheme(button));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const group = [...button.parentElement.children];
    const next = group[(group.indexOf(button) + step + group.length) % group.length];
    chooseTheme(next);
    next.focus();
  });
}

function chooseTheme(chosen) {
  const theme = chosen.dataset.themeChoice;
  remember("theme", theme);
  document.documentElement.dataset.theme = theme;
  for (const button of themes) {
    const on = button.dataset.themeChoice === theme;
    button.setAttribute("aria-checked", on);
    button.tabIndex = on ? 0 : -1;
  }
}

writeTimes(document);

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-reload]")) {
    event.preventDefault();
    location.reload();
    return;
  }
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    toast(text("common.copyByHand"));
    return;
  }
  const label = button.querySelector("span");
  const word = (label.dataset.usual ??= label.dataset.word);
  label.dataset.word = text("common.copied");
  button.classList.add("done");
  announce(text("common.copied"));
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.dataset.word = word;
    button.classList.remove("done");
  }, 2000);
});

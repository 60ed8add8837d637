// The list of known apps: what is typed narrows it at once. Without this the form asks the server for the same.
import { show } from "./dialogs.js";

const field = document.querySelector("[data-filter]");
const apps = [...document.querySelectorAll("[data-find]")];
const nothing = document.querySelector("[data-nothing]");
const sentence = nothing.textContent;

function found() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  return apps.filter((app) => words.every((word) => app.dataset.find.includes(word)));
}

// A list that came searched holds only a part: typing further starts from all.
const whole = !new URLSearchParams(location.search).get("search");

field.addEventListener("input", () => {
  if (!whole) return;
  const shown = new Set(found());
  for (const app of apps) app.hidden = !shown.has(app);
  show(nothing, shown.size ? "" : sentence);
});

field.form.addEventListener("submit", (event) => {
  const [first, ...more] = whole ? found() : [];
  if (!first || more.length) return;
  // One left: that is the one.
  event.preventDefault();
  first.querySelector("a").click();
});

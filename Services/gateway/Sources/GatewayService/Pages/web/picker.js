// A field that looks things up while one types, and hands over what is chosen: for lists too long to be shown.
import { get } from "./api.js";
import { text } from "./text.js";

/** Milliseconds of rest before the server is asked. */
const pause = 150;

/**
 * Makes a `.picker` work.
 * `search` names the address for a text; `title` and `note` say of one found thing what is shown; `choose` takes it.
 */
export function picker(root, { search, title, note = () => "", choose }) {
  const input = root.querySelector("[role=combobox]");
  const list = root.querySelector("[role=listbox]");
  let found = [];
  let at = -1;
  let turn = 0;
  let timer;

  const close = () => {
    turn += 1;
    clearTimeout(timer);
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (next) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    at = (next + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };

  const say = (message) => {
    const line = document.createElement("li");
    line.className = "picker-note";
    line.textContent = message;
    list.replaceChildren(line);
  };

  const draw = () => {
    if (!found.length) say(text("picker.nothing"));
    else {
      list.replaceChildren(...found.map((item, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("bdi");
        name.textContent = title(item);
        const small = document.createElement("small");
        small.textContent = note(item);
        option.append(name, small);
        return option;
      }));
    }
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  };

  const look = async () => {
    turn += 1;
    const mine = turn;
    try {
      const answer = await get(search(encodeURIComponent(input.value.trim())));
      // A slower answer to an earlier text is of no use.
      if (mine !== turn) return;
      found = answer.data;
      draw();
    } catch (error) {
      if (mine !== turn) return;
      found = [];
      list.hidden = false;
      say(error.message);
    }
  };

  const take = async (index) => {
    const item = found[index];
    if (!item) return;
    close();
    input.value = "";
    await choose(item, input);
  };

  input.addEventListener("input", () => {
    // What was found for an earlier text must not be taken for an answer to this one.
    close();
    found = [];
    timer = setTimeout(look, pause);
  });
  input.addEventListener("focus", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) look();
      else mark(at < 0 && step < 0 ? -1 : at + step);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      take(at < 0 && found.length === 1 ? 0 : at);
    }
  });
  // Before the field loses the focus, or the list would be gone before it is clicked.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take([...list.children].indexOf(option));
  });
}

// Posts an app's answer as soon as it is there. Going back must not post it again: its code is good for once.
const [entry] = performance.getEntriesByType("navigation");

if (entry?.type !== "back_forward") document.querySelector("[data-form-post]").requestSubmit();

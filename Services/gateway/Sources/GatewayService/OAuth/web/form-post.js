// Posts the page's form as soon as it is there. Going back must not post it again: an app's code is good for once.
const [entry] = performance.getEntriesByType("navigation");

if (entry?.type !== "back_forward") document.querySelector("[data-form-post]").requestSubmit();

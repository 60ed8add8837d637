// Goes on to the app that asked, once the frames that sign out of apps have loaded.

// How long an app may take: longer, and people press the button anyway.
const patience = 3000;

const onward = document.querySelector("[data-onward]");
const loaded = new Promise((resolve) => {
  // The page has loaded when its frames have.
  if (document.readyState === "complete") resolve();
  else addEventListener("load", resolve, { once: true });
});
const late = new Promise((resolve) => setTimeout(resolve, patience));
// Replaced, not added: going back must not lead here.
Promise.race([loaded, late]).then(() => location.replace(onward.href));

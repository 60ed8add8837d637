// An app that was not told of ended sessions: try again.
import { post } from "./api.js";
import { onButtons, refresh, toast } from "./dialogs.js";
import { text } from "./text.js";

const { client } = document.getElementById("main").dataset;

async function retryNotices() {
  await post(`${client}/logout-notices/retry`);
  toast(text("notices.retried"));
  // What has come of it shows a moment later.
  setTimeout(() => refresh("notices"), 2000);
}

onButtons({ retryNotices });

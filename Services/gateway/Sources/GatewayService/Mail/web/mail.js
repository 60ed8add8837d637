// Mail that was not delivered: try again, discard, and the test mail.
import { call, post } from "./api.js";
import { ask, onButtons, refresh, toast } from "./dialogs.js";
import { text } from "./text.js";

const list = "/api/mail/failures";

async function test() {
  try {
    const answer = await post("/api/application-configuration/test-email");
    toast(answer ? text("mailQueue.testWaiting") : text("mailQueue.testDelivered"));
  } catch (error) {
    if (error.code === "user_email_not_set") toast(text("mailQueue.noAddress"));
    else if (error.code === "smtp_not_configured") toast(text("mailQueue.notConfigured"));
    else if (error.code === "email_not_sent") toast(text("mailQueue.testFailed"));
    else throw error;
  }
  await refresh("mail");
}

async function retry(row) {
  await post(`${list}/${row.dataset.mail}/retry`);
  toast(text("mailQueue.retried"));
  await refresh("mail");
}

async function discard(row) {
  if (await ask(document.getElementById("discard-mail"), () => call("DELETE", `${list}/${row.dataset.mail}`))) {
    toast(text("mailQueue.discarded"));
    await refresh("mail");
  }
}

onButtons({ testMail: test, retry, discard });

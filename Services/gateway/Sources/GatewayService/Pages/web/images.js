// Pictures and logos: choosing, making them small enough here, looking at them, sending, taking away.
import { call, get, upload } from "./api.js";
import { ask, busy, refresh, toast } from "./dialogs.js";
import { check } from "./forms.js";
import { text } from "./text.js";

// What is kept at most; a photograph is made that small here, so that it is quick to send.
const kinds = {
  profile: { side: 512, square: true, type: "image/png" },
  logo: { side: 512, type: "image/png" },
  mail: { side: 512, type: "image/png" },
  icon: { side: 128, type: "image/png" },
  background: { side: 2560, type: "image/webp" },
};

/** The file as it will be sent, and an address to show it under. What this browser cannot read is sent as it is. */
async function prepared(file, kind) {
  const { side, square, type } = kinds[kind];
  const keeps = ["image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon"].includes(file.type);
  if (keeps) return { file };
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { file };
  }
  const edge = Math.min(bitmap.width, bitmap.height);
  const from = square ? [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2, edge, edge] : [0, 0, bitmap.width, bitmap.height];
  const scale = Math.min(1, side / Math.max(from[2], from[3]));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(from[2] * scale));
  canvas.height = Math.max(1, Math.round(from[3] * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, ...from, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.9));
  return { file: blob ?? file, address: canvas.toDataURL(type, 0.9) };
}

const dialog = (id) => document.getElementById(id);

async function choose(row, input) {
  const [chosen] = input.files;
  input.value = "";
  if (!chosen) return;
  const { kind, image, method } = row.dataset;
  const { file, address } = await prepared(chosen, kind);
  const send = () => upload(method, image, file);
  const box = dialog("picture-preview");
  if (box && address) {
    for (const one of box.querySelectorAll("img")) one.src = address;
    if (!(await ask(box, send))) return;
  } else {
    await send();
  }
  toast(text("image.saved"));
  await redraw(row);
}

async function remove(row) {
  await call("DELETE", row.dataset.image);
  toast(text("image.removed"));
  await redraw(row);
}

async function fetchLogo(row, field) {
  const { client } = document.getElementById("main").dataset;
  const box = dialog("logo-address");
  const input = box.querySelector("input");
  input.value = "";
  const done = await ask(box, async () => {
    if (!check(box.querySelector("form"))) throw new Error("");
    // The whole client is replaced: what is not changed is sent back as it was.
    await call("PUT", client, { ...(await get(client)), [field]: input.value.trim() });
  });
  if (!done) return;
  toast(text("image.saved"));
  await redraw(row);
}

/** The section comes afresh from the server; so do the places around it that show the same picture. */
async function redraw(row) {
  const section = row.closest("section").id;
  const own = row.dataset.kind === "profile" && section === "picture";
  await refresh(section);
  const shown = own && document.querySelector(`#${section} .well`);
  const avatar = document.querySelector(".rail .avatar");
  if (shown && avatar) avatar.replaceChildren(...shown.cloneNode(true).childNodes);
  if (section === "logos") await refreshTile();
}

async function refreshTile() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [before, after] = [document, page].map((one) => one.querySelector(".titled .tile"));
  if (before && after) before.replaceWith(after);
}

/** Says what went wrong in the row where it did. */
function complain(row, message) {
  if (!row.isConnected || !message) return toast(message);
  let place = row.querySelector(".error");
  if (!place) {
    place = document.createElement("small");
    place.className = "error";
    place.setAttribute("role", "alert");
    row.querySelector(".two-lines").append(place);
  }
  place.textContent = message;
}

async function attempt(row, button, work) {
  row.querySelector(".error")?.remove();
  await busy(button, async () => {
    try {
      await work();
    } catch (error) {
      complain(row, error.message);
    }
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".image-field button");
  const row = button?.closest(".image-field");
  if (!row) return;
  const { chooseImage, removeImage, fetchLogo: field } = button.dataset;
  if (chooseImage !== undefined) row.querySelector("[data-image-file]").click();
  if (removeImage !== undefined) attempt(row, button, () => remove(row));
  if (field !== undefined) attempt(row, button, () => fetchLogo(row, field));
});

document.addEventListener("change", (event) => {
  const input = event.target.closest("[data-image-file]");
  const row = input?.closest(".image-field");
  if (row) attempt(row, row.querySelector("[data-choose-image]"), () => choose(row, input));
});

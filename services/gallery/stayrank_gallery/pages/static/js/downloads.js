// The order as a file: a contact sheet, or one of the formats that the service exports.
import { postJson } from "./api.js";
import { announce } from "./announcer.js";
import { byId, make } from "./dom.js";
import { thumbnail } from "./thumbnails.js";

const SUFFIXES = { html: "html", csv: "csv", json: "json", ota: "xml" };
const COVER_EDGE = 1200; // pixels of the longer edge; the cover is shown larger
const EDGE = 560;

export function installDownloads(ordering, photos, complain) {
  const menu = byId("download");
  menu.addEventListener("click", async ({ target }) => {
    const format = target.closest("button")?.dataset.format;
    if (!format) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    try {
      if (!ordering.answer) throw new Error("There is no order to download yet.");
      const made = format === "html" ? await sheet(ordering, photos)
        : await postJson(`export?format=${format}`, JSON.stringify(ordering.answer));
      save(await made.blob(), `gallery.${SUFFIXES[format]}`);
      announce(`Downloaded gallery.${SUFFIXES[format]}`);
    } catch (problem) {
      complain(problem);
    }
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  });
}

async function sheet(ordering, photos) {
  const pictures = {};
  const cover = ordering.answer.ranking[0]?.id;
  const shown = [...ordering.answer.ranking, ...ordering.answer.removed];
  for (const { id } of shown) { // one after the other: a decoded photo takes many megabytes
    const picture = await thumbnail(photos.get(id).file, id === cover ? COVER_EDGE : EDGE);
    if (picture) pictures[id] = picture;
  }
  return postJson("contact-sheet/scored", ordering.body({ pictures }));
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

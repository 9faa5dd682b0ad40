// The ways in: file and folder choosers, drops anywhere on the page, the sample.
import { call, patiently } from "./api.js";
import { byId } from "./dom.js";
import { chosen, dropped } from "./intake.js";

// `take([{ name, file }])` is called with what comes in, `complain(problem)` where nothing can.
export function openDoors(take, complain) {
  for (const id of ["files", "folder"]) {
    byId(id).addEventListener("change", ({ target }) => {
      take(chosen(target));
      target.value = ""; // the same choice again is a choice
    });
  }
  byId("add").addEventListener("click", () => byId("files").click());
  byId("sample")?.addEventListener("click", (event) => {
    event.preventDefault();
    sample().then(take, complain);
  });
  openDrops(take);
}

function openDrops(take) {
  const veil = byId("veil");
  const brings = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    veil.hidden = true;
    dropped(event.dataTransfer).then(take);
  });
}

async function sample() {
  const names = await (await patiently(() => call("sample/photos"))).json();
  return Promise.all(names.map(async (name) => {
    const response = await call(`sample/photos/${encodeURIComponent(name)}`);
    return { name, file: new File([await response.blob()], name, { lastModified: 0 }) };
  }));
}

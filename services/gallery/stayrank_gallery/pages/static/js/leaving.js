// What becomes of the gallery when the page is left: it is saved, or not, or the editor starts over.
import { byId } from "./dom.js";
import { say } from "./messages.js";

export function watchLeaving(keeping, photos) {
  const dialog = byId("start-over-ask");
  addEventListener("beforeunload", guard);
  keeping.addEventListener("change", show);
  keeping.addEventListener("problem", complain);
  byId("start-over").onclick = () => {
    dialog.returnValue = "";
    dialog.showModal();
  };
  dialog.onclose = async () => {
    if (dialog.returnValue !== "yes") return;
    removeEventListener("beforeunload", guard);
    await keeping.forget().catch(() => {}); // what cannot be deleted is not brought back either
    location.reload();
  };

  function guard(event) {
    if (keeping.busy || (keeping.problem && photos.size)) event.preventDefault();
  }

  function show() {
    const saved = keeping.problem ? "Not saved" : "Saved in this browser";
    byId("keeping").textContent = keeping.busy ? "Saving…" : saved;
  }

  function complain() {
    const { name, message } = keeping.problem;
    const why = name === "QuotaExceededError" ? "This browser has no room left to save the gallery"
      : `This browser does not save the gallery (${message || name})`;
    say("keeping", `${why}: a reload or a closed tab loses it. Download what you need.`);
  }
}

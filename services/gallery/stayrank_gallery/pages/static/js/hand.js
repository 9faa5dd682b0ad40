// The editor's hand on the cards: pin, leave out, open.
import { announce } from "./announcer.js";

export function togglePin(gallery, edits, id) {
  if (edits.pins.has(id)) {
    edits.unpin(id);
    announce(`Unpinned ${id}`);
  } else {
    const { position } = gallery.place(id);
    edits.pin(id, position, position);
    announce(`Pinned ${id} at place ${position}`);
  }
}

// The focus goes to the next photo, which takes the place.
export function leaveOut(gallery, edits, id) {
  const { element } = gallery.card(id);
  (element.nextElementSibling ?? element.previousElementSibling)?.querySelector(".open").focus();
  edits.exclude(id);
  announce(`Left out ${id}`);
}

export function actOnClicks(gallery, edits, open) {
  gallery.list.addEventListener("click", ({ target }) => {
    const id = target.closest(".card")?.dataset.id;
    const button = target.closest("button");
    if (!button) return;
    if (button.matches(".pin")) togglePin(gallery, edits, id);
    else if (button.matches(".exclude")) leaveOut(gallery, edits, id);
    else open(id);
  });
}

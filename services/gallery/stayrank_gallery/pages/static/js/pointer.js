// Moving photos by mouse, pen or finger: drag one to the place where it is to be pinned. A finger
// takes the grip, so that the rest of a card scrolls the page.
import { cardAt } from "./neighbours.js";

const THRESHOLD_PX = 6; // less is a click
const EDGE_PX = 90; // so close to the edge of the window the page scrolls
const SPEED_PX = 14; // a frame

export function moveByPointer(gallery, edits) {
  const { list } = gallery;
  let drag = null;

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    const card = event.target.closest("figure")?.closest(".card"); // the text can be selected
    const onButton = event.target.closest("button:not(.open)");
    if (!card || event.button !== 0 || onButton || gallery.held !== null) return;
    if (event.pointerType !== "mouse" && !grip) return;
    drag = { id: card.dataset.id, x: event.clientX, y: event.clientY, ghost: null };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop, { once: true });
    addEventListener("pointercancel", cancel, { once: true });
    addEventListener("keydown", escape);
  });

  function follow(event) {
    const { clientX: x, clientY: y } = event;
    if (!drag.ghost && Math.hypot(x - drag.x, y - drag.y) < THRESHOLD_PX) return;
    if (!drag.ghost) lift();
    Object.assign(drag, { x, y });
  }

  function lift() {
    gallery.hold(drag.id);
    const figure = gallery.card(drag.id).element.querySelector("figure");
    drag.ghost = figure.cloneNode(true);
    drag.ghost.classList.add("ghost");
    drag.ghost.inert = true;
    document.body.append(drag.ghost);
    document.documentElement.classList.add("dragging");
    addEventListener("click", swallow, { capture: true, once: true });
    requestAnimationFrame(frame);
  }

  function frame() {
    if (!drag?.ghost) return;
    drag.ghost.style.translate = `${drag.x}px ${drag.y}px`;
    if (drag.y < EDGE_PX) scrollBy(0, -SPEED_PX);
    if (drag.y > innerHeight - EDGE_PX) scrollBy(0, SPEED_PX);
    const { left, top } = list.getBoundingClientRect();
    const index = cardAt([...list.children], drag.x - left, drag.y - top);
    if (index >= 0 && index !== gallery.index) gallery.tryAt(index);
    requestAnimationFrame(frame);
  }

  function drop() {
    const { id, ghost } = drag;
    const place = ghost && gallery.index + 1;
    end(true);
    if (place) edits.pin(id, gallery.place(id).position, place);
  }

  function cancel() {
    end(false);
  }

  function escape({ key }) {
    if (key === "Escape" && drag.ghost) cancel();
  }

  function end(keep) {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", cancel);
    removeEventListener("keydown", escape);
    document.documentElement.classList.remove("dragging");
    if (drag.ghost) {
      drag.ghost.remove();
      gallery.release(keep);
      setTimeout(() => removeEventListener("click", swallow, { capture: true })); // none came
    }
    drag = null;
  }

  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
}

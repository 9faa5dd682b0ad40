// Walking through the gallery and moving photos by keyboard: Space picks up, arrows move, Space
// pins, Escape lets go; P pins in place, Delete leaves out.
import { announce } from "./announcer.js";
import { leaveOut, togglePin } from "./hand.js";
import { KEYS, neighbour } from "./neighbours.js";

export function moveByKeyboard(gallery, edits) {
  const { list } = gallery;
  let carrying = false;
  let moving = false; // a photo that changes place loses the focus for a moment

  list.addEventListener("keydown", (event) => {
    const card = event.target.closest(".open")?.closest(".card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = carrying ? carry(event) : walk(card, event);
    if (!act) return;
    event.preventDefault();
    act();
  });
  list.addEventListener("keyup", (event) => {
    if (event.key === " " && event.target.closest(".open")) event.preventDefault(); // no click
  });
  list.addEventListener("focusout", () => {
    if (carrying && !moving) letGo();
  });

  function walk(card, { key }) {
    const { id } = card.dataset;
    if (key === " ") return () => pickUp(id);
    if (key === "Delete") return () => leaveOut(gallery, edits, id);
    if (key.toLowerCase() === "p") return () => togglePin(gallery, edits, id);
    if (!KEYS.includes(key)) return null;
    const cards = [...list.children];
    const next = cards[neighbour(cards, cards.indexOf(card), key)];
    return () => next.querySelector(".open").focus();
  }

  function carry({ key }) {
    if (key === " " || key === "Enter") return pinHere;
    if (key === "Escape") return letGo;
    return KEYS.includes(key) ? () => move(key) : () => {};
  }

  function pickUp(id) {
    gallery.hold(id);
    carrying = true;
    announce(`Picked up ${id}, place ${gallery.index + 1} of ${gallery.size}. `
      + "Arrow keys move it, Space pins it, Escape lets go.");
  }

  function move(key) {
    const cards = [...list.children];
    moving = true;
    gallery.tryAt(neighbour(cards, gallery.index, key));
    moving = false;
    cards.find((card) => card.dataset.id === gallery.held).scrollIntoView({ block: "nearest" });
    announce(`Place ${gallery.index + 1} of ${gallery.size}`);
  }

  function pinHere() {
    const [id, place] = [gallery.held, gallery.index + 1];
    end(true);
    edits.pin(id, gallery.place(id).position, place);
    announce(`Pinned at place ${place}`);
  }

  function letGo() {
    end(false);
    announce("Let go, nothing is changed");
  }

  function end(keep) {
    moving = true;
    carrying = false;
    gallery.release(keep);
    moving = false;
  }
}

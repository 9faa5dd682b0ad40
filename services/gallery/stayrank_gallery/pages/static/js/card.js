// One photo of the order: its picture, its place, what is thought of it, and two buttons.
import { fromTemplate } from "./dom.js";
import { drawHistogram } from "./histogram.js";
import { showPicture } from "./picture.js";
import { areaOf, count, score, standing } from "./words.js";

export class Card {
  element = fromTemplate("card-template");

  constructor(photo) {
    this.#text(".area", areaOf(photo.scored.tags));
    this.element.dataset.id = photo.id;
    showPicture(this.#part(".open img"), photo);
    drawHistogram(this.#part(".histogram"), photo.scored.aesthetic);
    this.#text(".file", photo.id);
    this.#part(".file").title = photo.id;
  }

  // Shows a Place of the answer, and how many copies are folded under it.
  show(place, copies) {
    const { position, pinned, aesthetic, reasons } = place;
    this.element.classList.toggle("pinned", Boolean(pinned));
    this.#text(".score strong", score(aesthetic.mean));
    this.#text(".standing", standing(place));
    this.#text(".why", reasons.join(" · "));
    this.#label(".pin", pinned ? "Unpin" : "Pin at this place");
    this.#part(".pin").setAttribute("aria-pressed", String(Boolean(pinned)));
    this.#label(".exclude", "Leave out");
    this.#part(".folded").hidden = !copies;
    this.#text(".folded", `+ ${copies} similar`);
    const folded = `${count(copies, "similar photo")} folded under ${place.id}`;
    this.#part(".folded").setAttribute("aria-label", folded);
    this.number(position);
  }

  number(position) {
    this.#text(".place", position);
    const [area, score] = [".area", ".score strong"].map((part) => this.#part(part).textContent);
    const pinned = this.element.classList.contains("pinned") ? ", pinned" : "";
    const name = `${area}, place ${position}${pinned}, score ${score}, ${this.element.dataset.id}`;
    this.#part(".open").setAttribute("aria-label", name);
  }

  focus() {
    this.#part(".open").focus();
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #text(selector, text) {
    const part = this.#part(selector);
    if (part.textContent !== String(text)) part.textContent = text;
  }

  #label(selector, title) {
    const part = this.#part(selector);
    part.setAttribute("aria-label", `${title}: ${this.element.dataset.id}`);
    part.title = title;
  }
}

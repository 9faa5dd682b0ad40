// One photo at large: its heat, all that is known of it, and the editor's hand on it.
import { announce } from "./announcer.js";
import { byId, make } from "./dom.js";
import { lookFacts, scoreFacts, tagFacts } from "./facts.js";
import { HeatView } from "./heat.js";
import { drawHistogram } from "./histogram.js";
import { thumbs } from "./thumbs.js";
import { areaOf } from "./words.js";

export class Detail {
  #dialog = byId("detail");
  #heat = new HeatView();
  #gallery;
  #photos;
  #edits;
  #photo = null;

  constructor(gallery, photos, edits) {
    this.#gallery = gallery;
    this.#photos = photos;
    this.#edits = edits;
    byId("detail-close").onclick = () => this.#dialog.close();
    byId("detail-back").onclick = () => this.#step(-1);
    byId("detail-next").onclick = () => this.#step(1);
    byId("detail-hand").onsubmit = (event) => this.#pin(event);
    byId("detail-unpin").onclick = () => edits.unpin(this.#photo.id);
    byId("detail-exclude").onclick = () => this.#exclude();
    byId("detail-instead").onclick = () => this.#showInstead();
    this.#dialog.onkeydown = (event) => this.#onKey(event);
    this.#dialog.onclick = ({ target }) => {
      if (target === this.#dialog) this.#dialog.close(); // beside what it holds
    };
    this.#dialog.onclose = () => gallery.card(this.#photo.id)?.focus();
  }

  open(id) {
    this.#show(id);
    if (!this.#dialog.open) this.#dialog.showModal();
    byId("detail-title").focus();
  }

  // Follows the order.
  refresh() {
    if (this.#dialog.open) this.#showPlace();
  }

  #show(id) {
    this.#photo = this.#photos.get(id);
    const { url, scored, file } = this.#photo;
    byId("detail-photo").src = url;
    byId("detail-photo").alt = byId("detail-title").textContent = areaOf(scored.tags);
    byId("detail-file").textContent = id;
    byId("detail-tags").replaceChildren(...tagFacts(scored.tags));
    byId("detail-look").replaceChildren(...lookFacts(scored.look, file));
    drawHistogram(byId("detail-histogram"), scored.aesthetic);
    this.#heat.show(this.#photo);
    this.#showPlace();
  }

  #showPlace() {
    const { id, scored } = this.#photo;
    const place = this.#gallery.place(id);
    const copies = this.#gallery.copies(id);
    const best = this.#gallery.bestOf(id);
    const reasons = place?.reasons ?? [best ? `folded under ${best}` : "not in the order"];
    byId("detail-reasons").replaceChildren(...reasons.map((reason) => make("li", {}, reason)));
    byId("detail-figures").replaceChildren(...scoreFacts(scored.aesthetic, place));
    byId("detail-place").max = this.#gallery.ids.length;
    byId("detail-place").value = place?.position ?? "";
    for (const part of ["place", "pin", "exclude"]) byId(`detail-${part}`).disabled = !place;
    byId("detail-instead").hidden = !best;
    byId("detail-unpin").hidden = !this.#edits.pins.has(id);
    byId("detail-copies").hidden = !copies.length;
    const buttons = thumbs(copies, this.#photos, (copy) => this.#show(copy));
    byId("detail-copies-list").replaceChildren(...buttons);
  }

  #pin(event) {
    event.preventDefault();
    const { id } = this.#photo;
    const place = byId("detail-place").valueAsNumber;
    this.#edits.pin(id, this.#gallery.place(id).position, place);
    announce(`Pinned at place ${place}`);
  }

  #exclude() {
    const { id } = this.#photo;
    this.#step(1);
    this.#edits.exclude(id);
    if (this.#photo.id === id) this.#dialog.close();
    announce(`Left out ${id}`);
  }

  // Brings a folded copy out by leaving out those that are taken for better.
  #showInstead() {
    const { id } = this.#photo;
    const best = this.#gallery.bestOf(id);
    this.#edits.exclude(best, ...this.#gallery.copies(best).filter((copy) => copy !== id));
    announce(`${id} is shown instead of ${best}`);
  }

  #step(by) {
    const { id } = this.#photo;
    const { ids } = this.#gallery;
    const next = ids[ids.indexOf(this.#gallery.bestOf(id) ?? id) + by];
    if (next !== undefined) this.#show(next);
  }

  #onKey({ key, target }) {
    if (target.matches("input")) return; // arrows have their own meaning there
    if (key === "ArrowLeft") this.#step(-1);
    if (key === "ArrowRight") this.#step(1);
  }
}

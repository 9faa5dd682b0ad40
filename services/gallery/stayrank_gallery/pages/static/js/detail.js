// One photo at large: its heat, all that is known of it, and the editor's hand on it.
import { announce } from "./announcer.js";
import { standing } from "./card.js";
import { byId, make } from "./dom.js";
import { heatOf } from "./heat.js";
import { drawHistogram } from "./histogram.js";
import { thumbs } from "./thumbs.js";
import { areaOf, bytes, percent, score, words } from "./words.js";

const TAGS = 5; // areas that are shown, as far as they are
const NOTABLE = 0.01; // probable

export class Detail {
  #dialog = byId("detail");
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
    this.#dialog.addEventListener("change", ({ target }) => target.name === "view" && this.#showView());
    this.#dialog.addEventListener("keydown", (event) => this.#onKey(event));
    this.#dialog.addEventListener("click", ({ target }) => target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#gallery.card(this.#photo.id)?.focus());
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
    byId("detail-photo").alt = areaOf(scored.tags);
    byId("detail-title").textContent = areaOf(scored.tags);
    byId("detail-file").textContent = id;
    byId("detail-tags").replaceChildren(...tags(scored.tags));
    byId("detail-look").replaceChildren(...look(scored.look, file));
    drawHistogram(byId("detail-histogram"), scored.aesthetic);
    this.#dialog.querySelector("[value=photo]").checked = true;
    this.#showView();
    this.#showPlace();
  }

  #showPlace() {
    const { id, scored } = this.#photo;
    const place = this.#gallery.place(id);
    const pinned = this.#edits.pins.has(id);
    const copies = this.#gallery.copies(id);
    const best = this.#gallery.bestOf(id);
    byId("detail-reasons").replaceChildren(...(place?.reasons ?? [absence(best)]).map((reason) => make("li", {}, reason)));
    byId("detail-figures").replaceChildren(...figures(scored.aesthetic, place));
    byId("detail-place").max = this.#gallery.ids.length;
    byId("detail-place").value = place?.position ?? "";
    for (const part of ["place", "pin", "exclude"]) byId(`detail-${part}`).disabled = !place;
    byId("detail-instead").hidden = !best;
    byId("detail-unpin").hidden = !pinned;
    byId("detail-copies").hidden = !copies.length;
    byId("detail-copies-list").replaceChildren(...thumbs(copies, this.#photos, (copy) => this.#show(copy)));
  }

  async #showView() {
    const photo = this.#photo;
    const view = this.#dialog.querySelector("[name=view]:checked").value;
    byId("detail-heat").hidden = true;
    byId("detail-busy").textContent = view === "photo" ? "" : "Looking for the evidence…";
    if (view === "photo") return;
    try {
      const address = await heatOf(photo, view === "tag" ? photo.scored.tags.top_tag : null);
      if (photo !== this.#photo || !this.#dialog.querySelector(`[value=${view}]`).checked) return;
      byId("detail-heat").src = address;
      byId("detail-heat").alt = view === "tag" ? `Where it looks like ${words(photo.scored.tags.top_tag)}` : "Where it looks good";
      byId("detail-heat").hidden = false;
      byId("detail-busy").textContent = "";
    } catch (problem) {
      byId("detail-busy").textContent = problem.message;
    }
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
    const { ids } = this.#gallery;
    const next = ids[ids.indexOf(this.#gallery.bestOf(this.#photo.id) ?? this.#photo.id) + by];
    if (next !== undefined) this.#show(next);
  }

  #onKey(event) {
    if (event.target.matches("input")) return; // arrows have their own meaning there
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) this.#step(by);
  }
}

const absence = (best) => (best ? `folded under ${best}` : "not in the order");

const tags = ({ tags: all, rejected }) => [
  ...(rejected ? [make("li", { className: "doubt" }, "too doubtful to count for any area")] : []),
  ...all.slice(0, TAGS).filter(({ probability }, rank) => !rank || probability >= NOTABLE).map(({ tag, probability }) => {
    const bar = make("i", { ariaHidden: "true" });
    bar.style.inlineSize = percent(probability).replace(" ", "");
    return make("li", {}, make("span", {}, words(tag)), make("b", {}, percent(probability)), bar);
  }),
];

const figures = ({ mean, std }, place) => [
  make("p", { className: "mean" }, make("strong", {}, score(mean)), make("small", {}, ` / 10, spread ${score(std)}`)),
  ...(place ? [make("p", {}, standing(place))] : []),
];

// [term, description] for what was measured.
function look(measured, file) {
  const facts = [["Size", bytes(file.size)]];
  if (measured) {
    const { width, height, luminance, sharpness, tilt_degrees: tilt } = measured;
    facts.unshift(["Pixels", `${width} × ${height}`]);
    facts.push(["Brightness", percent(luminance)], ["Sharpness, from 0.8", sharpness.toFixed(1)]);
    if (tilt !== null) facts.push(["Tilt", `${tilt.toFixed(1)}°`]);
  }
  return facts.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)]);
}

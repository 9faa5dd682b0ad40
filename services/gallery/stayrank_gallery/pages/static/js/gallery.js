// The photos in order. While one is held, by pointer or keyboard, the order stands still and the
// others make room for it.
import { Card } from "./card.js";
import { arrange } from "./dom.js";
import { glide } from "./motion.js";

export class Gallery {
  #list;
  #photos;
  #cards = new Map();
  #answer = null;
  #held = null;

  constructor(list, photos) {
    this.#list = list;
    this.#photos = photos;
  }

  get list() { return this.#list; }
  get size() { return this.#list.children.length; }
  get ids() { return (this.#answer?.ranking ?? []).map(({ id }) => id); }
  get held() { return this.#held; }

  place(id) {
    return this.#answer?.ranking.find((place) => place.id === id);
  }

  card(id) {
    return this.#cards.get(id);
  }

  // The ids folded under a photo.
  copies(id) {
    const folded = this.#answer?.removed.filter((gone) => gone.duplicate_of === id) ?? [];
    return folded.map((gone) => gone.id);
  }

  // The best copy that a photo is folded under; undefined where it is not.
  bestOf(id) {
    return this.#answer?.removed.find((gone) => gone.id === id)?.duplicate_of;
  }

  show(answer) {
    this.#answer = answer;
    if (this.#held === null) this.#render();
  }

  hold(id) {
    this.#held = id;
    this.card(id).element.classList.add("held");
  }

  // Shows what it would be like if the held photo stood at `index` (from 0).
  tryAt(index) {
    const held = this.card(this.#held).element;
    const others = [...this.#list.children].filter((element) => element !== held);
    const order = others.toSpliced(index, 0, held);
    glide(this.#list, () => arrange(this.#list, order));
    order.forEach((element, at) => this.card(element.dataset.id).number(at + 1));
  }

  // Where the held photo stands, from 0.
  get index() {
    return [...this.#list.children].indexOf(this.card(this.#held).element);
  }

  // Ends the holding; `keep` where an answer with the new place is on its way.
  release(keep) {
    this.card(this.#held).element.classList.remove("held");
    this.#held = null;
    if (!keep) this.#render();
  }

  #render() {
    const { ranking } = this.#answer;
    const elements = ranking.map((place) => {
      const { id } = place;
      if (!this.#cards.has(id)) this.#cards.set(id, new Card(this.#photos.get(id)));
      const card = this.card(id);
      card.show(place, this.copies(id).length);
      return card.element;
    });
    glide(this.#list, () => arrange(this.#list, elements));
  }
}

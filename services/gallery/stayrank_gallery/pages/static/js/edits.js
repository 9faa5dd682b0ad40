// What the editor decided: options of the ranking, the pack of the audit, pinned places, photos left
// out. Every change makes a new value, so that it can be taken back.

const NOTHING = { options: {}, pins: new Map(), excluded: new Set() };
const NUMBERS = new Set(["trade_off", "max_run", "limit"]);

export class Edits extends EventTarget {
  #past = [];
  #now = NOTHING;

  get options() { return this.#now.options; }
  get pins() { return this.#now.pins; }
  get excluded() { return this.#now.excluded; }
  get canUndo() { return this.#past.length > 0; }

  get any() {
    return Object.keys(this.options).length + this.pins.size + this.excluded.size > 0;
  }

  // All that there is to remember: plain values, Maps and Sets.
  get memory() { return { past: this.#past, now: this.#now }; }

  restore({ past, now }) {
    this.#past = past;
    this.#now = now;
    this.#tell();
  }

  // "" takes an option back to what the service does by itself.
  set(name, value) {
    const { [name]: _, ...options } = this.options;
    if (value !== "") options[name] = NUMBERS.has(name) ? Number(value) : value;
    this.#change({ options }, name);
  }

  // Moves a photo `from` its present place `to` another, where it stays.
  pin(id, from, to) {
    this.#change({ pins: withPin(this.pins, id, from, to) });
  }

  unpin(id) {
    this.#change({ pins: without(this.pins, id) });
  }

  exclude(...ids) {
    const excluded = new Set([...this.excluded, ...ids]);
    this.#change({ pins: without(this.pins, ...ids), excluded });
  }

  bringBack(id) {
    this.#change({ excluded: without(this.excluded, id) });
  }

  reset() {
    this.#change(NOTHING);
  }

  undo() {
    this.#now = this.#past.pop().before;
    this.#tell();
  }

  // Moves of one slider in a row are one change.
  #change(part, slider = null) {
    if (slider === null || this.#past.at(-1)?.slider !== slider) {
      this.#past.push({ before: this.#now, slider });
    }
    this.#now = { ...this.#now, ...part };
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

// `pins` (id → place) after a photo was moved: whoever holds its new place, and those right
// beside, make room by one place towards where it came from, which is free.
export function withPin(pins, id, from, to) {
  const moved = without(pins, id);
  const holders = new Map([...moved].map(([other, at]) => [at, other]));
  const step = from < to ? -1 : 1;
  for (let at = to; holders.has(at); at += step) moved.set(holders.get(at), at + step);
  return moved.set(id, to);
}

// The member `options` of a request about the photos `ids`. Pins of photos that are not there, or
// behind the last place to fill, wait until they can hold; those behind the last photo move up.
export function optionsOf({ options: { pack: _, ...options }, pins, excluded }, ids) {
  const there = new Set(ids);
  const exclude = [...excluded].filter((id) => there.has(id));
  const held = [...pins].filter(([id, place]) => there.has(id) && !(place > options.limit));
  let free = ids.length - exclude.length; // the last place that may still be pinned
  const pin = held.sort(([, one], [, other]) => other - one).map(([id, place]) => {
    free = Math.min(place, free);
    return { id, place: free-- };
  });
  return { ...options, pin, exclude };
}

// A copy of a Map or a Set without some keys.
function without(collection, ...keys) {
  const copy = new collection.constructor(collection);
  for (const key of keys) copy.delete(key);
  return copy;
}

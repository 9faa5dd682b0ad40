// What the editor decided: options of the ranking, pinned places, photos left out. Every change
// makes a new value, so that it can be taken back.

const NOTHING = { options: {}, pins: new Map(), excluded: new Set() };
const NUMBERS = new Set(["trade_off", "max_run"]);

export class Edits extends EventTarget {
  #past = [];
  #now = NOTHING;

  get options() { return this.#now.options; }
  get pins() { return this.#now.pins; }
  get excluded() { return this.#now.excluded; }
  get canUndo() { return this.#past.length > 0; }
  get any() { return this.#now !== NOTHING; }

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
    this.#now = part === NOTHING ? NOTHING : { ...this.#now, ...part };
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

// The member `options` of a request. Pins of photos that are not there, or behind the last of
// `places`, wait until they can hold.
export function optionsOf({ options, pins, excluded }, ids, places) {
  const there = new Set(ids);
  const held = [...pins].filter(([id, place]) => there.has(id) && place <= places);
  return {
    ...options,
    pin: held.map(([id, place]) => ({ id, place })),
    exclude: [...excluded].filter((id) => there.has(id)),
  };
}

// A copy of a Map or a Set without some keys.
function without(collection, ...keys) {
  const copy = new collection.constructor(collection);
  for (const key of keys) copy.delete(key);
  return copy;
}

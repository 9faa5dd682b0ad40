// Keeps the gallery in this browser, so that a reload loses nothing: files, what was found of each
// photo, decisions. Tells by "change" when it begins and ends to write, by "problem" when it cannot.
import { openStore } from "./store.js";

export class Keeping extends EventTarget {
  problem = null; // why not all is kept
  #photos;
  #edits;
  #store;
  #states = new Map(); // of photos, as they are kept
  #writing = 0;

  constructor(photos, edits) {
    super();
    this.#photos = photos;
    this.#edits = edits;
  }

  // Whether something is still to be written.
  get busy() { return this.#writing > 0; }

  // Brings back what was kept, then keeps what changes.
  async start() {
    try {
      this.#store = await openStore();
      this.#restore(await this.#store.read());
    } catch (problem) {
      this.#fail(problem);
    }
    this.#tell("change");
    if (this.problem) return;
    this.#photos.addEventListener("change", () => this.#keepPhotos());
    this.#edits.addEventListener("change", () => this.#write("edits", "", this.#edits.memory));
  }

  async forget() {
    await this.#store?.clear();
  }

  #restore({ file, found = new Map(), models, edits }) {
    const kept = [...found].sort(([, one], [, other]) => one.number - other.number)
      .filter(([id]) => file?.has(id)); // one that could not be kept is to be chosen again
    for (const [id, { state, scored, failure }] of kept) {
      this.#photos.restore({ id, file: file.get(id), state, scored, failure });
      this.#states.set(id, state);
    }
    Object.assign(this.#photos, models?.get(""));
    if (edits) this.#edits.restore(edits.get(""));
  }

  #keepPhotos() {
    this.#photos.all.forEach(({ id, file, state: now, scored, failure }, number) => {
      const state = now === "looking" ? "waiting" : now;
      const was = this.#states.get(id);
      if (state === was) return;
      this.#states.set(id, state);
      if (!was) this.#write("file", id, file);
      this.#write("found", id, { number, state, scored, failure });
      const { models, mixed } = this.#photos;
      if (state === "scored") this.#write("models", "", { models, mixed });
    });
  }

  async #write(...entry) {
    this.#writing += 1;
    this.#tell("change");
    try {
      await this.#store.write(...entry);
    } catch (problem) {
      this.#fail(problem);
    }
    this.#writing -= 1;
    this.#tell("change");
  }

  #fail(problem) {
    if (this.problem) return; // one is enough to know that a reload loses something
    this.problem = problem;
    this.#tell("problem");
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

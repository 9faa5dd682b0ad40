// Keeps order and audit up to date with photos and decisions. One question is open at a time; what
// changes meanwhile is asked next, so that the last order shown is always that of the last change.
import { patiently, postJson } from "./api.js";
import { optionsOf } from "./edits.js";

// Passes no rules, and there is nothing to ask the service about.
const NOTHING_SHOWN = { passed: false, findings: [], replace_first: [] };

export class Ordering extends EventTarget {
  answer = null;
  audit = null;
  problem = null;
  busy = false; // whether a newer order is on its way
  #photos;
  #edits;
  #due = false;
  #auditing = new AbortController();

  constructor(photos, edits) {
    super();
    this.#photos = photos;
    this.#edits = edits;
  }

  // Brings the order up to date, soon.
  async request() {
    this.#due = true;
    if (this.busy) return;
    this.busy = true;
    this.#tell("busy");
    while (this.#due) {
      await null; // all changes of one moment are one question
      this.#due = false;
      if (this.#photos.in("scored").length) await this.#try(() => this.#order());
    }
    this.busy = false;
    this.#tell("busy");
  }

  // The request of the present state, as text.
  body(extra = {}) {
    const scored = this.#photos.in("scored");
    const options = optionsOf(this.#edits, scored.map(({ id }) => id));
    const rest = Object.entries({ options, models: this.#photos.models, ...extra })
      .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return `{"photos":[${scored.map(({ json }) => json)}]${rest.join("")}}`;
  }

  async #order() {
    this.#auditing.abort();
    const response = await patiently(() => postJson("rank-scored", this.body()));
    this.answer = await response.json();
    this.#tell("answer");
    if (!this.#due) this.#try(() => this.#check());
  }

  // What is published is audited: the photos that have a place, the cover first.
  async #check() {
    this.#auditing = new AbortController();
    const { signal } = this.#auditing;
    const { pack } = this.#edits.options;
    const query = pack ? `?${new URLSearchParams({ pack })}` : "";
    const shown = this.answer.ranking.map(({ id }) => this.#photos.get(id).json);
    const body = `{"photos":[${shown}]}`;
    this.audit = !shown.length ? NOTHING_SHOWN
      : await (await postJson(`audit-scored${query}`, body, { signal })).json();
    this.#tell("audit");
  }

  async #try(ask) {
    try {
      await ask();
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.problem = problem;
      this.#tell("problem");
    }
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

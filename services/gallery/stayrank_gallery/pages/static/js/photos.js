// The photos of the gallery, in uploaded order, and what is known of each.
//
// A photo: { id, file, url, state: waiting | looking | scored | failed, scored, json, failure }
// `scored` is the service's ScoredPhoto, `json` the same as text, ready to be sent again;
// `failure` is { title, detail, again }, `again` where another try may help.

export class Photos extends EventTarget {
  models = null; // that scored them
  mixed = false; // whether others scored some of them
  #byId = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  get all() {
    return [...this.#byId.values()];
  }

  in(...states) {
    return this.all.filter(({ state }) => states.includes(state));
  }

  get size() {
    return this.#byId.size;
  }

  // Takes [{ name, file }] in. A file that is there already is left out; another of the same name
  // gets a number.
  add(found) {
    for (const { name, file } of found) {
      if (same(this.get(name)?.file, file)) continue;
      this.restore({ id: this.#free(name), file, state: "waiting" });
    }
  }

  // Takes one back as it was.
  restore(photo) {
    const url = URL.createObjectURL(photo.file);
    this.#byId.set(photo.id, { ...photo, url, json: JSON.stringify(photo.scored) });
  }

  // What `models` found is as good as the rest only where they scored the rest too.
  scoredBy(models) {
    this.models ??= models;
    this.mixed ||= JSON.stringify(models) !== JSON.stringify(this.models);
  }

  // Forgets whose scores there are; answers the photos that have some.
  forgetScores() {
    Object.assign(this, { models: null, mixed: false });
    return this.in("scored");
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  #free(name) {
    let id = name;
    for (let number = 2; this.#byId.has(id); number += 1) id = `${name} (${number})`;
    return id;
  }
}

const same = (one, other) =>
  one && one.size === other.size && one.lastModified === other.lastModified;

// A photo that cannot be used; `again` where another try may help.
export function fail(photo, title, detail, again = false) {
  Object.assign(photo, { state: "failed", failure: { title, detail, again } });
}

export function settle(photo, scored) {
  Object.assign(photo, { state: "scored", scored, json: JSON.stringify(scored), failure: null });
}

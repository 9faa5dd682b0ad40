// The photos of the gallery, in uploaded order, and what is known of each.
//
// A photo: { id, file, url, state: waiting | looking | scored | failed, scored, json, failure }
// `scored` is the service's ScoredPhoto, `json` the same as text, ready to be sent again;
// `failure` is { title, detail, again }, `again` where another try may help.

export class Photos extends EventTarget {
  models = null; // that scored them
  #byId = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  in(...states) {
    return [...this.#byId.values()].filter(({ state }) => states.includes(state));
  }

  get size() {
    return this.#byId.size;
  }

  // Takes [{ name, file }] in. A file that is there already is left out; another of the same name
  // gets a number.
  add(found) {
    for (const { name, file } of found) {
      if (same(this.get(name)?.file, file)) continue;
      const id = this.#free(name);
      this.#byId.set(id, { id, file, url: URL.createObjectURL(file), state: "waiting" });
    }
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

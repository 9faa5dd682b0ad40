// Sends photos to be scored, a few at a time, so that the first order is there before the last
// photo has been looked at.
import { call, formOf, patiently } from "./api.js";
import { fail, settle } from "./photos.js";

const AT_ONCE = 2; // calls: one is uploaded while the other is looked at
// A call, as far as the service takes that much.
const { maxPhotos, maxBodyBytes } = document.body.dataset;
const BATCH = Math.min(6, maxPhotos);
const BATCH_BYTES = Math.min(32 * 2 ** 20, maxBodyBytes);
const HEADERS_BYTES = 256; // of one photo in a form, at most

export class Scoring {
  #photos;
  #running = 0;

  constructor(photos) {
    this.#photos = photos;
  }

  // Looks at everything that waits; answers at once, progress comes as changes of the photos.
  start() {
    while (this.#running < AT_ONCE) {
      const batch = this.#next();
      if (!batch.length) return;
      this.#running += 1;
      this.#score(batch).finally(() => {
        this.#running -= 1;
        this.#photos.changed();
        this.start();
      });
    }
  }

  #next() {
    const batch = [];
    let size = 0;
    for (const photo of this.#photos.in("waiting").slice(0, BATCH)) {
      size += photo.file.size + HEADERS_BYTES;
      if (batch.length && size > BATCH_BYTES) break;
      batch.push(photo);
    }
    for (const photo of batch) photo.state = "looking";
    if (batch.length) this.#photos.changed();
    return batch;
  }

  async #score(batch) {
    try {
      const found = await ask(batch);
      this.#photos.scoredBy(found.models);
      share(batch, found);
    } catch (problem) {
      if (problem.results) share(batch, { photos: [], failed: problem.results });
      else for (const photo of batch) fail(photo, problem.title, problem.message, true);
    }
  }
}

async function ask(batch) {
  const body = formOf(batch.map((photo) => photo.file));
  const request = { method: "POST", body };
  const response = await patiently(() => call("rank-gallery?include=scores", request));
  const { photos, removed, models } = await response.json();
  return { photos, models, failed: removed.filter((gone) => gone.reason === "unreadable") };
}

// Gives each photo of a batch what was found, under its own name again.
function share(batch, { photos, failed }) {
  for (const found of photos) {
    const photo = batch[Number(found.id)];
    const { id } = photo;
    const [tags, aesthetic] = [found.tags, found.aesthetic].map((result) => ({ ...result, id }));
    settle(photo, { ...found, id, tags, aesthetic });
  }
  for (const { id, error } of failed) fail(batch[Number(id)], error.title, error.detail);
  for (const photo of batch) {
    if (photo.state !== "looking") continue;
    fail(photo, "No answer", "the service said nothing about it", true);
  }
}

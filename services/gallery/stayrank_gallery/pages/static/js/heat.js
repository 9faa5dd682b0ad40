// Heat maps on demand: the photo goes to the service once for each question.
import { call, formOf } from "./api.js";
import { byId } from "./dom.js";
import { words } from "./words.js";

const pictures = new Map(); // question → the promise of a painted photo's address

export class HeatView {
  #photo = null;
  #choice = () => document.querySelector("#detail [name=view]:checked").value;

  constructor() {
    byId("detail-views").addEventListener("change", () => this.#draw());
  }

  // Another photo, as it is.
  show(photo) {
    this.#photo = photo;
    document.querySelector("#detail [value=photo]").checked = true;
    this.#draw();
  }

  async #draw() {
    const [photo, choice] = [this.#photo, this.#choice()];
    const overtaken = () => photo !== this.#photo || choice !== this.#choice();
    const area = photo.scored.tags.top_tag;
    const image = byId("detail-heat");
    image.hidden = true;
    this.#say(choice === "photo" ? "" : "Looking for the evidence…");
    if (choice === "photo") return;
    try {
      const address = await heatOf(photo, choice === "tag" ? area : null);
      if (overtaken()) return;
      image.src = address;
      image.alt = choice === "tag" ? `Where it looks like ${words(area)}` : "Where it looks good";
      image.hidden = false;
      this.#say("");
    } catch (problem) {
      if (!overtaken()) this.#say(problem.message);
    }
  }

  #say(text) {
    byId("detail-busy").textContent = text;
  }
}

// `tag` is the area to explain; null asks what lifts the score.
function heatOf(photo, tag) {
  const question = JSON.stringify([photo.id, tag]);
  if (!pictures.has(question)) {
    const asked = paint(photo, tag);
    pictures.set(question, asked);
    asked.catch(() => pictures.delete(question)); // another try is another question
  }
  return pictures.get(question);
}

async function paint(photo, tag) {
  const query = tag === null ? "" : `?${new URLSearchParams({ tag })}`;
  const response = await call(`heat${query}`, { method: "POST", body: formOf([photo.file]) });
  return URL.createObjectURL(await response.blob());
}

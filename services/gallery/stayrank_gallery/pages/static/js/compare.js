// The uploaded order beside this one, photo by photo, with what the first five are worth.
import { byId, make } from "./dom.js";
import { showPicture } from "./picture.js";
import { areaOf, count, score } from "./words.js";

const FIRST = 5;

export function showComparison(photos, { ranking }) {
  const places = new Map(ranking.map(({ id, position }) => [id, position]));
  const uploaded = photos.in("scored").map(({ id }) => id);
  const ordered = ranking.map(({ id }) => id);
  byId("compare").replaceChildren(
    column("As uploaded", uploaded, photos, (id) => (places.has(id) ? "" : "left out or folded")),
    column("This order", ordered, photos, (id) => moved(uploaded.indexOf(id) + 1, places.get(id))));
}

function column(title, ids, photos, remark) {
  const shots = ids.map((id) => photos.get(id));
  const items = shots.map((photo, index) => {
    const image = make("img", { alt: "", loading: "lazy", decoding: "async" });
    showPicture(image, photo);
    const { tags, aesthetic } = photo.scored;
    return make("li", { title: photo.id },
      make("figure", {}, image, make("span", { className: "place" }, String(index + 1))),
      make("p", {}, areaOf(tags), " ", make("b", {}, score(aesthetic.mean))),
      make("p", { className: "faint" }, remark(photo.id)));
  });
  return make("div", {}, make("h2", {}, title),
    make("p", { className: "faint" }, worth(shots.slice(0, FIRST))), make("ol", {}, ...items));
}

function moved(from, to) {
  if (from === to) return "same place";
  return from > to ? `▲ from ${from}` : `▼ from ${from}`;
}

function worth(shots) {
  if (!shots.length) return "Nothing is shown";
  const sure = shots.filter(({ scored }) => !scored.tags.rejected);
  const areas = new Set(sure.map(({ scored }) => scored.tags.top_tag));
  const mean = shots.reduce((sum, { scored }) => sum + scored.aesthetic.mean, 0) / shots.length;
  return `First ${shots.length}: ${count(areas.size, "area")}, mean score ${score(mean)}`;
}

// How far the looking is: a line, a bar, and a small picture for each photo that is still to come.
import { arrange, byId, make } from "./dom.js";
import { showPicture } from "./picture.js";
import { count } from "./words.js";

const SHOWN = 24; // small pictures; the rest is a number

const tiles = new Map();

export function showProgress(photos) {
  const open = photos.in("looking", "waiting").sort((one, other) => rank(one) - rank(other));
  const done = photos.size - open.length;
  byId("progress").hidden = !open.length;
  const text = `Looked at ${done.toLocaleString("en")} of ${count(photos.size, "photo")}`;
  byId("progress-text").textContent = text;
  byId("progress-bar").max = photos.size;
  byId("progress-bar").value = done;
  const more = open.length - SHOWN;
  const elements = open.slice(0, SHOWN).map(tile);
  if (more > 0) elements.push(make("li", { className: "more" }, `+ ${more.toLocaleString("en")}`));
  arrange(byId("queue"), elements);
}

const rank = ({ state }) => (state === "looking" ? 0 : 1);

function tile(photo) {
  if (!tiles.has(photo.id)) {
    const image = make("img", { alt: "", decoding: "async" });
    showPicture(image, photo);
    tiles.set(photo.id, make("li", {}, image));
  }
  const element = tiles.get(photo.id);
  element.className = photo.state;
  element.title = `${photo.id}: ${photo.state}`;
  return element;
}

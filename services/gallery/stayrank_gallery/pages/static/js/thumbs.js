// Small pictures of some photos that open what they show.
import { make } from "./dom.js";
import { showPicture } from "./picture.js";

const SHOWN = 8; // the rest comes on demand

// A list of buttons; `open(id)` is called with the photo that was chosen.
export function thumbs(ids, photos, open) {
  const items = ids.filter((id) => photos.get(id)).map((id) =>
    make("li", {}, thumb(photos.get(id), () => open(id))));
  const rest = items.slice(SHOWN);
  if (rest.length < 2) return items;
  const more = make("button", { type: "button", className: "more" }, `+ ${rest.length}`);
  more.setAttribute("aria-label", `Show ${rest.length} more`);
  const last = make("li", {}, more);
  more.onclick = () => {
    last.replaceWith(...rest);
    rest[0].firstChild.focus();
  };
  return [...items.slice(0, SHOWN), last];
}

function thumb(photo, onclick) {
  const image = make("img", { alt: photo.id, loading: "lazy", decoding: "async" });
  showPicture(image, photo);
  return make("button", { type: "button", title: photo.id, onclick }, image);
}

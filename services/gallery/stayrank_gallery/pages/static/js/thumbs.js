// Small pictures of some photos that open what they show.
import { make } from "./dom.js";
import { showPicture } from "./picture.js";

// A list of buttons; `open(id)` is called with the photo that was chosen.
export const thumbs = (ids, photos, open) => ids.filter((id) => photos.get(id)).map((id) =>
  make("li", {}, thumb(photos.get(id), () => open(id))));

function thumb(photo, onclick) {
  const image = make("img", { alt: photo.id, loading: "lazy", decoding: "async", width: 56, height: 42 });
  showPicture(image, photo);
  return make("button", { type: "button", title: photo.id, onclick }, image);
}

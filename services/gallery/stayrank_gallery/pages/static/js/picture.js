// Shows a photo from the visitor's own file; what the browser cannot draw has a sign.

const SIGN = new URL("../no-picture.svg", import.meta.url).href;

export function showPicture(image, photo) {
  if (image.dataset.of === photo.id) return;
  image.dataset.of = photo.id;
  image.onerror = () => {
    image.onerror = null;
    image.src = SIGN;
  };
  image.src = photo.url;
}

// How names and numbers are written.

export const words = (name) => name.replaceAll("_", " ");

export const count = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

// The area that a TagResult names, where it is sure enough.
export const areaOf = ({ top_tag: tag, rejected }) => (rejected ? "no clear area" : words(tag));

// How a photo does among those of its area, or else among all photos that the model learnt from.
export function standing({ tag, aesthetic: { area_percentile: among, percentile } }) {
  return among == null
    ? `beats ${Math.floor(percentile)} % of photos`
    : `beats ${Math.floor(among)} % of ${words(tag)} photos`;
}

export const percent = (share) => `${Math.round(100 * share)} %`;

export const score = (mean) => mean.toFixed(1);

const UNITS = ["bytes", "kB", "MB", "GB"];

export function bytes(size) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return `${(size / 1000 ** power).toFixed(0)} ${UNITS[power]}`;
}

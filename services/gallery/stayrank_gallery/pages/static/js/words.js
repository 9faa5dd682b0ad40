// How names and numbers are written.

export const words = (name) => name.replaceAll("_", " ");

export const count = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

// The area that a TagResult names, where it is sure enough.
export const areaOf = ({ top_tag: tag, rejected }) => (rejected ? "no clear area" : words(tag));

export const percent = (share) => `${Math.round(100 * share)} %`;

export const score = (mean) => mean.toFixed(1);

const UNITS = ["bytes", "kB", "MB", "GB"];

export function bytes(size) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return `${(size / 1000 ** power).toFixed(0)} ${UNITS[power]}`;
}

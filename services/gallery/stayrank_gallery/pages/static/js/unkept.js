// Wishes that the order could not follow, and why.
import { byId, icon, make } from "./dom.js";
import { count, words } from "./words.js";

const SHOWN = 5; // the rest is a number
let said = "";

export function showUnkept(edits, photos, answer) {
  const wishes = [...limit(edits, answer), ...runs(edits, photos, answer), ...pins(edits, answer)];
  const rest = wishes.length - SHOWN;
  const lines = rest > 1 ? [...wishes.slice(0, SHOWN), `and ${rest} more`] : wishes;
  if (lines.join() === said) return; // or it would be read out again
  said = lines.join();
  byId("unkept").replaceChildren(...lines.map((line) => make("li", {}, icon("warning"), line)));
}

function limit({ options: { limit: wanted } }, { ranking: { length } }) {
  if (!wanted || length >= wanted) return [];
  return [`Only ${length} of ${count(wanted, "place")} can be filled: there are no more photos.`];
}

function runs({ options: { max_run: most } }, photos, { ranking }) {
  if (!most) return [];
  return runsOf(ranking, photos).filter(({ length, area }) => area && length > most)
    .map(({ length, area, start, pinned }) =>
      `${length} ${words(area)} photos in a row from place ${start}: `
        + (pinned ? "pins ask for it, or no other area is left." : "no other area is left."));
}

// The places in order, put together as long as the area stays the same: { area, start, length,
// pinned }; of no clear area, `area` is null.
function runsOf(ranking, photos) {
  const found = [];
  for (const { id, position: start, pinned } of ranking) {
    const { rejected, top_tag: tag } = photos.get(id).scored.tags;
    const area = rejected ? null : tag;
    if (found.at(-1)?.area !== area) found.push({ area, start, length: 0, pinned: false });
    found.at(-1).length += 1;
    found.at(-1).pinned ||= pinned;
  }
  return found;
}

function pins({ pins: pinned, options: { limit: last } }, { ranking, removed }) {
  const places = new Map(ranking.map(({ id, position }) => [id, position]));
  const refused = new Set(removed.filter(({ reason }) => reason === "policy").map(({ id }) => id));
  const why = (id, place) => {
    if (refused.has(id)) return "the feed may not show it";
    if (place > last) return `the limit is ${count(last, "place")}`;
    return `stands at ${places.get(id)}, the last that there is`;
  };
  return [...pinned]
    .filter(([id, place]) => refused.has(id) || (places.get(id) ?? place) !== place || place > last)
    .map(([id, place]) => `${id} is pinned to place ${place}, but ${why(id, place)}.`);
}

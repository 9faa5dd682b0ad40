// Which areas the order shows, how often, and which it lacks.
import { byId, make } from "./dom.js";
import { words } from "./words.js";

export function showAreas({ coverage, ranking }) {
  const areas = Object.entries(coverage).sort(([, one], [, other]) => other.length - one.length);
  byId("areas").replaceChildren(...areas.map(([area, ids]) => {
    const bar = make("i", { ariaHidden: "true" });
    bar.style.inlineSize = `${100 * ids.length / ranking.length}%`;
    return make("li", { className: ids.length ? "" : "missing" },
      make("span", {}, words(area)), make("b", {}, ids.length ? String(ids.length) : "none"), bar);
  }));
}

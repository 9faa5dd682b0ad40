// What the gallery lacks against a rule pack, and which photos to replace first.
import { byId, icon, make } from "./dom.js";
import { thumbs } from "./thumbs.js";

const WORST = 4; // photos to replace that are shown; the rest comes on demand

export function showAudit({ passed, findings, replace_first: worst }, photos, open) {
  byId("verdict").textContent = verdict(passed, findings);
  byId("verdict").className = `verdict ${passed ? "good" : "bad"}`;
  byId("findings").replaceChildren(...findings.map(({ severity, title, detail, photos: ids }) => {
    const weight = make("span", { className: "unseen" }, `${severity}: `); // a colour to the eye
    return make("li", { className: severity }, icon("warning"),
      make("div", {}, make("strong", {}, weight, title), make("p", {}, detail),
        make("ul", { className: "thumbs" }, ...thumbs(ids, photos, open))));
  }));
  byId("replace").hidden = !worst.length;
  const entries = worst.map(({ id, reasons }) => make("li", {},
    make("ul", { className: "thumbs" }, ...thumbs([id], photos, open)),
    make("div", {}, make("p", { className: "file" }, id), make("p", {}, reasons.join("; ")))));
  byId("replace-list").replaceChildren(...entries.slice(0, WORST));
  byId("replace-rest").hidden = entries.length <= WORST;
  byId("replace-rest").querySelector("summary").textContent = `and ${entries.length - WORST} more`;
  byId("replace-rest").querySelector("ol").replaceChildren(...entries.slice(WORST));
}

function verdict(passed, findings) {
  if (!passed) return "to mend";
  return findings.length ? "remarks" : "all good";
}

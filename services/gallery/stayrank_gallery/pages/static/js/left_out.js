// Photos that have no place, by the reason, and the way back where there is one. Duplicates are not
// here: they are folded under their best copy.
import { arrange, byId, make } from "./dom.js";
import { showPicture } from "./picture.js";
import { count } from "./words.js";

const REASONS = {
  excluded: "Left out by you",
  policy: "Not for this feed",
  over_limit: "Beyond the places to fill",
};
const MANY = 12; // photos for one reason are folded away, unless somebody wants to see them

const groups = new Map();
const entries = new Map();

// `removed` as in the answer; `actions` are bringBack(id) and tryAgain(photo).
export function showLeftOut(photos, removed, actions) {
  const byReason = new Map();
  const put = (reason, entry) => byReason.set(reason, [...(byReason.get(reason) ?? []), entry]);
  for (const { id, reason, violations = [] } of removed) {
    if (!(reason in REASONS)) continue;
    const remark = violations.map(({ detail }) => detail).join("; ");
    const back = reason === "excluded" ? ["Bring back", () => actions.bringBack(id)] : [];
    put(REASONS[reason], entryOf(photos.get(id), remark, ...back));
  }
  for (const photo of photos.in("failed")) {
    const { title, detail, again } = photo.failure;
    const retry = again ? ["Try again", () => actions.tryAgain(photo)] : [];
    put(title === detail ? title : `${title}: ${detail}`, entryOf(photo, "", ...retry));
  }
  byId("left-out").hidden = !byReason.size;
  arrange(byId("left-out-list"), [...byReason].map(([reason, all]) => group(reason, all)));
}

function group(reason, members) {
  if (!groups.has(reason)) {
    const summary = make("summary", { onclick: () => { element.dataset.touched = ""; } });
    const element = make("li", {}, make("details", {}, summary, make("ul")));
    groups.set(reason, element);
  }
  const element = groups.get(reason);
  if (!("touched" in element.dataset)) element.firstChild.open = members.length <= MANY;
  const number = make("b", {}, count(members.length, "photo"));
  element.querySelector("summary").replaceChildren(reason, " ", number);
  arrange(element.querySelector("ul"), members);
  return element;
}

function entryOf(photo, remark, label, onclick) {
  const key = JSON.stringify([photo.id, remark, label]);
  if (!entries.has(key)) entries.set(key, draw(photo, remark, label, onclick));
  return entries.get(key);
}

function draw(photo, remark, label, onclick) {
  const image = make("img", { alt: "", loading: "lazy", decoding: "async" });
  showPicture(image, photo);
  const element = make("li", {}, image, make("p", { className: "file" }, photo.id));
  if (remark) element.append(make("p", {}, remark));
  if (label) {
    const button = make("button", { type: "button", className: "link", onclick }, label);
    button.setAttribute("aria-label", `${label}: ${photo.id}`);
    element.append(button);
  }
  return element;
}

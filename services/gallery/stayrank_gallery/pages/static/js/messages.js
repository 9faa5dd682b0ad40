// What went wrong, said in place; each kind of trouble once, until it is over or dismissed. What is
// said of it anew changes its words and not its elements: the focus stays where it is.
import { byId, fromTemplate, make } from "./dom.js";

const shown = new Map();
const LISTED = 100; // names; the rest is a number

// `names` are listed on demand; `action` is { label, run }.
export function say(kind, text, { names = [], action = null } = {}) {
  if (!shown.has(kind)) shown.set(kind, draw(kind));
  const parts = ["p", "details", "ul", ".link"].map((part) => shown.get(kind).querySelector(part));
  const [words, details, list, button] = parts;
  if (words.textContent !== text) words.textContent = text; // or it would be read out again
  details.hidden = !names.length;
  list.replaceChildren(...items(names));
  button.hidden = !action;
  button.textContent = action?.label ?? "";
  button.onclick = action?.run ?? null;
}

export function silence(kind) {
  const message = shown.get(kind);
  if (message?.contains(document.activeElement)) byId("photos").focus({ preventScroll: true });
  message?.remove();
  shown.delete(kind);
}

function draw(kind) {
  const message = fromTemplate("message-template");
  message.dataset.kind = kind;
  message.querySelector(".dismiss").onclick = () => silence(kind);
  byId("messages").append(message);
  return message;
}

function items(names) {
  const listed = names.slice(0, LISTED).map((name) => make("li", {}, name));
  if (names.length > LISTED) listed.push(make("li", {}, `and ${names.length - LISTED} more`));
  return listed;
}

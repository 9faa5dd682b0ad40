// What went wrong, said in place; each kind of trouble once, until it is over or dismissed.
import { byId, fromTemplate, make } from "./dom.js";

const shown = new Map();
const LISTED = 100; // names; the rest is a number

// `names` are listed on demand; `action` is { label, run }.
export function say(kind, text, { names = [], action = null } = {}) {
  const message = fromTemplate("message-template");
  const body = message.querySelector(".text");
  body.append(make("p", {}, text));
  if (names.length) body.append(list(names));
  if (action) {
    const { label, run: onclick } = action;
    body.append(make("button", { type: "button", className: "link", onclick }, label));
  }
  message.querySelector(".dismiss").onclick = () => silence(kind);
  if (shown.has(kind)) shown.get(kind).replaceWith(message);
  else byId("messages").append(message);
  shown.set(kind, message);
}

export function silence(kind) {
  shown.get(kind)?.remove();
  shown.delete(kind);
}

function list(names) {
  const items = names.slice(0, LISTED).map((name) => make("li", {}, name));
  if (names.length > LISTED) items.push(make("li", {}, `and ${names.length - LISTED} more`));
  return make("details", {}, make("summary", {}, "Which ones"), make("ul", {}, ...items));
}

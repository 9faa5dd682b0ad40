// Small things that every view needs.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

// A copy of the only element of a template.
export const fromTemplate = (id) => byId(id).content.firstElementChild.cloneNode(true);

// make("li", { className: "x", onclick }, "text", child…)
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A picture of the sprite, by the part of its id behind `icon-`; for the eye alone.
export function icon(name) {
  const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS(SVG, tag));
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// Brings the children of `list` to be exactly `elements`, in order, touching only what moves.
export function arrange(list, elements) {
  const focused = document.activeElement;
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  if (focused !== document.activeElement && list.contains(focused)) {
    focused.focus({ preventScroll: true }); // an element that moves loses the focus
  }
}

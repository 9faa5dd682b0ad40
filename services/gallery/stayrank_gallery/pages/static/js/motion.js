// Lets what changes place in a list glide there (FLIP: first, last, invert, play).

const DURATION_MS = 260;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function glide(list, change) {
  if (still.matches) {
    change();
    return;
  }
  const before = boxes(list);
  change();
  for (const [child, is] of boxes(list)) {
    const was = before.get(child);
    if (!visible(is) && !(was && visible(was))) continue;
    if (!was) play(child, { opacity: 0, transform: "scale(.96)" });
    else if (was.x !== is.x || was.y !== is.y) {
      play(child, { transform: `translate(${was.x - is.x}px, ${was.y - is.y}px)` });
    }
  }
}

const boxes = (list) =>
  new Map([...list.children].map((child) => [child, child.getBoundingClientRect()]));

const play = (element, from) =>
  element.animate([from, {}], { duration: DURATION_MS, easing: "cubic-bezier(.2, .8, .2, 1)" });

const visible = ({ top, bottom }) => bottom > 0 && top < innerHeight;

// Who stands beside whom in a grid whose first cell is larger. Positions are those of the layout,
// as if nothing were gliding.

const middle = (card) => ({
  x: card.offsetLeft + card.offsetWidth / 2,
  y: card.offsetTop + card.offsetHeight / 2,
});

// The index that an arrow key, Home or End leads to from `index`; itself where there is none.
export function neighbour(cards, index, key) {
  const last = cards.length - 1;
  if (key === "ArrowLeft") return Math.max(0, index - 1);
  if (key === "ArrowRight") return Math.min(last, index + 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  const from = cards[index];
  const beyond = (card) => key === "ArrowUp"
    ? card.offsetTop + card.offsetHeight <= from.offsetTop
    : card.offsetTop >= from.offsetTop + from.offsetHeight;
  const { x, y } = middle(from);
  const distance = (card) => Math.abs(middle(card).x - x) + 3 * Math.abs(middle(card).y - y);
  const found = cards.filter(beyond).sort((one, other) => distance(one) - distance(other));
  return found.length ? cards.indexOf(found[0]) : index;
}

// The index of the card at a point of the list, or -1.
export function cardAt(cards, x, y) {
  return cards.findIndex(({ offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight }) =>
    x >= left && x < left + offsetWidth && y >= top && y < top + offsetHeight);
}

export const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

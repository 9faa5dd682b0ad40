"use strict";
const cards = [...document.querySelectorAll(".card")];
const status = document.getElementById("status");
const undoing = document.getElementById("undo");
const KEY = "stayrank-review-" + document.body.dataset.digest;
const verdicts = new Map();
const log = []; // [index, verdict]: all decisions, the last of a card counts
let current = 0;

function show(index, verdict) {
  const card = cards[index];
  if (verdict) verdicts.set(index, verdict); else verdicts.delete(index);
  card.toggleAttribute("data-decided", Boolean(verdict));
  card.querySelector("output").textContent = verdict ? verdict.replaceAll("_", " ") : "";
  status.textContent = `${verdicts.size} of ${cards.length} decided`;
  undoing.disabled = !log.length;
}

function decide(index, verdict) {
  log.push([index, verdict]);
  show(index, verdict);
  store();
}

// Work survives a reload, where the browser lets a file remember anything.
function store() {
  try {
    localStorage.setItem(KEY, JSON.stringify(log));
  } catch { /* private mode: the download still works */ }
}

function restore() {
  let saved = [];
  try {
    saved = JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch { /* nothing to restore */ }
  log.push(...saved.filter(([index]) => cards[index]));
  for (const [index, verdict] of log) show(index, verdict);
}

function go(index) {
  cards[current].tabIndex = -1;
  current = Math.max(0, Math.min(cards.length - 1, index));
  cards[current].tabIndex = 0;
  cards[current].focus();
}

function columns() {
  const top = cards[0].offsetTop;
  const next = cards.findIndex((card) => card.offsetTop > top);
  return next < 0 ? cards.length : next;
}

function judge(index, action) {
  decide(index, action === "accept" ? cards[index].dataset.suggestion : action);
  go(index + 1);
}

function undo() {
  if (!log.length) return;
  const [index] = log.pop();
  show(index, log.findLast(([decided]) => decided === index)?.[1]);
  store();
  go(index);
}

const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csv() {
  const lines = [...verdicts].sort(([a], [b]) => a - b).map(([index, verdict]) => {
    const { file, label } = cards[index].dataset;
    return [file, label, verdict].map(field).join(",");
  });
  return ["file,label,verdict", ...lines].join("\n") + "\n";
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = "corrections.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

const keys = {
  a: () => judge(current, "accept"),
  k: () => judge(current, "keep"),
  d: () => judge(current, "drop"),
  c: () => cards[current].querySelector("select").focus(),
  u: undo,
  s: save,
  arrowright: () => go(current + 1),
  arrowleft: () => go(current - 1),
  arrowdown: () => go(current + columns()),
  arrowup: () => go(current - columns()),
  home: () => go(0),
  end: () => go(cards.length - 1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !cards.length) return;
  if (event.target.matches("select")) {
    if (event.key === "Escape") go(current);
    return;
  }
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

cards.forEach((card, index) => {
  card.addEventListener("focusin", () => {
    cards[current].tabIndex = -1;
    current = index;
    card.tabIndex = 0;
  });
  for (const button of card.querySelectorAll("button"))
    button.addEventListener("click", () => judge(index, button.dataset.verdict));
  // The arrow keys walk through the classes; only leaving or Enter decides.
  const select = card.querySelector("select");
  const choose = () => { if (select.value) { decide(index, select.value); select.value = ""; } };
  select.addEventListener("blur", choose);
  select.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !select.value) return;
    event.preventDefault();
    go(index + 1);
  });
});
document.getElementById("save").addEventListener("click", save);
undoing.addEventListener("click", undo);
restore();
// On with the work: a key that is pressed now must not change a verdict of before.
if (cards.length) go(Math.max(0, cards.findIndex((_, index) => !verdicts.has(index))));

// The options of order and audit; what is not touched stays as the service does it by itself.
import { byId } from "./dom.js";

const STRATEGIES = { trade_off: ["coverage", "mmr"], context: ["coverage"] }; // that heed them

export function installControls(edits) {
  const form = byId("controls");
  const fields = [...form.elements].filter(({ name }) => name);
  const defaults = fields.map((field) => [field, field.value]);

  for (const type of ["input", "change"]) { // a slider tells while it moves, the others when chosen
    form.addEventListener(type, ({ target }) => {
      if ((target.type === "range") !== (type === "input") || !target.reportValidity()) return;
      edits.set(target.name, target.value);
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => edits.reset());
  byId("undo").addEventListener("click", () => edits.undo());
  addEventListener("keydown", undoByKey);
  edits.addEventListener("change", show);
  show();

  function undoByKey(event) {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    if (key.toLowerCase() !== "z" || !(ctrlKey || metaKey) || shiftKey || altKey) return;
    if (!edits.canUndo || target.type === "number") return; // a field takes back what was typed
    event.preventDefault();
    edits.undo();
  }

  function show() {
    for (const [field, value] of defaults) {
      field.value = edits.options[field.name] ?? value;
      const about = byId(`${field.id}-about`);
      if (about) about.textContent = field.selectedOptions[0]?.dataset.about ?? "";
    }
    byId("trade_off-value").value = `λ ${byId("trade_off").valueAsNumber.toFixed(2)}`;
    for (const [id, strategies] of Object.entries(STRATEGIES)) {
      byId(id).disabled = !strategies.includes(byId("strategy").value);
    }
    byId("undo").disabled = !edits.canUndo;
    byId("reset").hidden = !edits.any;
  }
}

// How a photo stands within its area is known of one model's scores only.
export function offerKnown({ ranking }) {
  const option = byId("score").querySelector("[value=area_percentile]");
  option.disabled = ranking.every(({ aesthetic }) => aesthetic.area_percentile === null);
}

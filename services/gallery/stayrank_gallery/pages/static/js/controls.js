// The options of the ranking; what is not touched stays as the service does it by itself.
import { getJson } from "./api.js";
import { byId, make } from "./dom.js";
import { words } from "./words.js";

const STRATEGIES = { trade_off: ["coverage", "mmr"], context: ["coverage"] }; // that heed them

export async function installControls(edits) {
  const form = byId("controls");
  let contexts = [];
  const fields = [...form.elements].filter(({ name }) => name);
  const defaults = new Map(fields.map(({ name, value }) => [name, value]));

  for (const type of ["input", "change"]) { // a slider tells while it moves, the others when chosen
    form.addEventListener(type, ({ target }) => {
      if ((target.type === "range") === (type === "input")) edits.set(target.name, target.value);
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => edits.reset());
  byId("undo").addEventListener("click", () => edits.undo());
  edits.addEventListener("change", show);

  function show() {
    for (const [name, value] of defaults) form.elements[name].value = edits.options[name] ?? value;
    byId("trade_off-value").value = `λ ${Number(form.elements.trade_off.value).toFixed(2)}`;
    for (const [name, strategies] of Object.entries(STRATEGIES)) {
      form.elements[name].disabled = !strategies.includes(form.elements.strategy.value);
    }
    const context = contexts.find(({ name }) => name === form.elements.context.value);
    byId("context-weights").textContent = weightsOf(context);
    byId("undo").disabled = !edits.canUndo;
    byId("reset").hidden = !edits.any;
  }

  ({ contexts } = await getJson("contexts"));
  form.elements.context.replaceChildren(
    ...contexts.map(({ name, title }) => make("option", { value: name }, title)));
  defaults.set("context", "default");
  show();
}

const weightsOf = (context) => Object.entries(context?.weights ?? {})
  .map(([area, { weight }]) => `${words(area)} × ${weight}`).join(", ");

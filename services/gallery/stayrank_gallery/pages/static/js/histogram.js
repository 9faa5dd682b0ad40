// A rating distribution as ten bars.
import { make } from "./dom.js";
import { percent, score } from "./words.js";

export function drawHistogram(box, { distribution, mean, std }) {
  const highest = Math.max(...distribution);
  box.replaceChildren(...distribution.map((share, index) => {
    const bar = make("i", { title: `${index + 1}: ${percent(share)}` });
    bar.style.height = `${100 * share / highest}%`;
    return bar;
  }));
  const label = `Predicted ratings 1 to 10: mean ${score(mean)}, spread ${score(std)}`;
  box.setAttribute("aria-label", label);
}

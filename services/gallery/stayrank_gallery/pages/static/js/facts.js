// What is known of a photo, in the words of the page.
import { make } from "./dom.js";
import { bytes, percent, score, standing, words } from "./words.js";

const TAGS = 5; // areas that are shown, as far as they are
const NOTABLE = 0.01; // probable

// The areas of a TagResult, the most probable first.
export function tagFacts({ tags, rejected }) {
  const notable = tags.filter(({ probability }, rank) => !rank || probability >= NOTABLE);
  const bars = notable.slice(0, TAGS).map(({ tag, probability }) => {
    const bar = make("i", { ariaHidden: "true" });
    bar.style.inlineSize = `${100 * probability}%`;
    return make("li", {}, make("span", {}, words(tag)), make("b", {}, percent(probability)), bar);
  });
  const doubt = make("li", { className: "doubt" }, "too doubtful to count for any area");
  return rejected ? [doubt, ...bars] : bars;
}

// The score of an AestheticResult, and how it stands where the photo has a Place.
export function scoreFacts({ mean, std }, place) {
  const spread = make("small", {}, ` / 10, spread ${score(std)}`);
  const line = make("p", { className: "mean" }, make("strong", {}, score(mean)), spread);
  return place ? [line, make("p", {}, standing(place))] : [line];
}

// The `look` of a ScoredPhoto, which may be absent.
export function lookFacts(look, file) {
  const facts = [["Size", bytes(file.size)]];
  if (look) {
    const { width, height, luminance, sharpness, tilt_degrees: tilt } = look;
    facts.unshift(["Pixels", `${width} × ${height}`]);
    facts.push(["Brightness", percent(luminance)]);
    facts.push(["Sharpness (sharp from 0.8)", sharpness.toFixed(2)]); // as the audit tells it
    if (tilt !== null) facts.push(["Tilt", tiltOf(tilt)]);
  }
  return facts.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)]);
}

function tiltOf(degrees) {
  const size = Math.round(Math.abs(degrees)); // it errs by half a degree and more
  if (!size) return "none";
  return `${size}° ${degrees > 0 ? "counter-clockwise" : "clockwise"}`;
}

// Tells what happened to those who do not see it.
import { byId } from "./dom.js";

export function announce(text) {
  byId("announcer").textContent = text;
}

// Photos that are to be scored again: those that got no answer, and all where the models changed.
import { say, silence } from "./messages.js";
import { count } from "./words.js";

export function scoreAgain(lost, scoring) {
  for (const photo of lost) photo.state = "waiting";
  scoring.start();
}

export function offerAgain(photos, scoring) {
  const lost = photos.in("failed").filter(({ failure }) => failure.again);
  offer("lost", lost.length > 1 // one alone has its own button
    && `${count(lost.length, "photo")} got no answer: ${lost[0].failure.detail}.`,
  "Try all again", () => scoreAgain(lost, scoring));
  offer("mixed", photos.mixed
    && "The service has other models now: older scores do not compare with newer ones.",
  "Score all again", () => scoreAgain(photos.forgetScores(), scoring));
}

function offer(kind, text, label, run) {
  if (text) say(kind, text, { action: { label, run } });
  else silence(kind);
}

// Where the page is put together: photos come in, are scored, ordered, and shown as they are.
import { offerAgain, scoreAgain } from "./again.js";
import { announce } from "./announcer.js";
import { showAreas } from "./areas.js";
import { showAudit } from "./audit.js";
import { showComparison } from "./compare.js";
import { installControls, offerKnown } from "./controls.js";
import { Detail } from "./detail.js";
import { byId } from "./dom.js";
import { openDoors } from "./doors.js";
import { installDownloads } from "./downloads.js";
import { Edits } from "./edits.js";
import { Gallery } from "./gallery.js";
import { actOnClicks } from "./hand.js";
import { takeIn } from "./intake.js";
import { Keeping } from "./keeping.js";
import { moveByKeyboard } from "./keyboard.js";
import { watchLeaving } from "./leaving.js";
import { showLeftOut } from "./left_out.js";
import { say, silence } from "./messages.js";
import { Ordering } from "./ordering.js";
import { Photos } from "./photos.js";
import { moveByPointer } from "./pointer.js";
import { showProgress } from "./progress.js";
import { Scoring } from "./scoring.js";
import { showUnkept } from "./unkept.js";
import { count } from "./words.js";

const photos = new Photos();
const edits = new Edits();
const keeping = new Keeping(photos, edits);
const scoring = new Scoring(photos);
const ordering = new Ordering(photos, edits);
const gallery = new Gallery(byId("gallery"), photos);
const detail = new Detail(gallery, photos, edits);

const open = (id) => detail.open(id);
let news = false; // of photos, to be announced once all is in order
const complain = (problem) => say("trouble", problem.message);

installControls(edits);
installDownloads(ordering, photos, complain);
actOnClicks(gallery, edits, open);
moveByKeyboard(gallery, edits);
moveByPointer(gallery, edits);
watchLeaving(keeping, photos);
byId("compare-toggle").addEventListener("click", compare);
foldPanel(matchMedia("(min-width: 62rem)"));

photos.addEventListener("change", () => {
  showBusy();
  showProgress(photos);
  showRest();
  ordering.request();
  news = true;
});

edits.addEventListener("change", () => {
  ordering.request();
  detail.refresh();
});

ordering.addEventListener("answer", () => {
  silence("trouble");
  gallery.show(ordering.answer);
  detail.refresh();
  showAreas(ordering.answer);
  offerKnown(ordering.answer);
  showUnkept(edits, photos, ordering.answer);
  showRest();
});

ordering.addEventListener("busy", showBusy);
ordering.addEventListener("audit", () => showAudit(ordering.audit, photos, open));
ordering.addEventListener("problem", () => {
  const { message, passing } = ordering.problem;
  const again = { label: "Try again", run: () => ordering.request() };
  say("trouble", message, { action: passing ? again : null });
  if (ordering.answer) gallery.show(ordering.answer); // as it was before the hand moved
});

// Where the panel stands above the photos, its boxes are closed until somebody wants one.
function foldPanel(wide) {
  for (const box of document.querySelectorAll(".box")) box.open = wide.matches;
  wide.onchange = () => foldPanel(wide);
}

function take(found) {
  takeIn(found, photos);
  if (photos.size) work();
}

function work() {
  byId("start").hidden = true;
  byId("workbench").hidden = byId("actions").hidden = false;
  byId("skip").hash = "photos";
  scoring.start();
}

// Whether what is on screen is still to change by itself.
function showBusy() {
  const busy = ordering.busy || photos.in("waiting", "looking").length > 0;
  byId("workbench").toggleAttribute("data-busy", busy);
  if (busy || !news) return;
  news = false;
  announce(summary());
}

// What depends on photos and order both.
function showRest() {
  byId("summary").textContent = summary();
  showLeftOut(photos, ordering.answer?.removed ?? [], {
    bringBack: (id) => edits.bringBack(id),
    tryAgain: (photo) => scoreAgain([photo], scoring),
  });
  offerAgain(photos, scoring);
  if (!byId("compare").hidden && ordering.answer) showComparison(photos, ordering.answer);
}

function compare({ currentTarget: toggle }) {
  const comparing = toggle.getAttribute("aria-pressed") !== "true";
  toggle.setAttribute("aria-pressed", String(comparing));
  byId("compare").hidden = !comparing;
  byId("gallery").hidden = comparing;
  showRest();
}

function summary() {
  const { ranking = [], removed = [] } = ordering.answer ?? {};
  const folded = removed.filter(({ reason }) => reason === "duplicate").length;
  const out = removed.length - folded + photos.in("failed").length;
  if (!ordering.answer && !out) return ""; // nothing is known yet
  return [count(ranking.length, "photo"), folded && `${folded} folded`, out && `${out} left out`]
    .filter(Boolean).join(" · ");
}

await keeping.start(); // what was here before a reload, before anything new
openDoors(take, complain);
if (photos.size) {
  work();
  photos.changed();
}

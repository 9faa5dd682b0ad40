// From what was dropped or chosen to files with names.

import { say } from "./messages.js";
import { fail } from "./photos.js";
import { bytes, count } from "./words.js";

const MAX_DEPTH = 8; // folders within folders

// Everything in a drop, folders included: [{ name, file }].
export async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // All at once: a drop is forgotten at the first await.
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = await Promise.all(entries.map((entry) => walk(entry, 0)));
  return byName(found.flat());
}

// The files of an <input type="file">, of a folder too.
export function chosen(input) {
  const nameOf = (file) => file.webkitRelativePath || file.name;
  return byName([...input.files].map((file) => ({ name: nameOf(file), file })));
}

// Takes in what is a photo of a bearable size, and says what is not.
export function takeIn(found, photos) {
  const suffixes = document.body.dataset.suffixes.split(" ");
  const limit = Number(document.body.dataset.maxPhotoBytes);
  const kinds = Object.groupBy(found, (one) => (looksLikePhoto(one, suffixes) ? "fit" : "rest"));
  const others = (kinds.rest ?? []).map(({ name }) => name);
  if (others.length) {
    const verb = others.length === 1 ? "is not a photo and was" : "are not photos and were";
    say("not-photos", `${count(others.length, "file")} ${verb} left aside.`, { names: others });
  }
  photos.add(kinds.fit ?? []);
  const large = photos.in("waiting").filter(({ file }) => file.size > limit);
  for (const photo of large) {
    fail(photo, "Too large", `${bytes(photo.file.size)}; at most ${bytes(limit)}`);
  }
  photos.changed();
}

// Whether the name or the type says that a file is a photo we can read.
function looksLikePhoto({ name, file }, suffixes) {
  const suffix = name.slice(name.lastIndexOf(".")).toLowerCase();
  return suffixes.includes(suffix) || (!name.includes(".") && file.type.startsWith("image/"));
}

async function walk(entry, depth) {
  if (entry === null) return [];
  if (entry instanceof File) return [{ name: entry.name, file: entry }];
  const name = entry.fullPath.slice(1);
  if (entry.isFile) {
    const file = await new Promise((found) => entry.file(found, () => found(null)));
    return file ? [{ name, file }] : [{ name, file: new File([], name) }]; // vanished: unreadable
  }
  if (depth === MAX_DEPTH) return [];
  const found = await Promise.all((await children(entry)).map((child) => walk(child, depth + 1)));
  return found.flat();
}

async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) { // a reader hands out at most a hundred at a time
    const some = await new Promise((found) => reader.readEntries(found, () => found([])));
    if (!some.length) return all;
    all.push(...some);
  }
}

const byName = (found) =>
  found.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));

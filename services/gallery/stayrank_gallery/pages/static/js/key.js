// The key of the service, where it asks for one: kept until this tab is closed.
import { byId } from "./dom.js";

const STORED = "stayrank-key";
let asking = null; // several calls may be refused at once; the visitor is asked once

export const storedKey = () => sessionStorage.getItem(STORED);

// The options of a call with the key, if there is one.
export function keyed(options, key) {
  if (key === null) return options;
  return { ...options, headers: { ...options.headers, Authorization: `Bearer ${key}` } };
}

// Whether there is another key than the one that was refused.
export function otherKey(refused) {
  if (storedKey() !== refused) return Promise.resolve(true); // another call has asked meanwhile
  asking ??= ask(refused).finally(() => { asking = null; });
  return asking;
}

async function ask(refused) {
  const [dialog, field] = [byId("key"), byId("key-value")];
  byId("key-refused").hidden = refused === null;
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  if (dialog.returnValue !== "use") return false;
  sessionStorage.setItem(STORED, field.value.trim());
  return true;
}

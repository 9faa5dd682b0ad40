// What this tab keeps in the browser (IndexedDB); it outlives a reload. What another tab has not
// touched for a day is deleted.

const DAY_MS = 24 * 60 * 60 * 1000;
const STORES = ["tabs", "kept"]; // when each tab was last here; what it keeps

// Of this tab: read() → { part: Map of values by id }, write(part, id, value), clear().
// Where the browser keeps nothing or is full, they fail as IndexedDB does.
export async function openStore() {
  const database = await open();
  const tab = (sessionStorage.tab ??= `${Date.now()} ${Math.random()}`);
  await deleteOld(database, tab);

  return {
    async read() {
      const [, kept] = begin(database);
      const [keys, values] = await Promise.all([kept.getAllKeys(all(tab)), kept.getAll(all(tab))]
        .map(answered));
      const parts = {};
      keys.forEach(([, part, id], index) => (parts[part] ??= new Map()).set(id, values[index]));
      return parts;
    },

    write(part, id, value) {
      const [tabs, kept] = begin(database);
      tabs.put(Date.now(), tab);
      kept.put(value, [tab, part, id]);
      return done(kept.transaction);
    },

    clear() {
      delete sessionStorage.tab; // what cannot be deleted now is nobody's
      const [tabs, kept] = begin(database);
      tabs.delete(tab);
      kept.delete(all(tab));
      return done(kept.transaction);
    },
  };
}

function open() {
  const request = indexedDB.open("stayrank", 1);
  request.onupgradeneeded = () => {
    for (const name of STORES) request.result.createObjectStore(name);
  };
  return answered(request);
}

async function deleteOld(database, tab) {
  const [tabs, kept] = begin(database);
  const [names, times] = await Promise.all([tabs.getAllKeys(), tabs.getAll()].map(answered));
  tabs.put(Date.now(), tab);
  const old = names.filter((name, index) => name !== tab && times[index] < Date.now() - DAY_MS);
  for (const name of old) {
    tabs.delete(name);
    kept.delete(all(name));
  }
}

function begin(database) {
  const transaction = database.transaction(STORES, "readwrite");
  return STORES.map((name) => transaction.objectStore(name));
}

// The keys of a tab: [tab, part, id].
const all = (tab) => IDBKeyRange.bound([tab], [tab, []]);

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const done = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = resolve;
  transaction.onabort = () => reject(transaction.error);
});

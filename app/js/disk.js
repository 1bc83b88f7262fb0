// What a person keeps in this browser, in a database of their own: nobody else's session on the device opens it.
//
// Two stores of byte strings under lists of words: `chunk` (documents) and `outbox` (deeds that wait to be sent).

import { deleteDB, openDB } from "idb";

const VERSION = 1;
const STORES = ["chunk", "outbox"];
const nameOf = (person) => `atelier.${person}`;

/** Everything whose key begins so: lists come after words. */
const under = (prefix) => IDBKeyRange.bound(prefix, [...prefix, []]);

/**
 * Opens the database of a person.
 *
 * all(store, prefix) answers [key, bytes, key, bytes, …] in the order of the keys; write(store, puts, removes) does all of
 * it or nothing, and has done it once it answers; removes are prefixes. Errors are DOMExceptions, a full disk a
 * `QuotaExceededError`.
 */
export async function open(person) {
  let lost = false;
  const db = await openDB(nameOf(person), VERSION, {
    upgrade: (fresh) => STORES.forEach((store) => fresh.createObjectStore(store)),
    // Another tab forgets everything of the person.
    blocking: () => {
      lost = true;
      db.close();
    },
    terminated: () => (lost = true),
  });
  return {
    lost: () => lost,
    async all(store, prefix) {
      const transaction = db.transaction(store);
      const range = under(prefix);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      return keys.flatMap((key, at) => [key, values[at]]);
    },
    async keys(store, prefix) {
      return db.getAllKeys(store, under(prefix));
    },
    async write(store, puts, removes) {
      const transaction = db.transaction(store, "readwrite");
      const asked = removes.map((prefix) => transaction.store.delete(under(prefix)));
      for (let at = 0; at < puts.length; at += 2) asked.push(transaction.store.put(puts[at + 1], puts[at]));
      transaction.commit();
      await Promise.all([...asked, transaction.done]);
    },
    close: () => db.close(),
  };
}

/** Forgets everything a person keeps in this browser. */
export async function forget(person) {
  await deleteDB(nameOf(person));
}

/** Forgets the pages that the service worker keeps of a person. */
export async function forgetPages(person) {
  await globalThis.caches?.delete(`atelier.pages.${person}`);
}

// The concept on an idea's page: its three editors, its status line and the carets of the others.

import assert from "node:assert/strict";

const PATIENCE_MS = 20_000;

/** The concept as one person sees it. */
export class Concept {
  constructor(person) {
    this.page = person.page;
  }

  /** The editor of `title`, `pitch` or `body`. */
  editor(text) {
    return this.page.locator(`.concept-${text}.concept-editor .cm-content`);
  }

  /** Waits until the editors are there. */
  async ready() {
    await this.editor("body").waitFor();
    await this.saved();
  }

  /** Types at the end of one of the texts. */
  async append(text, words, { delay = 15 } = {}) {
    await this.editor(text).click();
    await this.page.keyboard.press("Control+End");
    await this.page.keyboard.type(words, { delay });
  }

  /** Types in place of all that one of the texts holds. */
  async replace(text, words) {
    await this.editor(text).click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.type(words);
  }

  /** What an editor holds: all of it, since much of what it holds is not on the screen. */
  async text(text) {
    return this.editor(text).evaluate((content) => content.cmTile.root.view.state.doc.toString());
  }

  /** What is seen of it: without the marks that are out of sight, and without others' carets. */
  async seen(text) {
    return this.editor(text).evaluate((content) => {
      const copy = content.cloneNode(true);
      copy.querySelectorAll(".peer-caret, .cm-placeholder, .cm-widgetBuffer, .md-way").forEach((extra) => extra.remove());
      return [...copy.querySelectorAll(".cm-line")].map((line) => line.textContent.replaceAll("\u2060", "")).join("\n");
    });
  }

  /** What the reading view shows. */
  async reading(text) {
    return (await this.page.locator(`.concept-${text}:not(.concept-editor)`).textContent()).trim();
  }

  /** Waits until the status says so: `saved`, `saving` or `offline`. */
  async state(wanted) {
    await this.page.locator(`.saving[data-state="${wanted}"]`).waitFor({ timeout: PATIENCE_MS });
  }

  /** Waits until everything is stored. */
  async saved() {
    await this.state("saved");
  }

  /** Waits until the named caret of somebody else stands in one of the texts. */
  async seesCaretOf(name, text) {
    const flag = this.page.locator(`.concept-${text}.concept-editor .peer-flag`, { hasText: name });
    await flag.first().waitFor({ state: "attached", timeout: PATIENCE_MS });
  }
}

/** Waits until the same texts stand everywhere, and answers them. */
export async function converged(...concepts) {
  const read = async (concept) => ({
    title: await concept.text("title"),
    pitch: await concept.text("pitch"),
    body: await concept.text("body"),
  });
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const [first, ...rest] = await Promise.all(concepts.map(read));
    if (rest.every((other) => JSON.stringify(other) === JSON.stringify(first))) return first;
    if (Date.now() > until) for (const other of rest) assert.deepEqual(other, first);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until a check passes. */
export async function eventually(check) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}

/** How much of what was done in documents waits on a person's device to be sent. */
export const waiting = (page) =>
  page.evaluate(async () => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("atelier."));
    const db = await new Promise((done) => (indexedDB.open(name).onsuccess = ({ target }) => done(target.result)));
    const keys = await new Promise((done) => (db.transaction("chunk").objectStore("chunk").getAllKeys().onsuccess = ({ target }) => done(target.result)));
    db.close();
    return keys.filter(([, kind]) => kind === "own" || kind === "open").length;
  });

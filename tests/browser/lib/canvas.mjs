// The canvas of a board as one person has it before them: its stage, or its outline.

import assert from "node:assert/strict";
import { eventually } from "./concept.mjs";

/** The canvas of a page. */
export class Canvas {
  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  get stage() {
    return this.page.locator(".canvas-stage");
  }

  /** Opens the canvas of a board, and waits until it is alive and whole. */
  async open(slug) {
    await this.person.open(`/b/${slug}/canvas`);
    await this.stage.waitFor();
    await this.saved();
  }

  async state(wanted) {
    await this.page.locator(`.canvas .saving[data-state="${wanted}"]`).waitFor({ timeout: 20_000 });
  }

  async saved() {
    await this.state("saved");
  }

  /** Something on the stage, by its words. */
  item(words) {
    return this.page.locator(".canvas-stage .canvas-item", { hasText: words });
  }

  /** Makes a note by keys alone, in the middle of what is seen. */
  async note(words) {
    await this.stage.focus();
    await this.page.keyboard.press("n");
    await this.page.locator(".canvas-item .canvas-field").waitFor();
    await this.page.keyboard.type(words);
    await this.page.keyboard.press("Escape");
    await this.item(words).waitFor();
  }

  /** Pastes a text on the stage. */
  async paste(text) {
    await this.stage.focus();
    await this.page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.querySelector(".canvas-stage").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, text);
  }

  /** Where the middle of something is, on the screen. */
  async middle(item) {
    const { x, y, width, height } = await item.boundingBox();
    return [x + width / 2, y + Math.min(height / 2, 20)];
  }

  /** Drags something by so much of the screen. */
  async drag(item, dx, dy, { steps = 12, drop = true } = {}) {
    const [x, y] = await this.middle(item);
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + dx, y + dy, { steps });
    // The last movement is shown with the next frame.
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    if (drop) await this.page.mouse.up();
  }

  /** Where something stands on the canvas, whatever the window shows. */
  async spot(item) {
    const transform = await item.first().evaluate((element) => element.style.transform);
    const [x, y] = transform.match(/-?[\d.]+/g).map(Number);
    return { x, y };
  }

  /** Everything on the stage: what it says and where it is. */
  async all() {
    return this.page.locator(".canvas-stage .canvas-item").evaluateAll((items) =>
      Object.fromEntries(
        items.map((item) => {
          const words = item.querySelector(".canvas-words, .canvas-group-title, .canvas-idea-title, .canvas-field");
          return [item.dataset.item, `${words?.value ?? words?.textContent ?? ""} @ ${item.style.transform} ${item.dataset.colour ?? ""}`];
        }),
      ),
    );
  }
}

/** Waits until the canvas of a page is alive: its stage, or where there is no room for one its outline. */
export async function alive(page) {
  const stage = page.viewportSize().width >= 720 ? ".canvas-stage" : ".canvas";
  await page.locator(stage).waitFor();
  await page.waitForFunction(() => document.querySelector(".canvas").dataset.alive !== undefined);
}

/** Waits until everybody has the same canvas, and answers it. */
export async function agreed(...canvases) {
  return eventually(async () => {
    const [first, ...rest] = await Promise.all(canvases.map((canvas) => canvas.all()));
    for (const other of rest) assert.deepEqual(other, first);
    return first;
  });
}

/** A board with nothing on its canvas; answers its slug. */
export async function boardFor(owner, { audience = "members", editing = "everyone", title = "Atelier du matin" } = {}) {
  return owner.call("POST", "/boards", { title, purpose: "", audience, editing });
}

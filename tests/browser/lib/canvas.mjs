// The canvas of a board as one person has it before them: its stage, or its outline.

import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import { join, setUp } from "./api.mjs";
import { Atelier } from "./atelier.mjs";
import { eventually } from "./concept.mjs";
import { writeByHand } from "./socket.mjs";

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

  /** Something of a kind on the stage, by its words. */
  named(kind, words) {
    return this.page.locator(`.canvas-stage .canvas-item[data-kind="${kind}"]`, { hasText: words });
  }

  /** Makes a group by keys alone. */
  async group(title) {
    await this.stage.focus();
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("g");
    await this.page.locator(".canvas-item .canvas-field").waitFor();
    await this.page.keyboard.type(title);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".canvas-group-title", { hasText: title }).waitFor();
    return this.named("groups", title);
  }

  /** The bar of what can be done with what is selected. */
  get bar() {
    return this.page.getByRole("toolbar", { name: "What is selected" });
  }

  /** The sentence by which something was refused. */
  async told(sentence) {
    await this.page.locator(".toast", { hasText: sentence }).waitFor();
  }

  /** Notes from now on what the polite status says; the answer reads that. */
  async listens() {
    await this.page.evaluate(() => {
      const status = document.querySelector('.canvas > p[role="status"]');
      const said = (globalThis.said = []);
      new MutationObserver(() => said.push(status.textContent)).observe(status, { characterData: true, childList: true, subtree: true });
    });
    return () => this.page.evaluate(() => globalThis.said.join("\n"));
  }

  /** How the canvas lies under the page: a place on it is at `place * zoom + [x, y]`. */
  async camera() {
    return this.stage.evaluate((stage) => {
      const [x, y, zoom] = stage.querySelector(".canvas-world").style.transform.match(/-?[\d.]+/g).map(Number);
      const { left, top } = stage.getBoundingClientRect();
      return { x: x + left, y: y + top, zoom };
    });
  }

  /** The place on the canvas under a point of the page. */
  async place([px, py]) {
    const { x, y, zoom } = await this.camera();
    return [(px - x) / zoom, (py - y) / zoom];
  }

  /** Where a place of the canvas is on the page. */
  async point([px, py]) {
    const { x, y, zoom } = await this.camera();
    return [px * zoom + x, py * zoom + y];
  }

  /** The cursor of somebody else, by their name. */
  cursor(name) {
    return this.page.locator(".canvas-cursor", { has: this.page.locator(".canvas-cursor-name", { hasText: name }) });
  }

  /** Notes from now on wherever something is shown; the answer reads at which places other than its first. */
  async watches(item) {
    const handle = await item.first().elementHandle();
    await handle.evaluate((element) => {
      element.first = element.style.transform;
      element.places = new Set();
      new MutationObserver(() => {
        if (element.style.transform !== element.first) element.places.add(element.style.transform);
      }).observe(element, { attributes: true, attributeFilter: ["style"] });
    });
    return () => handle.evaluate((element) => [...element.places]);
  }

  /** Presses Tab until the focus is there, as who uses no pointer does. */
  async tabTo(button) {
    for (let presses = 0; presses < 40; presses += 1) {
      if (await button.evaluateAll((all) => all.includes(document.activeElement))) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail("Tab does not come there");
  }

  /** Where the middle of something is, on the screen. */
  async middle(item) {
    const { x, y, width, height } = await item.boundingBox();
    return [x + width / 2, y + Math.min(height / 2, 20)];
  }

  /** Drags something by so much of the screen. */
  async drag(item, dx, dy, { steps = 12, drop = true } = {}) {
    const [x, y] = await this.middle(item);
    const holds = await item.evaluate((element, at) => element.contains(document.elementFromPoint(...at)), [x, y]);
    assert.ok(holds, "something else lies where it would be taken up");
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

/** A workspace for canvases: its owner, the customers Ada and Ben, and the researcher Cléo. */
export async function openHouse() {
  const atelier = await Atelier.start();
  const owner = await setUp(atelier);
  const ada = await join(owner, "customer", "Ada Lovelace");
  const ben = await join(owner, "customer", "Ben Okri");
  const cleo = await join(owner, "researcher", "Cléo Martin");
  return { atelier, owner, ada, ben, cleo };
}

/** Each of these callers before the canvas of one board. */
export async function together(arrive, atelier, board, ...callers) {
  const people = [];
  for (const caller of callers) people.push(await arrive(atelier, { caller }));
  const canvases = people.map((person) => new Canvas(person));
  await Promise.all(canvases.map((canvas) => canvas.open(board.slug)));
  return canvases;
}

/**
 * Puts a person's own socket under control, before they open a page: `up` are the frames they send, `down` those they are
 * sent. What is held of one way goes on, in its order, when it is let go.
 */
export async function control({ page }) {
  const ways = { up: { held: false, waiting: [] }, down: { held: false, waiting: [] } };
  const pass = (way, send) => (message) => (way.held ? way.waiting.push(() => send(message)) : send(message));
  await page.routeWebSocket(/\/live$/, (client) => {
    const server = client.connectToServer();
    client.onMessage(pass(ways.up, (message) => server.send(message)));
    server.onMessage(pass(ways.down, (message) => client.send(message)));
  });
  return {
    hold: (way) => {
      ways[way].held = true;
    },
    letGo: (way) => {
      ways[way].held = false;
      ways[way].waiting.splice(0).forEach((send) => send());
    },
    /** Waits until something is held of one way. */
    holds: (way) => eventually(() => assert.ok(ways[way].waiting.length > 0, `nothing was held ${way}`)),
  };
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

/**
 * Lays these on the canvas of a board in somebody's name, by their own script: by kind and id, with what each holds.
 * A note at least says `{ text, x, y }`, a group `{ title, x, y, w, h }`, a link `{ from, to }`, a card is called as its idea.
 */
export async function lay(caller, board, things) {
  const { secret } = await caller.call("POST", "/tokens", { name: "By script" });
  // Words that are chosen, and not written, are held as a whole.
  const whole = (value, key) => (["colour", "group", "from", "to", "picture"].includes(key) ? new Automerge.ImmutableString(value) : value);
  const held = (thing) => Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, whole(value, key)]));
  const laid = await writeByHand(caller.url, secret, board.canvas, (draft) => {
    for (const [kind, all] of Object.entries(things)) {
      const coloured = { notes: { colour: "amber" }, groups: { colour: "sky" } }[kind] ?? {};
      for (const [id, thing] of Object.entries(all)) draft[kind][id] = held({ ...coloured, ...thing });
    }
  });
  assert.deepEqual(laid, { kind: "stored" });
}

/** A picture of some colours (PNG). */
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC", "base64");

/** Adds a picture to a board; answers where it is, to be laid on its canvas. */
export async function addPicture(caller, board) {
  const headers = { origin: caller.url, cookie: `${caller.cookie.name}=${caller.cookie.value}`, "content-type": "application/octet-stream" };
  const answer = await fetch(`${caller.url}/api/v1/boards/${board.slug}/pictures`, { method: "POST", headers, body: PNG });
  assert.equal(answer.status, 201);
  return (await answer.json()).path;
}

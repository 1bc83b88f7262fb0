// A canvas by keys alone, from the moment its page is open, and what the keys say to who does not see it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { Canvas, boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => ({ atelier, owner, ada, ben } = await openHouse()));

/** What is called so has the focus. */
const focused = (canvas, name) =>
  eventually(async () => assert.match(await canvas.page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.tagName), name));

/** Presses these keys, one after the other. */
const presses = (canvas) => async (...keys) => {
  for (const key of keys) await canvas.page.keyboard.press(key);
};

test("by keys alone: a note, its words, its place, a link, a group, and gone again", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, atelier, board, ada);
  const { page } = one;
  const press = presses(one);
  // Nothing has the focus yet.
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
  await press("n");
  await page.keyboard.type("First");
  await press("Control+Enter");
  await page.keyboard.type("Second");
  await press("Escape");
  await focused(one, /^Note: Second/);
  await press("ArrowLeft");
  await focused(one, /^Note: First/);
  const before = await one.spot(one.item("First"));
  await press("Alt+ArrowDown", "Alt+ArrowDown", "Alt+Shift+ArrowDown");
  await eventually(async () => assert.equal((await one.spot(one.item("First"))).y, before.y + 56));
  await page.locator("[role=status]", { hasText: "Moved down" }).waitFor({ state: "attached" });
  // Linked by keys: this one, and the one beside it.
  await press("l", "ArrowRight");
  await focused(one, /^Note: Second/);
  await press("Enter");
  await page.locator(".canvas-link").waitFor({ state: "attached" });
  await eventually(async () => assert.match(await one.item("Second").getAttribute("aria-label"), /linked to Note: First/));
  await press("Control+a", "g");
  await page.keyboard.type("Both");
  await press("Enter");
  await page.locator(".canvas-group-title", { hasText: "Both" }).waitFor();
  await eventually(async () => assert.match(await one.item("Second").getAttribute("aria-label"), /in Both/));
  // In reading order: the second is above the first by now.
  await press("j");
  await focused(one, /^Note: Second/);
  await press("Escape", "Enter");
  await page.locator(".canvas-field").waitFor();
  await page.keyboard.type("Second, said better");
  await press("Escape");
  await one.item("said better").waitFor();
  await press("Space", "Space", "Delete");
  await one.item("said better").waitFor({ state: "detached" });
  // Taken back, and done again.
  await press("Control+z");
  await one.item("said better").waitFor();
  await press("Control+Shift+z");
  await one.item("said better").waitFor({ state: "detached" });
  await one.saved();
  const view = await ada.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual(Object.values(view.canvas.notes).map((note) => note.text), ["First"]);
  assert.deepEqual(view.canvas.links, {});
}));

test("Tab leads to the bar, where a colour is given, things lined up, a link removed, a note locked and made an idea", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, {
    notes: { first: { text: "First", x: 0, y: 0 }, second: { text: "Second", x: 300, y: 40 } },
    links: { l: { from: "notes/first", to: "notes/second" } },
  });
  const [one, customer] = await together(arrive, atelier, board, owner, ada);
  const { page } = one;
  const press = presses(one);
  const button = (name) => one.bar.getByRole("button", { name, exact: true });
  await press("j");
  await focused(one, /^Note: First/);

  await one.tabTo(button("Green"));
  await press("Enter");
  await customer.page.locator('.canvas-item[data-colour="leaf"]', { hasText: "First" }).waitFor();
  await focused(one, /Green/);
  await one.tabTo(button("Links"));
  await press("Enter");
  await one.tabTo(page.getByRole("button", { name: "Remove the link to Note: Second" }));
  await press("Enter");
  await customer.page.locator(".canvas-link").waitFor({ state: "detached" });
  await page.locator("[role=status]", { hasText: "Link removed" }).waitFor({ state: "attached" });

  await press("Control+a");
  await one.tabTo(button("Line up"));
  await press("Enter");
  await one.tabTo(page.getByRole("button", { name: "Upper edges" }));
  await press("Enter");
  await eventually(async () => assert.equal((await customer.spot(customer.item("Second"))).y, (await customer.spot(customer.item("First"))).y));

  // From wherever the focus is, J and K lead back to the things.
  await press("k");
  await focused(one, /First|Second/);
  await press("k", "k", "j");
  await focused(one, /^Note: Second/);
  await one.tabTo(button("Lock"));
  await press("Space");
  await customer.item("Second").locator(".canvas-lock").waitFor();
  await one.tabTo(button("Unlock"));
  await press("Space");
  await customer.item("Second").locator(".canvas-lock").waitFor({ state: "detached" });
  await press("k", "j");
  await focused(one, /^Note: Second/);
  await one.tabTo(button("Make it an idea"));
  await press("Enter");
  await customer.item("Second").locator(".canvas-promoted").waitFor();
  const { items: [idea] } = await owner.call("GET", `/boards/${board.slug}/ideas`);
  assert.deepEqual([idea.title, idea.author.name], ["Second", "Ada Lovelace"]);
}));

test("J and K go through everything in reading order, however it lies on each other", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, {
    groups: { g: { title: "Breads", x: 0, y: 0, w: 480, h: 240 } },
    notes: {
      rye: { text: "Rye", x: 20, y: 60, group: "g" },
      oat: { text: "Oat", x: 250, y: 60, group: "g" },
      hid: { text: "Hidden under it", x: 250, y: 60, z: -1 },
      tea: { text: "Tea", x: 560, y: 400 },
    },
  });
  const [one] = await together(arrive, atelier, board, ben);
  const all = 5;
  const way = async (key) => {
    const names = [];
    for (let at = 0; at < all; at += 1) {
      await one.page.keyboard.press(key);
      await eventually(async () => {
        const label = await one.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
        // What is at hand, without what is said of it besides.
        const name = label?.split(",")[0];
        assert.ok(name && name !== names.at(-1));
        names.push(name);
      });
    }
    return names;
  };
  const down = await way("j");
  assert.equal(new Set(down).size, all);
  assert.deepEqual(down.filter((name) => /Rye|Oat|Tea/.test(name)), ["Note: Rye", "Note: Oat", "Note: Tea"]);
  // There is nothing after the last.
  await one.page.keyboard.press("j");
  await focused(one, /Tea/);
  await one.page.keyboard.press("Escape");
  await one.page.keyboard.press("Escape");
  assert.deepEqual(await way("k"), down.toReversed());
}));

test("[ and ] give a group another size, Ctrl+D makes it once more with what is in it, V votes for the card the keyboard is at", scene(async (arrive) => {
  const board = await boardFor(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf for two" });
  await lay(ben, board, {
    groups: { g: { title: "Breads", x: 0, y: 0, w: 480, h: 240 } },
    notes: { rye: { text: "Rye", x: 20, y: 60, group: "g" } },
    cards: { [idea.card.id]: { x: 560, y: 400 } },
  });
  const [one, two] = await together(arrive, atelier, board, ben, ada);
  const press = presses(one);
  const view = async () => (await ben.call("GET", `/boards/${board.slug}/canvas`)).canvas;
  const size = async () => [(await view()).groups.g.w, (await view()).groups.g.h];
  await press("j");
  await focused(one, /Breads/);
  await press("]", "]");
  await eventually(async () => assert.deepEqual(await size(), [560, 320]));
  await saidPolitely(one, "Larger");
  await press("[");
  await eventually(async () => assert.deepEqual(await size(), [520, 280]));
  await press("Control+d");
  await two.named("groups", "Breads").nth(1).waitFor();
  await two.item("Rye").nth(1).waitFor();
  await one.saved();
  const { groups, notes } = await view();
  assert.equal(Object.keys(groups).length, 2);
  assert.equal(new Set(Object.values(notes).map(({ group }) => group)).size, 2, "each copy is in its own group");
  await press("Escape", "Escape", "k");
  await focused(one, /A loaf for two/);
  await press("v");
  const votes = (canvas) => canvas.item("A loaf for two").locator(".vote-count");
  await eventually(async () => assert.equal(await votes(two).innerText(), "1"));
  assert.equal((await ben.call("GET", `/ideas/${idea.card.number}`)).card.votes, 1);
  await press("v");
  await eventually(async () => assert.equal(await votes(two).innerText(), "0"));
}));

/** The polite status says so. */
async function saidPolitely(canvas, words) {
  await canvas.page.locator(".canvas > [role=status]", { hasText: words }).waitFor({ state: "attached" });
}

test("after a click on a colour the keys still mean what is selected", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, { notes: { rye: { text: "Rye", x: 0, y: 0 }, oat: { text: "Oat", x: 300, y: 0 } } });
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const colour = (canvas) => canvas.item("Rye").getAttribute("data-colour");
  await one.item("Rye").click();
  await one.bar.getByRole("button", { name: "Blue", exact: true }).click();
  await eventually(async () => assert.equal(await colour(two), "sky"));
  await one.page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await colour(two), "amber"));
  await one.page.keyboard.press("Control+Shift+z");
  await eventually(async () => assert.equal(await colour(two), "sky"));
  await one.page.keyboard.press("Delete");
  await two.item("Rye").waitFor({ state: "detached" });
  await one.page.keyboard.press("n");
  await one.page.keyboard.type("Corn");
  await one.page.keyboard.press("Escape");
  await two.item("Corn").waitFor();
  assert.equal(await two.item("Corn").getAttribute("data-colour"), "sky", "new notes have the colour given last");
}));

test("keys on a canvas mean nothing where one writes elsewhere, or while a dialog is open", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, { notes: { rye: { text: "Rye", x: 0, y: 0 } } });
  const [one] = await together(arrive, atelier, board, ada);
  const { page } = one;
  await one.item("Rye").click();
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Find an idea").fill("");
  await page.keyboard.type("n x Delete");
  await page.keyboard.press("Delete");
  // The browser's own: in a field with words, the first Esc clears them.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Outline" }).click();
  await page.getByLabel("Note", { exact: true }).click();
  await page.keyboard.type("n g j k v");
  await page.keyboard.press("Backspace");
  assert.equal(await page.getByLabel("Note", { exact: true }).inputValue(), "n g j k ");
  assert.deepEqual(Object.keys(await one.all()), ["notes/rye"]);
}));

test("keys that come before the next picture is drawn mean what they say", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, { notes: { rye: { text: "Rye", x: 0, y: 0 }, wheat: { text: "Wheat", x: 300, y: 0 } } });
  const person = await arrive(atelier, { caller: ada });
  // A machine with too much to do draws late, and takes what is typed meanwhile.
  await person.page.addInitScript(() => {
    const drawn = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (then) => drawn(() => setTimeout(() => drawn(then), window.drawsLate ? 500 : 0));
  });
  const one = new Canvas(person);
  await one.open(board.slug);
  const { page } = one;
  const press = presses(one);
  await press("j");
  await focused(one, /^Note: Rye/);
  await page.evaluate(() => {
    window.drawsLate = true;
  });
  // Written in, left, no longer selected, selected again, removed.
  await press("Enter");
  await page.locator(".canvas-field").waitFor();
  await page.keyboard.type("Rye bread");
  await press("Escape", "Space", "Space", "Delete");
  await one.item("Rye").waitFor({ state: "detached" });
  // What has the focus by now has no words of its own: the stage.
  await press("ArrowRight");
  await focused(one, /^Note: Wheat/);
  await press("ArrowRight", "Space", "Delete");
  await one.saved();
  assert.deepEqual(Object.keys(await one.all()), ["notes/wheat"], "what was selected by Space is no longer, once it is pressed again");
}));

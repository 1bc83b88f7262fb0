// A canvas under the hand: what is chosen, carried, coloured, put up and copied, and how one looks about.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { agreed, boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => ({ atelier, owner, ada, ben } = await openHouse()));

/** Four notes in a square, wide apart. */
const SQUARE = {
  rye: { text: "Rye", x: 0, y: 0 },
  oat: { text: "Oat", x: 320, y: 0 },
  corn: { text: "Corn", x: 0, y: 240 },
  tea: { text: "Tea", x: 320, y: 240 },
};

const chosen = (canvas) =>
  canvas.page.locator(".canvas-item.is-selected").evaluateAll((items) => items.map(({ dataset }) => dataset.item).sort());

/** Where the notes of the square are. */
const spots = async (canvas) =>
  Object.fromEntries(await Promise.all(Object.values(SQUARE).map(async ({ text }) => [text, await canvas.spot(canvas.item(text))])));

test("Shift and a press choose several, a rectangle drawn with Shift those it meets, and a drag carries all of them", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ben, board, { notes: SQUARE });
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const { page } = one;
  await one.item("Rye").click();
  await one.item("Tea").click({ modifiers: ["Shift"] });
  await eventually(async () => assert.deepEqual(await chosen(one), ["notes/rye", "notes/tea"]));
  await one.item("Rye").click({ modifiers: ["Shift"] });
  await eventually(async () => assert.deepEqual(await chosen(one), ["notes/tea"]));
  await page.keyboard.press("Escape");

  // From beside the left column to between the two.
  const [left, top] = await one.point([-30, -20]);
  const [right, bottom] = await one.point([260, 400]);
  await page.keyboard.down("Shift");
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(right, bottom, { steps: 8 });
  await page.locator(".canvas-marquee").waitFor();
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.locator(".canvas-marquee").waitFor({ state: "detached" });
  await eventually(async () => assert.deepEqual(await chosen(one), ["notes/corn", "notes/rye"]));
  await one.bar.getByText("2 selected").waitFor();

  const before = await spots(two);
  const { zoom } = await one.camera();
  await one.drag(one.item("Rye"), -60, 80);
  await one.saved();
  await agreed(one, two);
  const after = await spots(two);
  for (const name of ["Rye", "Corn"]) {
    assert.ok(Math.abs(after[name].x - before[name].x + 60 / zoom) < 2 && Math.abs(after[name].y - before[name].y - 80 / zoom) < 2, name);
  }
  for (const name of ["Oat", "Tea"]) assert.deepEqual(after[name], before[name]);
}));

test("a colour that is given is seen by the others, on notes and groups, and new notes have it", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, { notes: SQUARE, groups: { g: { title: "Breads", x: -40, y: -60, w: 300, h: 460 } } });
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const paper = (item) => item.evaluate((element) => getComputedStyle(element).backgroundColor);
  const before = await paper(two.item("Oat"));
  await one.item("Oat").click();
  await one.bar.getByRole("button", { name: "Purple" }).click();
  await eventually(async () => assert.equal(await two.item("Oat").getAttribute("data-colour"), "plum"));
  assert.notEqual(await paper(two.item("Oat")), before, "it is seen");
  await one.named("groups", "Breads").click({ position: { x: 20, y: 14 } });
  await one.bar.getByRole("button", { name: "Green", exact: true }).click();
  await eventually(async () => assert.equal(await two.named("groups", "Breads").getAttribute("data-colour"), "leaf"));
  await one.note("Nut");
  await two.item("Nut").waitFor();
  assert.equal(await two.item("Nut").getAttribute("data-colour"), "plum");
}));

test("a press on the small map goes there, F shows everything, and the wheel brings it nearer", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, { notes: { rye: { text: "Rye", x: 0, y: 0 }, far: { text: "Far away", x: 6_000, y: 3_000 } } });
  const [one] = await together(arrive, atelier, board, ben);
  const { page } = one;
  const stage = await one.stage.boundingBox();
  const inside = async (words) => {
    const { x, y, width, height } = await one.item(words).boundingBox();
    return x >= stage.x && y >= stage.y && x + width <= stage.x + stage.width && y + height <= stage.y + stage.height;
  };
  const bothInside = () => eventually(async () => assert.deepEqual([await inside("Rye"), await inside("Far away")], [true, true]));
  await bothInside();
  // Ten times as near, neither is in sight.
  await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
  await page.keyboard.press("0");
  await eventually(async () => assert.deepEqual([await inside("Rye"), await inside("Far away")], [false, false]));
  assert.equal((await one.camera()).zoom, 1);
  const map = await page.locator(".canvas-map").boundingBox();
  // The window on the canvas reaches no further than its things: the map shows these, with some room around.
  const scale = Math.min(map.width / 6_288, map.height / 3_208);
  const [left, top] = [(map.width - 6_288 * scale) / 2, (map.height - 3_208 * scale) / 2];
  await page.mouse.click(map.x + left + (6_000 + 104 + 40) * scale, map.y + top + (3_000 + 64 + 40) * scale);
  await eventually(async () => assert.ok(await inside("Far away")));
  await page.keyboard.press("f");
  await bothInside();
  const { zoom } = await one.camera();
  const before = await one.place([stage.x + 300, stage.y + 200]);
  await page.mouse.move(stage.x + 300, stage.y + 200);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -120);
  await page.keyboard.up("Control");
  await eventually(async () => assert.ok((await one.camera()).zoom > zoom * 1.2));
  const now = await one.place([stage.x + 300, stage.y + 200]);
  assert.ok(Math.hypot(now[0] - before[0], now[1] - before[1]) < 12, "the same place stays under the pointer");
}));

test("each template puts up the groups that it promises, beside what is there", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const { page } = one;
  const groups = page.locator('.canvas-item[data-kind="groups"]');
  const offer = page.locator(".canvas-nothing");
  // The empty one begins with a note.
  await offer.getByRole("button", { name: /^Empty/ }).click();
  await page.locator(".canvas-field").waitFor();
  await page.keyboard.press("Escape");
  await offer.waitFor();
  let count = 0;
  for (const [name, titles] of [
    ["Affinity map", ["First theme", "Second theme", "Third theme", "To be sorted"]],
    ["Journey", ["Before", "They arrive", "During", "After", "They come back"]],
    ["Two by two", ["Great effect, little effort", "Great effect, great effort", "Small effect, little effort", "Small effect, great effort"]],
    ["I like, I wish, what if", ["I like", "I wish", "What if …"]],
  ]) {
    if (count > 0) await page.getByRole("button", { name: "Templates" }).click();
    await (count > 0 ? page.locator("#canvas-templates") : offer).getByRole("button", { name }).click();
    count += titles.length;
    await eventually(async () => assert.equal(await groups.count(), count));
    const all = await page.locator(".canvas-group-title").allInnerTexts();
    for (const title of titles) assert.ok(all.includes(title), `${name}: ${title}`);
    for (const title of titles) {
      const { x, y, width, height } = await page.locator(".canvas-item", { has: page.getByText(title, { exact: true }) }).boundingBox();
      const room = await one.stage.boundingBox();
      assert.ok(x >= room.x && y >= room.y && x + width <= room.x + room.width && y + height <= room.y + room.height, `${title} is in sight`);
    }
  }
  const boxes = await groups.evaluateAll((all) => all.map((group) => {
    const { left, top, right, bottom } = group.getBoundingClientRect();
    return [left, top, right, bottom];
  }));
  for (const [at, [left, top, right, bottom]] of boxes.entries()) {
    for (const other of boxes.slice(at + 1)) assert.ok(right <= other[0] || other[2] <= left || bottom <= other[1] || other[3] <= top, "none lies on another");
  }
  await one.saved();
  await agreed(one, two);
}));

test("a list that is pasted makes a note of each line; an arrangement is put up and lined up", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, atelier, board, ada);
  const { page } = one;
  await page.getByRole("button", { name: /I like, I wish, what if/ }).click();
  await page.locator(".canvas-group-title", { hasText: "I wish" }).waitFor();
  assert.equal(await page.locator('.canvas-item[data-kind="groups"]').count(), 3);
  await one.paste("1. Open earlier\n2) Smaller loaves\n[ ] Less sugar\n\n• Tea");
  for (const words of ["Open earlier", "Smaller loaves", "Less sugar", "Tea"]) await one.item(words).first().waitFor();
  await page.getByRole("button", { name: "Line up" }).click();
  await page.getByRole("button", { name: "Left edges" }).click();
  await one.saved();
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  const notes = Object.values(canvas.notes);
  assert.deepEqual(notes.map((note) => note.text).sort(), ["Less sugar", "Open earlier", "Smaller loaves", "Tea"]);
  assert.equal(new Set(notes.map((note) => note.spot.x)).size, 1);
}));

test("a note dropped on a group is in it, and goes where it goes", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const { page } = one;
  const group = await one.group("Breads");
  const { x, y, width } = await group.boundingBox();
  await page.mouse.dblclick(x + width + 60, y - 30);
  await page.keyboard.type("Rye");
  await page.keyboard.press("Escape");
  const [nx, ny] = await one.middle(one.item("Rye"));
  await one.drag(one.item("Rye"), x + width / 2 - nx, y + 140 - ny);
  await eventually(async () => assert.match(await one.item("Rye").getAttribute("aria-label"), /in Breads/));
  const before = await one.spot(one.item("Rye"));
  await page.mouse.move(x + 30, y + 20);
  await page.mouse.down();
  await page.mouse.move(x - 50, y + 70, { steps: 8 });
  await page.mouse.up();
  await eventually(async () => assert.notDeepEqual(await one.spot(one.item("Rye")), before));
  await one.saved();
  await agreed(one, two);
  // The group goes; what was in it stays.
  await page.keyboard.press("Delete");
  await group.waitFor({ state: "detached" });
  await two.item("Rye").waitFor();
}));

test("what is copied on one canvas is pasted on another, with its words, its links and its groups", scene(async (arrive) => {
  const [board, other] = [await boardFor(owner), await boardFor(owner, { title: "Atelier du soir" })];
  await lay(ben, board, {
    groups: { g: { title: "Breads", x: 0, y: 0, w: 300, h: 240, colour: "teal" } },
    notes: {
      rye: { text: "Rye, with\nseeds", x: 20, y: 60, group: "g", colour: "rose" },
      tea: { text: "Tea", x: 400, y: 60 },
      not: { text: "Not this one", x: 400, y: 300 },
    },
    links: { l: { from: "notes/rye", to: "notes/tea" }, m: { from: "notes/tea", to: "notes/not" } },
  });
  const [one] = await together(arrive, atelier, board, ada);
  await one.named("groups", "Breads").click({ position: { x: 20, y: 14 } });
  await one.item("Rye").click({ modifiers: ["Shift"] });
  await one.named("notes", "Tea").first().click({ modifiers: ["Shift"] });
  await one.page.keyboard.press("Control+c");
  await one.page.locator(".canvas > [role=status]", { hasText: "In the clipboard" }).waitFor({ state: "attached" });

  await one.open(other.slug);
  await one.page.keyboard.press("Control+v");
  await one.item("Tea").waitFor();
  await one.page.locator(".canvas-link").waitFor({ state: "attached" });
  await one.saved();
  const { canvas, makers } = await ada.call("GET", `/boards/${other.slug}/canvas`);
  const notes = Object.values(canvas.notes);
  const [[id, group]] = Object.entries(canvas.groups);
  assert.deepEqual(notes.map(({ text }) => text).sort(), ["Rye, with\nseeds", "Tea"]);
  assert.deepEqual([group.title, group.colour, group.w, group.h], ["Breads", "teal", 300, 240]);
  const [rye, tea] = ["Rye, with\nseeds", "Tea"].map((words) => notes.find(({ text }) => text === words));
  assert.deepEqual([rye.group, rye.colour, tea.group ?? null], [id, "rose", null]);
  assert.deepEqual([tea.spot.x - rye.spot.x, tea.spot.y - rye.spot.y], [380, 0], "they lie to each other as they did");
  const named = (words) => `notes/${Object.entries(canvas.notes).find(([, { text }]) => text === words)[0]}`;
  assert.deepEqual(Object.values(canvas.links).map(({ from, to }) => [from, to]), [[named("Rye, with\nseeds"), named("Tea")]]);
  assert.ok(makers.every(({ person }) => person.name === "Ada Lovelace"), "copies are of who pasted them");
  // Elsewhere they are text.
  await one.page.getByRole("button", { name: "Outline" }).click();
  await one.page.getByLabel("Note", { exact: true }).click();
  await one.page.keyboard.press("Control+v");
  assert.match(await one.page.getByLabel("Note", { exact: true }).inputValue(), /Breads[^]*Rye, with\nseeds[^]*Tea/);
  // Nothing was taken from where it was.
  const before = await ben.call("GET", `/boards/${board.slug}/canvas`);
  assert.equal(Object.keys(before.canvas.notes).length, 3);
}));

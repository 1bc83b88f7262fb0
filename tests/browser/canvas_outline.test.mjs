// The canvas as a text: the same content on a phone and beside the stage, changed there as well, and what others do said aloud.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, scene } from "./lib/browser.mjs";
import { addPicture, alive, boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, cleo;

stage(async () => ({ atelier, owner, ada, ben, cleo } = await openHouse()));

/** The outline of a canvas on somebody's phone. */
async function onPhone(arrive, caller, board) {
  const phone = await arrive(atelier, { caller, viewport: PHONE });
  await phone.open(`/b/${board.slug}/canvas`);
  await alive(phone.page);
  return { phone, page: phone.page, outline: phone.page.getByRole("region", { name: "Outline" }) };
}

const plain = (text) => text.replaceAll(/\s+/g, " ").trim();

/** A canvas with something of everything. */
async function everything() {
  const board = await boardFor(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf for two, and for one" });
  const picture = await addPicture(ada, board);
  await lay(ada, board, {
    groups: { g: { title: "Breads of the week", x: 0, y: 0, w: 480, h: 240 }, bare: { title: "Nothing yet", x: 0, y: 300, w: 480, h: 240 } },
    notes: {
      rye: { text: "Rye,\nwith seeds & <b>salt</b>", x: 20, y: 60, group: "g" },
      long: { text: "What keeps until Monday keeps everybody content. ".repeat(12), x: 250, y: 60, group: "g" },
      tea: { text: "Tea at four", x: 560, y: 60 },
    },
    cards: { [idea.card.id]: { x: 560, y: 400 } },
    pictures: { p: { picture, alt: "A loaf, cut in two", x: 900, y: 0, w: 200, h: 200, group: "g" } },
    links: { l: { from: "notes/rye", to: "notes/tea" } },
  });
  return { board, idea };
}

/** The outline holds all that the canvas does, each in its part. */
async function holdsAll(outline, board) {
  const view = await ben.call("GET", `/boards/${board.slug}/canvas`);
  const { notes, groups, cards, pictures } = view.canvas;
  const title = (id) => view.ideas.find((card) => card.id === id).title;
  const said = [
    ...Object.values(notes).map(({ text, group }) => [text, group]),
    ...Object.entries(cards).map(([id, { group }]) => [title(id), group]),
    ...Object.values(pictures).map(({ alt, group }) => [alt, group]),
  ];
  assert.equal(await outline.locator(".outline-item").count(), said.length);
  for (const [words, group] of said) {
    const heading = group ? groups[group].title : "In no group";
    const part = outline.locator(".outline-part", { has: outline.page().getByRole("heading", { name: heading, exact: true }) });
    await eventually(async () => assert.ok(plain(await part.innerText()).includes(plain(words)), `${heading}: ${words}`));
  }
  const headings = await outline.getByRole("heading", { level: 3 }).allInnerTexts();
  for (const { title } of Object.values(groups)) assert.ok(headings.includes(title), title);
  assert.ok(await outline.locator(".outline-item", { hasText: "Tea at four" }).getByText(/linked to.*Rye/).isVisible());
  const image = outline.getByRole("img", { name: "A loaf, cut in two" });
  await image.scrollIntoViewIfNeeded();
  await eventually(async () => assert.ok(await image.evaluate((image) => image.naturalWidth > 0)));
}

test("on a phone the outline holds the same content as the stage: groups, notes, cards, pictures, links", scene(async (arrive) => {
  const { board } = await everything();
  const { page, outline } = await onPhone(arrive, ben, board);
  assert.equal(await page.locator(".canvas-stage").count(), 0);
  await holdsAll(outline, board);
  // What comes is there too.
  await lay(cleo, board, { notes: { late: { text: "Said meanwhile", x: 60, y: 360, group: "bare" } } });
  await outline.locator(".outline-item", { hasText: "Said meanwhile" }).waitFor();
  await holdsAll(outline, board);
}));

test("beside the stage the outline holds the same", scene(async (arrive) => {
  const { board } = await everything();
  const [one] = await together(arrive, atelier, board, ben);
  const outline = one.page.getByRole("region", { name: "Outline" });
  assert.equal(await outline.count(), 0);
  await one.page.getByRole("button", { name: "Outline" }).click();
  await outline.waitFor();
  await holdsAll(outline, board);
}));

test("what is locked is said to be so on a phone as well", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(owner, board, { notes: { held: { text: "The question", x: 0, y: 0, locked: true }, free: { text: "An answer", x: 300, y: 0 } } });
  const { outline } = await onPhone(arrive, ben, board);
  const item = (words) => outline.locator(".outline-item", { hasText: words });
  await item("The question").waitFor();
  assert.equal(await item("An answer").getByText("locked").count(), 0);
  assert.equal(await item("The question").getByText("locked").count(), 1);
}));

test("on a phone notes are added to a group, changed and removed, and all see it", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, atelier, board, ada);
  await one.group("Breads");
  await one.note("At the desk");
  const { page, outline } = await onPhone(arrive, ben, board);
  await outline.getByText("At the desk").waitFor();
  await page.getByLabel("Note", { exact: true }).fill("On the way");
  await page.getByLabel("In which group").selectOption({ label: "Breads" });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await one.item("On the way").waitFor();
  await eventually(async () => assert.match(await one.item("On the way").getAttribute("aria-label"), /in Breads/));
  // One's own words can be changed and taken back there.
  await outline.getByRole("button", { name: /Edit On the way/ }).click();
  await outline.getByLabel("What the note says").fill("On the way home");
  await outline.getByRole("button", { name: "Keep" }).click();
  await one.item("On the way home").waitFor();
  assert.equal(await outline.getByRole("button", { name: /Edit At the desk/ }).count(), 0);
  await outline.getByRole("button", { name: /Remove On the way home/ }).click();
  await one.item("On the way home").waitFor({ state: "detached" });
}));

test("a note that is changed on a phone keeps its words when it is moved meanwhile, and those the owner wrote in it", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ben, board, {
    groups: { g: { title: "Breads", x: 0, y: 0, w: 300, h: 240 }, h: { title: "Mornings", x: 400, y: 0, w: 300, h: 240 } },
    notes: { rye: { text: "Rye bread", x: 20, y: 60, group: "g" } },
  });
  const { page, outline } = await onPhone(arrive, ben, board);
  const [tidy] = await together(arrive, atelier, board, owner);
  await outline.getByRole("button", { name: /Edit Rye bread/ }).click();
  const field = outline.getByLabel("What the note says");
  await field.press("End");
  await page.keyboard.type(" at seven");
  // Into the other group, and other words at its beginning.
  const { zoom } = await tidy.camera();
  await tidy.drag(tidy.item("Rye bread"), 400 * zoom, 0);
  await tidy.item("Rye bread").dblclick();
  await tidy.page.keyboard.press("Home");
  await tidy.page.keyboard.type("Warm ");
  await tidy.page.keyboard.press("Escape");
  await tidy.saved();
  const mornings = outline.locator(".outline-part", { has: page.getByRole("heading", { name: "Mornings" }) });
  await mornings.getByLabel("What the note says").waitFor();
  assert.equal(await field.inputValue(), "Rye bread at seven");
  await field.press("End");
  await page.keyboard.type(", sliced");
  await outline.getByRole("button", { name: "Keep" }).click();
  await tidy.item("Warm Rye bread at seven, sliced").waitFor();
  await mornings.getByText("Warm Rye bread at seven, sliced").waitFor();
  const { canvas } = await ben.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual([canvas.notes.rye.text, canvas.notes.rye.group], ["Warm Rye bread at seven, sliced", "h"]);
}));

test("what is written on a phone in a note that is removed meanwhile is kept, also when one goes away", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ben, board, { notes: { rye: { text: "Rye bread", x: 0, y: 0 }, oat: { text: "Oat bread", x: 300, y: 0 } } });
  const { phone, page, outline } = await onPhone(arrive, ben, board);
  const [tidy] = await together(arrive, atelier, board, owner);
  await outline.getByRole("button", { name: /Edit Rye bread/ }).click();
  await outline.getByLabel("What the note says").fill("Rye bread at seven");
  await tidy.item("Rye bread").click();
  await tidy.page.keyboard.press("Delete");
  const kept = page.locator(".kept .kept-words");
  await eventually(async () => assert.deepEqual(await kept.allInnerTexts(), ["Rye bread at seven"]));
  await outline.getByRole("button", { name: /Edit Oat bread/ }).click();
  await outline.getByLabel("What the note says").fill("Oat bread at eight");
  await page.getByRole("link", { name: "List", exact: true }).click();
  await page.waitForURL(/\/b\/[^/]+$/);
  await phone.open(`/b/${board.slug}/canvas`);
  await alive(page);
  await eventually(async () => assert.deepEqual(await kept.allInnerTexts(), ["Rye bread at seven", "Oat bread at eight"]));
  await page.getByRole("button", { name: "Make a note of them" }).first().click();
  await tidy.item("Rye bread at seven").waitFor();
}));

test("who comes, goes and adds something is said politely to who does not see it", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, atelier, board, ada);
  const said = await one.listens();
  const [two] = await together(arrive, atelier, board, ben);
  await eventually(async () => assert.match(await said(), /Ben Okri: here now\./));
  await two.note("Rye");
  await eventually(async () => assert.match(await said(), /Added by Ben Okri: 1\./));
  await two.paste("Oat\nCorn\nTea");
  await eventually(async () => assert.match(await said(), /Added by Ben Okri: 3\./));
  await two.page.keyboard.press("Escape");
  await two.item("Tea").click();
  await two.page.keyboard.press("Delete");
  await eventually(async () => assert.match(await said(), /Removed: 1/));
  await two.page.close();
  await eventually(async () => assert.match(await said(), /Ben Okri: gone\./));
  // One's own doings are no news.
  assert.doesNotMatch(await said(), /Added by Ada/);
  assert.doesNotMatch(await said(), /Added by others/);
}));

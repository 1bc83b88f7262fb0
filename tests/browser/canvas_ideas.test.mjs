// The ideas of a board on its canvas: found, put there one by one and together, and the same as everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, cleo;

stage(async () => ({ atelier, owner, ada, ben, cleo } = await openHouse()));

/** Opens the dialog by its key. */
async function pick(canvas) {
  await canvas.page.keyboard.press("i");
  const dialog = canvas.page.getByRole("dialog", { name: "Idea of the board" });
  await dialog.waitFor();
  return { dialog, field: dialog.getByLabel("Find an idea"), rows: dialog.locator(".canvas-pick-title") };
}

test("an idea of the board is put on the canvas, and its votes are those of everywhere", scene(async (arrive) => {
  const board = await boardFor(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf for two" });
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const { dialog } = await pick(one);
  await dialog.getByRole("button", { name: /A loaf for two/ }).click();
  await two.item("A loaf for two").waitFor();
  await two.item("A loaf for two").locator(".vote").click();
  await eventually(async () => assert.equal(await one.item("A loaf for two").locator(".vote-count").innerText(), "1"));
  await cleo.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[2].id });
  await one.item("A loaf for two").locator(".pill", { hasText: "Exploring" }).waitFor();
  // It lies there once: chosen again, it is shown.
  const again = await pick(one);
  await again.dialog.getByText("On the canvas").waitFor();
  await again.dialog.getByRole("button", { name: /A loaf for two/ }).click();
  await again.dialog.waitFor({ state: "hidden" });
  await one.page.locator(".canvas-item.is-selected", { hasText: "A loaf for two" }).waitFor();
  assert.equal(await one.item("A loaf for two").count(), 1);
}));

test("an idea beyond those that are listed is found by its words, whatever other boards say", scene(async (arrive) => {
  const [board, other] = [await boardFor(owner), await boardFor(owner, { title: "Atelier du soir" })];
  const ideas = (board, title, count) =>
    Promise.all(Array.from({ length: count }, (_, at) => owner.call("POST", `/boards/${board.slug}/ideas`, { title: `${title} number ${at + 1}` })));
  const { card: first } = await owner.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf of walnuts" });
  await ideas(board, "Morning bread", 64);
  // What is new is found a moment later.
  const found = async (words, count) => {
    const search = () => owner.call("GET", `/search?q=${encodeURIComponent(words)}&kind=idea&limit=50`);
    await eventually(async () => assert.equal((await search()).ideas.items.length, count));
  };
  await found("walnuts", 1);
  await found("Morning bread", 50);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const { dialog, field, rows } = await pick(one);
  await eventually(async () => assert.equal(await rows.count(), 60));
  // One that is not among them.
  const listed = await rows.allInnerTexts();
  const beyond = ["A loaf of walnuts", ...Array.from({ length: 64 }, (_, at) => `Morning bread number ${at + 1}`)].find((title) => !listed.includes(title));
  assert.ok(beyond);
  await field.fill(beyond);
  await dialog.getByRole("button", { name: beyond }).click();
  await two.item(beyond).waitFor();
  // Another board says the same, more often than the search lists.
  await ideas(other, "Walnuts and walnuts, a loaf of walnuts", 52);
  await found("walnuts", 50);
  const again = await pick(one);
  await again.field.fill("walnuts");
  await again.dialog.getByRole("button", { name: first.title }).click();
  await two.item("A loaf of walnuts").waitFor();
  const none = await pick(one);
  await none.field.fill("helicopter");
  await none.dialog.getByText("No idea of this board says that.").waitFor();
  assert.equal(await none.rows.count(), 0);
}));

test("with the filters of the board only what they leave is offered, put there together, and the other cards step back", scene(async (arrive) => {
  const board = await boardFor(owner);
  const { tags: [tag] } = await owner.call("POST", `/boards/${board.slug}/tags`, { name: "Mornings", colour: "sky" });
  const propose = (title) => ada.call("POST", `/boards/${board.slug}/ideas`, { title });
  const [rye, oat, tea] = [await propose("Rye at seven"), await propose("Oat at eight"), await propose("Tea at four")];
  for (const { card } of [rye, oat]) await owner.call("PUT", `/ideas/${card.number}/tags`, { tags: [tag.id] });
  await owner.call("PUT", `/ideas/${oat.card.number}/stage`, { stage: board.stages[2].id });
  await lay(owner, board, { cards: { [tea.card.id]: { x: 0, y: 0 } } });
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  assert.equal(await one.page.locator(".canvas-item.is-back").count(), 0);

  await one.person.open(`/b/${board.slug}/canvas?tag=${tag.id}`);
  await one.stage.waitFor();
  await one.saved();
  await one.page.locator(".canvas-item.is-back", { hasText: "Tea at four" }).waitFor();
  const { dialog, rows } = await pick(one);
  await eventually(async () => assert.deepEqual((await rows.allInnerTexts()).sort(), ["Oat at eight", "Rye at seven"]));
  await dialog.getByText("The filters of the board hold here too.").waitFor();
  await dialog.getByRole("button", { name: "Put all 2 on the canvas" }).click();
  for (const canvas of [one, two]) for (const words of ["Rye at seven", "Oat at eight"]) await canvas.item(words).waitFor();
  await one.saved();
  const back = (canvas) => canvas.page.locator(".canvas-item.is-back").evaluateAll((items) => items.map((item) => item.querySelector(".canvas-idea-title").textContent));
  assert.deepEqual(await back(one), ["Tea at four"]);
  assert.deepEqual(await back(two), [], "the filters are one’s own");
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual(Object.keys(canvas.cards).sort(), [rye, oat, tea].map(({ card }) => card.id).sort());
  const places = Object.values(canvas.cards).map(({ spot }) => `${spot.x} ${spot.y}`);
  assert.equal(new Set(places).size, 3, "none lies on another");

  await one.person.open(`/b/${board.slug}/canvas?stage=${board.stages[2].id}`);
  await one.stage.waitFor();
  await one.saved();
  await eventually(async () => assert.deepEqual((await back(one)).sort(), ["Rye at seven", "Tea at four"]));
  const again = await pick(one);
  await eventually(async () => assert.deepEqual(await again.rows.allInnerTexts(), ["Oat at eight"]));
  assert.equal(await again.dialog.getByRole("button", { name: /Put all/ }).count(), 0);
}));

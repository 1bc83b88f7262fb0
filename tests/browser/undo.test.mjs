// Everyone takes back their own steps, in the order in which they made them, and nobody's but their own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, converged, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Writes");
  ben = await join(owner, "employee", "Ben Between");
  return atelier;
});

async function both(arrive) {
  const { path } = await boardWithIdea(owner);
  const people = await Promise.all([ada, ben].map((caller) => arrive(atelier, { caller })));
  const concepts = people.map((person) => new Concept(person));
  for (const [at, person] of people.entries()) {
    await person.open(path);
    await concepts[at].ready();
  }
  return { concepts, pages: people.map(({ page }) => page) };
}

test("steps are taken back across title, pitch and body, with a second person typing between", scene(async (arrive) => {
  const { concepts: [one, two], pages: [page] } = await both(arrive);
  await one.append("title", " with seeds");
  await one.append("body", "- crisp");
  await eventually(async () => assert.match(await two.text("body"), /- crisp$/));
  await two.append("body", " and dark");
  await one.append("pitch", " For lunch.");
  await two.append("title", "!");
  await eventually(async () => assert.match(await one.text("title"), /seeds!$/));
  await eventually(async () => assert.match(await one.text("body"), /crisp and dark$/));

  const undo = page.getByRole("button", { name: "Undo", exact: true });
  const redo = page.getByRole("button", { name: "Redo", exact: true });
  assert.ok(await redo.isDisabled());
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.doesNotMatch(await one.text("pitch"), /lunch/));
  assert.match(await one.text("body"), /crisp and dark$/, "one step at a time");
  await undo.click();
  await eventually(async () => assert.match(await one.text("body"), /small and dark$/, "hers goes, his stays"));
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await one.text("title"), "A loaf for two!"));
  assert.ok(await undo.isDisabled(), "his steps are not hers to take back");

  await redo.click();
  await eventually(async () => assert.equal(await one.text("title"), "A loaf for two with seeds!"));
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Control+Shift+Z");
  await eventually(async () => assert.match(await one.text("pitch"), /For lunch\.$/));
  assert.ok(await redo.isDisabled());
  await one.saved();
  const texts = await converged(one, two);
  assert.match(texts.body, /crisp and dark$/);
  await two.page.keyboard.press("Control+z");
  await two.page.keyboard.press("Control+z");
  await eventually(async () => assert.doesNotMatch(await two.text("body"), /dark/));
  assert.match(await two.text("body"), /crisp$/);
}));

test("a step of which somebody else has left nothing is passed over", scene(async (arrive) => {
  const { concepts: [one, two], pages: [page] } = await both(arrive);
  await one.append("title", " first");
  await one.append("pitch", " second");
  await eventually(async () => assert.match(await two.text("pitch"), /second$/));
  await two.replace("pitch", "Only mine.");
  await eventually(async () => assert.equal(await one.text("pitch"), "Only mine."));
  await one.editor("body").click();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await one.text("title"), "A loaf for two"));
  assert.equal(await one.text("pitch"), "Only mine.");
}));

// Writing in an idea's concept, in the cases that are not two people in good weather.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, converged, eventually, waiting } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

async function writerAt(arrive, path, caller = ada) {
  const person = await arrive(atelier, { caller });
  const concept = new Concept(person);
  await person.open(path);
  await concept.ready();
  return { person, concept, page: person.page };
}

const holds = (concept, text, words) => eventually(async () => assert.match(await concept.text(text), words));
const lacks = (concept, text, words) => eventually(async () => assert.doesNotMatch(await concept.text(text), words));

test("undo takes back one's own words and leaves the others'", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const one = await writerAt(arrive, path);
  const two = await writerAt(arrive, path, ben);
  await one.concept.append("body", "mine");
  await holds(two.concept, "body", /mine$/);
  await two.concept.append("body", " yours");
  await holds(one.concept, "body", /mine yours$/);
  await one.page.keyboard.press("Control+z");
  await lacks(one.concept, "body", /mine/);
  assert.match((await converged(one.concept, two.concept)).body, / yours$/);
}));

test("words of a tab that closed offline are in their place when the idea is opened again", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await person.context.setOffline(true);
  await concept.append("body", "- from the train");
  await page.locator(".saving", { hasText: "kept on this device" }).waitFor();
  assert.ok((await waiting(page)) > 0);
  await page.close();
  await person.context.setOffline(false);

  const again = await person.context.newPage();
  await again.goto(path);
  const later = new Concept({ page: again });
  await later.ready();
  await holds(later, "body", /from the train/);
  assert.equal(await again.locator(".kept").count(), 0, "there is nothing to put back");
  const number = path.match(/^\/i\/(\d+)/)[1];
  await eventually(async () => assert.match((await owner.call("GET", `/ideas/${number}`)).body, /from the train/));
  await eventually(async () => assert.equal(await waiting(again), 0));
}));

test("words written offline go out from the next page, which comes without being loaded anew", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection|Failed to fetch/);
  await person.context.setOffline(true);
  await concept.append("body", "- from the tunnel");
  await concept.state("offline");
  await page.evaluate(() => (window.same = true));
  await page.getByRole("link", { name: "Boards" }).first().click();
  await page.getByRole("heading", { name: "No connection" }).waitFor();
  await person.context.setOffline(false);
  await page.locator(".boards li").first().waitFor();
  const number = path.match(/^\/i\/(\d+)/)[1];
  await eventually(async () => assert.match((await owner.call("GET", `/ideas/${number}`)).body, /from the tunnel/));
  await eventually(async () => assert.equal(await waiting(page), 0, "nothing waits any more"));
  await page.goBack();
  await concept.ready();
  await holds(concept, "body", /from the tunnel/);
  assert.equal(await page.evaluate(() => window.same), true, "the page was not loaded anew");
}));

test("who loses the right to write reads along at once, and writes again when they get it back", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  const staff = await writerAt(arrive, path, owner);
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await page.locator(".concept-notice", { hasText: "no longer write" }).waitFor();
  await page.locator(".concept-body.prose").waitFor();
  assert.equal(await concept.editor("body").isVisible(), false);
  await staff.concept.append("title", " today");
  await eventually(async () => assert.match(await concept.reading("title"), /today/));

  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "everyone" });
  await concept.editor("body").waitFor();
  await concept.append("body", "back again");
  await concept.saved();
  await holds(staff.concept, "body", /back again/);
}));

test("words that come too late are refused in a sentence, and kept", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await person.context.setOffline(true);
  await concept.append("body", "- too late");
  await concept.state("offline");
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await person.context.setOffline(false);
  const kept = page.locator('.kept[data-why="forbidden"]');
  await kept.waitFor();
  assert.match(await kept.locator(".kept-words").textContent(), /too late/);
  await kept.getByText("You may not write here: you are reading along. Your words are kept here:").waitFor();
  // There is nowhere to put them back.
  await kept.getByRole("button", { name: "Put back" }).waitFor({ state: "hidden" });
  await eventually(async () => assert.doesNotMatch(await concept.reading("body"), /too late/));

  // They are still there after a reload, until they are discarded.
  await person.open(path);
  await kept.waitFor();
  await kept.getByRole("button", { name: "Discard" }).click();
  await kept.waitFor({ state: "detached" });
  await person.open(path);
  assert.equal(await kept.count(), 0);
}));

test("what makes a text too long is refused in the person's language, kept, and the rest goes out", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const zoe = await join(owner, "customer", "Zoé Zola");
  await zoe.call("PATCH", "/me", { locale: "fr" });
  const { person, concept, page } = await writerAt(arrive, path, zoe);
  person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  const other = await writerAt(arrive, path, ben);
  // Each fills the title, one without a connection: together it is too long.
  await person.context.setOffline(true);
  // At once, as pasting does: so it is one change.
  await concept.append("title", "");
  await page.keyboard.insertText("🍞".repeat(100));
  await concept.append("body", "- et au four");
  await other.concept.append("title", "🥖".repeat(100), { delay: 0 });
  await other.concept.saved();
  await person.context.setOffline(false);
  const kept = page.locator('.kept[data-why="too-long"]');
  await kept.getByText("Le titre peut avoir 200 caractères au plus. Vos mots sont gardés ici :").waitFor();
  assert.match(await kept.locator(".kept-words").textContent(), /^(🍞){100}$/);
  await holds(other.concept, "body", /et au four/);
  await eventually(async () => assert.match(await concept.text("title"), /(🥖){100}$/));
  await concept.saved();
  // Room was made: now they fit.
  await other.concept.replace("title", "Pain");
  await holds(concept, "title", /^Pain$/);
  await kept.getByRole("button", { name: "Remettre" }).click();
  await holds(other.concept, "title", /🍞/);
  await kept.waitFor({ state: "detached" });
}));

test("who no longer sees the board is told so", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  // Whether the concept lives on in another document is asked for.
  person.allow(/status of 404/);
  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "staff" });
  await page.locator(".concept-notice", { hasText: "no longer" }).waitFor();
  assert.equal(await concept.editor("body").isVisible(), false);
}));

test("the tabs of one person are one face, and their own is not shown to them", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const one = await writerAt(arrive, path);
  const tab = await writerAt(arrive, path, ben);
  const other = await tab.person.context.newPage();
  await other.goto(path);
  await new Concept({ page: other }).ready();
  await one.page.locator(".here-faces li").first().waitFor();
  assert.equal(await one.page.locator(".here-faces li").count(), 1);
  assert.equal(await tab.page.locator(".here-faces", { hasText: "Ben Okri" }).count(), 0);
}));

test("the editor is used by keyboard, and left by it", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  await concept.append("body", "so ");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("bold");
  await holds(concept, "body", /so \*\*bold\*\*$/);
  assert.equal(await page.getByRole("button", { name: "Bold" }).getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Alt+F10");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await holds(concept, "body", /## .*so \*\*bold\*\*$/);
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
  // The title is one line: Enter leads on to the pitch.
  await concept.append("title", "!");
  await page.keyboard.press("Enter");
  await page.keyboard.type("First. ");
  await holds(concept, "pitch", /First\. /);
  await concept.saved();
}));

test("a title keeps to its length and says how much room is left", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  await concept.append("title", " x".repeat(60), { delay: 0 });
  await concept.append("title", "🍞".repeat(80), { delay: 0 });
  await concept.saved();
  assert.equal([...(await concept.text("title"))].length, 200);
  assert.match(await page.locator(".concept-title .editor-room").textContent(), /Room for 0/);
}));

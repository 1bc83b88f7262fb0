// How a concept and a canvas came to be: going through their versions, what changed between two, and back to one of them.

import assert from "node:assert/strict";
import { ImmutableString, splice } from "@automerge/automerge";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { writeByHand } from "./lib/socket.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, moira;
const tokens = new Map();

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  moira = await join(owner, "moderator", "Moira Moderator");
  for (const person of [ada, ben, moira]) {
    tokens.set(person, (await person.call("POST", "/tokens", { name: "By hand" })).secret);
  }
  return atelier;
});

const byHand = async (person, document, edit) => {
  const { kind } = await writeByHand(atelier.url, tokens.get(person), document, edit);
  assert.equal(kind, "stored");
};

/** An idea of the owner, in which Ada and then Ben wrote: three versions, as each took over from the other. */
async function written(options = {}) {
  const { board, idea, path } = await boardWithIdea(owner, { idea: { body: "Warm bread at six." }, ...options });
  await byHand(ada, idea.document, (draft) => splice(draft, ["body"], 10, 7, " and rolls at five"));
  await byHand(ben, idea.document, (draft) => splice(draft, ["body"], 0, 0, "Every evening: "));
  return { board, number: idea.card.number, path };
}

const text = (person) => person.page.locator(".history-part[data-field=body] .history-text").innerText();
const slider = (person) => person.page.getByRole("slider", { name: "Version" });
const chip = (person, name) => person.page.locator(".history-how").getByRole("link", { name });

test("a slider goes through the versions, each passage in the tint of who wrote it", scene(async (arrive) => {
  const { path } = await written();
  const reader = await arrive(atelier, {});
  await reader.open(path);
  await reader.page.getByRole("link", { name: "History", exact: true }).click();
  await reader.page.waitForURL(/\/history$/);
  await reader.page.getByRole("heading", { level: 1, name: "History" }).waitFor();
  assert.equal((await text(reader)).trim(), "Every evening: Warm bread and rolls at five.");
  const ink = (name) => reader.page.locator(`[data-field=body] .ink[title="Written by ${name}"]`);
  assert.equal(await ink("Ben Okri").textContent(), "Every evening: ");
  assert.equal(await ink("Ada Lovelace").textContent(), " and rolls at five");
  const looks = (name) => ink(name).first().evaluate((ink) => ink.dataset.colour);
  assert.notEqual(await looks("Ben Okri"), await looks("Ada Lovelace"));

  assert.match(await slider(reader).getAttribute("aria-valuetext"), /^Ben Okri, .+, 15 characters added, 0 removed$/);
  await reader.page.keyboard.press("ArrowLeft");
  await eventually(async () => assert.equal((await text(reader)).trim(), "Warm bread and rolls at five."));
  await slider(reader).focus();
  await reader.page.keyboard.press("Home");
  await eventually(async () => assert.equal((await text(reader)).trim(), "Warm bread at six."));
  assert.equal(await reader.page.locator(".history-list [aria-current]").getAttribute("data-version"), "1");
  await eventually(async () => assert.match(reader.page.url(), /[?]at=\d+$/));
  await reader.page.getByRole("button", { name: "Next version" }).click();
  await eventually(async () => assert.equal((await text(reader)).trim(), "Warm bread and rolls at five."));
  await reader.page.locator(".history-list a").first().click();
  await eventually(async () => assert.match(await text(reader), /^Every evening/));

  await reader.page.getByRole("button", { name: "Play" }).click();
  await reader.page.getByRole("button", { name: "Pause" }).waitFor();
  await eventually(async () => assert.match(await text(reader), /^Every evening/));
  await reader.page.getByRole("button", { name: "Play" }).waitFor();

  await reader.page.getByRole("button", { name: "Ada Lovelace" }).click();
  await eventually(async () => assert.equal(await reader.page.locator(".ink.is-dim").filter({ hasText: "Every evening" }).count(), 1));
  assert.equal(await reader.page.locator(".ink.is-dim").filter({ hasText: "rolls" }).count(), 0);
}));

test("what changed is read between any two versions, and from a moment on", scene(async (arrive) => {
  const { path } = await written();
  const person = await arrive(atelier, { caller: ada });
  await person.open(`${path}/history`);
  await chip(person, "What changed").click();
  const parts = (tag) => person.page.locator(`[data-field=body] ${tag}`).allTextContents();
  await eventually(async () => assert.deepEqual([await parts("ins"), await parts("del")], [["Every evening: "], []]));
  await slider(person).focus();
  await person.page.keyboard.press("ArrowLeft");
  await eventually(async () => assert.deepEqual([await parts("ins"), await parts("del")], [[" and rolls at five"], [" at six"]]));
  assert.equal(await person.page.locator("[data-field=body] del").getAttribute("title"), "Removed by Ada Lovelace");
  assert.equal(await person.page.locator("[data-field=title] ins").count(), 0, "the title stayed");
  await person.page.getByLabel("Compared with").selectOption("nothing: all of it");
  await eventually(async () => assert.deepEqual(await parts("del"), []));
  assert.equal((await parts("ins")).join(""), "Warm bread and rolls at five.");

  await eventually(async () => assert.match(person.page.url(), /from=0$/));
  await person.open(`${path}/history?from=${Date.now() - 3_600_000}`);
  assert.equal((await parts("ins")).join(""), "Every evening: Warm bread and rolls at five.", "an hour ago there was nothing");
}));

test("going back is a change of one's own that others see at once, and Ctrl+Z takes back", scene(async (arrive) => {
  const { path, number } = await written();
  const [one, two] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben })];
  await two.open(path);
  const [here, there] = [new Concept(one), new Concept(two)];
  await there.ready();
  const shares = (await ada.call("GET", `/ideas/${number}/contributions`)).shares;

  await one.open(`${path}/history`);
  assert.ok(await one.page.getByRole("button", { name: "Restore this version" }).isDisabled(), "the last one stands already");
  await slider(one).focus();
  await one.page.keyboard.press("Home");
  await one.page.getByRole("button", { name: "Restore this version" }).click();
  await one.page.getByText("That version is back").waitFor();
  const first = "Warm bread at six.";
  await eventually(async () => assert.deepEqual([await here.text("body"), await there.text("body")], [first, first]));
  await here.saved();
  await eventually(async () => assert.equal((await ada.call("GET", `/ideas/${number}`)).body, first));
  await eventually(async () => {
    const [share] = (await ada.call("GET", `/ideas/${number}/contributions`)).shares;
    assert.equal(share.person.name, owner.name);
    assert.equal(share.percent, 100, "the words are their writer's still");
  });
  const history = await ada.call("GET", `/ideas/${number}/history`);
  assert.ok(history.body.some(({ text, gone }) => text.includes("rolls") && gone), "nothing is lost from it");

  await one.page.keyboard.press("Control+z");
  const last = "Every evening: Warm bread and rolls at five.";
  await eventually(async () => assert.deepEqual([await here.text("body"), await there.text("body")], [last, last]));
  await eventually(async () => assert.deepEqual((await ada.call("GET", `/ideas/${number}/contributions`)).shares, shares));
}));

test("who may not write may look, and brings nothing back", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { editing: "staff" });
  for (const caller of [null, ada]) {
    const reader = await arrive(atelier, { caller });
    await reader.open(`${path}/history`);
    await slider(reader).waitFor();
    assert.equal(await reader.page.getByRole("button", { name: "Restore this version" }).count(), 0);
  }
}));

test("it is whole without JavaScript", scene(async (arrive) => {
  const { path } = await written();
  const reader = await arrive(atelier, { javaScript: false });
  await reader.page.goto(`${path}/history`);
  const links = reader.page.locator(".history-list a");
  assert.equal(await links.count(), 3);
  await links.last().click();
  assert.equal((await text(reader)).trim(), "Warm bread at six.");
  await links.nth(1).click();
  await chip(reader, "What changed").click();
  assert.deepEqual(await reader.page.locator("[data-field=body] ins").allTextContents(), [" and rolls at five"]);
  await reader.page.getByLabel("Compared with").selectOption({ index: 1 });
  await reader.page.getByRole("button", { name: "Compare" }).click();
  assert.equal(await reader.page.locator("[data-field=body] del").count(), 0);
}));

test("a canvas is played from its first note on", scene(async (arrive) => {
  const board = await owner.call("POST", "/boards", { title: "Wall", purpose: "", audience: "public", editing: "everyone" });
  const amber = new ImmutableString("amber");
  const note = (id, text, x) => (draft) => void (draft.notes[id] = { text, x, y: 0, colour: amber });
  await byHand(ada, board.canvas, note("n1", "Half loaves", 0));
  await byHand(ben, board.canvas, note("n2", "Rye on Mondays", 240));
  await byHand(moira, board.canvas, (draft) => void delete draft.notes.n1);
  const reader = await arrive(atelier, {});
  await reader.open(`/b/${board.slug}/canvas`);
  await reader.page.getByRole("link", { name: "History of the canvas" }).click();
  const notes = () => reader.page.locator(".canvas-stage .canvas-words").allTextContents();
  await eventually(async () => assert.deepEqual(await notes(), ["Rye on Mondays"]));
  const known = await reader.page.locator('.canvas-item[data-item="notes/n2"]').elementHandle();
  await slider(reader).focus();
  await reader.page.keyboard.press("ArrowLeft");
  await eventually(async () => assert.deepEqual((await notes()).sort(), ["Half loaves", "Rye on Mondays"]));
  assert.ok(await known.evaluate((item) => item.isConnected), "what is the same then is not drawn anew");
  await reader.page.keyboard.press("Home");
  await eventually(async () => assert.deepEqual(await notes(), ["Half loaves"]));
  assert.match(await slider(reader).getAttribute("aria-valuetext"), /^Ada Lovelace, .+, 1 thing changed$/);
  assert.equal(await reader.page.locator(".canvas-tools").count(), 0, "nobody changes the past");
}));

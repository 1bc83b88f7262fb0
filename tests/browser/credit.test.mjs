// Who shaped an idea, as its page says while it is shaped; what helped; and how it is counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

const MORE = " A second batch at five keeps the shelf full until the last commuter is home, and nobody asks twice.";

const panel = (person) => person.page.locator(".idea-credit");
const shares = async (person) =>
  panel(person).locator(".share summary").evaluateAll((rows) => rows.map((row) => row.textContent.trim().replace(/\s+/g, " ")));

async function proposed(who = ada) {
  const { board } = await boardWithIdea(owner);
  const body = "Bread that is still warm when people come home from work, at the price of the morning, without a queue.";
  const { card } = await who.call("POST", `/boards/${board.slug}/ideas`, { title: "Bread at six", body });
  return { board, number: card.number, path: `/i/${card.number}/${card.slug}` };
}

test("whoever writes has a share at once, on every open page; pasting what others wrote gives none", scene(async (arrive) => {
  const { number, path } = await proposed();
  const reader = await arrive(atelier, { caller: ada });
  await reader.open(path);
  assert.deepEqual(await shares(reader), ["Ada Lovelace100%"]);

  const writer = await arrive(atelier, { caller: ben });
  const concept = new Concept(writer);
  await writer.open(path);
  await concept.ready();
  await concept.append("body", MORE, { delay: 0 });
  await concept.saved();
  // 10 letters of the title and 84 of the body, which weigh 40 and 10 for a hundred; Ben's 81 of the body.
  const both = ["Ada Lovelace60%", "Ben Okri40%"];
  await eventually(async () => assert.deepEqual([await shares(reader), await shares(writer)], [both, both]));

  // All of it cut, and put back by Ben.
  const whole = await concept.text("body");
  await concept.editor("body").click();
  await writer.page.keyboard.press("Control+a");
  await writer.page.keyboard.press("Delete");
  await eventually(async () => assert.equal((await ben.call("GET", `/ideas/${number}`)).body, ""));
  await writer.page.keyboard.insertText(whole);
  await concept.saved();
  await eventually(async () => assert.equal((await ben.call("GET", `/ideas/${number}`)).body, whole));
  await eventually(async () => assert.deepEqual([await shares(reader), await shares(writer)], [both, both]));
}));

test("a share says why, by keyboard too", scene(async (arrive) => {
  const { path } = await proposed();
  const person = await arrive(atelier, { caller: ben });
  await person.open(path);
  const share = panel(person).locator(".share").first();
  await share.locator("summary").focus();
  await person.page.keyboard.press("Enter");
  assert.match(await share.locator(".share-given").innerText(), /10 characters of the title\s+4 points/);
  await person.page.keyboard.press("Tab");
  await person.page.keyboard.press("Enter");
  await person.page.waitForURL(/\/people\/ada-lovelace/);
  const section = person.page.locator(".person-credit");
  await section.waitFor();
  assert.match(await section.innerText(), /Bread at six proposed\s+100%/);
  await section.getByRole("link", { name: "How this is computed" }).click();
  await person.page.getByRole("heading", { level: 1, name: "How contributions are counted" }).waitFor();
}));

test("what helped is said by who works on the idea, and counts", scene(async (arrive) => {
  const { number, path } = await proposed();
  await ben.call("POST", `/ideas/${number}/comments`, { body: "And who is there at half past six?" });
  const stranger = await join(owner, "customer", "Zoe Stranger");
  const others = await arrive(atelier, { caller: stranger });
  await others.open(path);
  await others.page.locator(".said").waitFor();
  assert.equal(await others.page.getByRole("button", { name: "This helped" }).count(), 0);

  const person = await arrive(atelier, { caller: ada });
  await person.open(path);
  await person.page.getByRole("button", { name: "This helped" }).click();
  await others.page.locator(".said-helped").waitFor();
  await eventually(async () => assert.equal((await shares(person)).length, 2));
  const share = panel(others).locator(".share", { hasText: "Ben Okri" });
  await share.locator("summary").click();
  assert.match(await share.locator(".share-given").innerText(), /1 comment that helped\s+10 points/);
  await person.page.getByRole("button", { name: "Helped", pressed: true }).click();
  await eventually(async () => assert.equal((await shares(person)).length, 1));
}));

test("everyone reads what things weigh, and owners settle it", scene(async (arrive) => {
  const visitor = await arrive(atelier);
  await visitor.open("/credit");
  assert.equal(await visitor.page.getByText("Set the weights").count(), 0);
  const owning = await arrive(atelier, { caller: owner });
  await owning.open("/credit");
  owning.allow(/422/);
  await owning.page.getByText("Set the weights").click();
  const field = owning.page.getByLabel("Experiments run");
  await field.fill("2000");
  await owning.page.getByRole("button", { name: "Save the weights" }).click();
  await owning.page.locator(".field-error").waitFor();
  await field.fill("30");
  await owning.page.getByRole("button", { name: "Save the weights" }).click();
  await owning.page.getByRole("row", { name: /Experiments run/ }).getByText("30 points").waitFor();
  await visitor.open("/credit");
  await visitor.page.getByRole("row", { name: /Experiments run/ }).getByText("30 points").waitFor();
}));

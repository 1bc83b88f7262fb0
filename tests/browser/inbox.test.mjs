// The inbox: a decision about one's idea arrives while one reads something else, is read once, and can be asked not to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  return atelier;
});

test("a decision about one's idea rings the bell, and its reason is in the inbox", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "Rye on Mondays" });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  await page.locator(".bell").waitFor();
  assert.equal(await page.locator(".bell-count").count(), 0);
  // Once the page listens, a move rings; before that it is counted when the page wakes.
  const moves = [board.stages[1], board.stages[6]];
  await owner.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: moves[0].id });
  await owner.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: moves[1].id, reason: "No rye grows here." });
  await page.locator(".bell-count", { hasText: "2" }).waitFor();
  await page.locator(".bell").click();
  await page.waitForURL(/\/inbox$/);
  await page.locator(".notice.is-new", { hasText: "No rye grows here." }).waitFor();
  assert.equal(await page.locator(".notice.is-new").count(), 2);
  await page.locator(".notice", { hasText: "No rye grows here." }).getByRole("link").click();
  await page.waitForURL(/\/i\//);
  await page.locator(".idea-facts .idea-why", { hasText: "No rye grows here." }).waitFor();
  await page.locator(".bell-count", { hasText: "1" }).waitFor();
  await person.open("/inbox");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.locator(".notice.is-new").waitFor({ state: "detached" });
  assert.equal(await page.locator(".bell-count").count(), 0);
}));

test("who does not want to be told is not, but for their own ideas", scene(async (arrive) => {
  const { board, idea } = await boardWithIdea(owner, { title: "Quiet board" });
  await ada.call("PUT", `/ideas/${idea.card.number}/follow`);
  await ada.call("POST", "/inbox/read", {});
  const person = await arrive(atelier, { caller: ada });
  await person.open("/inbox");
  await person.page.getByLabel("An idea I follow moves to another stage").uncheck();
  await person.page.getByText("Kept.").waitFor();
  await owner.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[1].id });
  const own = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "My own" });
  await owner.call("PUT", `/ideas/${own.card.number}/stage`, { stage: board.stages[1].id });
  await eventually(async () => assert.equal((await ada.call("GET", "/inbox/unread")).unread, 1));
  await person.open("/inbox");
  await person.page.locator(".notice.is-new", { hasText: "My own" }).waitFor();
  assert.equal(await person.page.getByLabel("An idea I follow moves to another stage").isChecked(), false);
}));

// The roadmap, the news and the feeds: complete without a script, found by hand, and silent about what is not for everyone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, board, idea;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ({ board, idea } = await boardWithIdea(owner, { title: "Bread and mornings" }));
  const { number } = idea.card;
  await owner.call("PUT", `/ideas/${number}/stage`, { stage: board.stages[3].id, reason: "The dough holds." });
  await owner.call("POST", `/ideas/${number}/updates`, { body: "The first forty are baked.", percent: 40 });
  await owner.call("POST", `/ideas/${number}/updates`, { body: "Not for everyone yet.", staff: true });
  await owner.call("POST", `/ideas/${number}/comments`, { body: "From March on.", kind: "answer" });
  return atelier;
});

test("the roadmap leads to an idea on its way, and on a phone to each heading", scene(async (arrive) => {
  const person = await arrive(atelier, { viewport: PHONE });
  const { page } = person;
  await person.open("/");
  await page.getByRole("link", { name: "Roadmap", exact: true }).click();
  await page.waitForURL(/\/roadmap$/);
  await page.getByRole("heading", { level: 1, name: "Roadmap" }).waitFor();
  await page.getByRole("navigation", { name: "Go to" }).getByRole("link", { name: /Being built/ }).click();
  const built = page.getByRole("region", { name: "Being built" });
  await built.getByText("The first forty are baked.").waitFor();
  assert.ok(await built.evaluate((section) => section.getBoundingClientRect().top < window.innerHeight / 2));
  assert.equal(await page.getByText("Not for everyone yet.").count(), 0);
  await built.getByRole("link", { name: idea.card.title }).click();
  await page.waitForURL(new RegExp(`/i/${idea.card.number}/`));
}));

test("the news tell what was said and what was done, kind by kind", scene(async (arrive) => {
  const person = await arrive(atelier);
  const { page } = person;
  await person.open("/news");
  const story = page.getByRole("article").filter({ hasText: idea.card.title });
  await story.getByRole("heading", { name: "You said" }).waitFor();
  await story.getByText("From March on.").waitFor();
  assert.equal(await page.getByText("Not for everyone yet.").count(), 0);
  await page.getByRole("link", { name: "Launched", exact: true }).click();
  await page.waitForURL(/what=launched/);
  await page.getByText("No story yet").waitFor();
  await page.getByRole("link", { name: "Answered", exact: true }).click();
  await story.waitFor();
}));

test("a stage shows where its board says so", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: owner });
  const { page } = person;
  await person.open(`/b/${board.slug}/settings`);
  const rows = page.locator(".stage-row");
  await rows.nth(1).getByLabel("On the roadmap").selectOption("explored");
  assert.ok(await rows.nth(0).getByLabel("On the roadmap").isDisabled());
  assert.equal(await rows.nth(5).getByLabel("On the roadmap").inputValue(), "launched");
  await page.getByRole("button", { name: "Save the stages" }).click();
  await page.locator(".toast").first().waitFor();
  const stages = await owner.call("GET", `/boards/${board.slug}/stages`);
  assert.deepEqual(stages.map(({ phase }) => phase), [undefined, "explored", "explored", "built", "piloted", "launched", undefined]);
}));

test("secret links are shown once, and end when they are made anew", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open("/settings");
  await page.getByRole("button", { name: "Make secret links" }).click();
  const link = await page.getByLabel("The news").inputValue();
  assert.match(link, /\/news\.atom\?key=[\w-]{43}$/);
  assert.equal((await fetch(link)).status, 200);
  await page.getByRole("button", { name: "Make new links" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Make new links" }).click();
  await page.waitForFunction((old) => document.querySelector("#feed-0")?.value !== old, link);
  assert.equal((await fetch(link)).status, 404);
  await person.open("/settings");
  await page.getByText("Never used").first().waitFor();
  assert.equal(await page.getByLabel("The news").count(), 0);
}));

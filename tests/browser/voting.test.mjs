// Wanting ideas: a visitor becomes a customer and votes; votes and stages reach every open page; the list stays where it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "researcher", "Ben Okri");
  return atelier;
});

const box = (page, title) => page.locator(".idea", { hasText: title }).locator(".vote");

test("a visitor finds an idea, joins, and votes for it", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner);
  const person = await arrive(atelier);
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  await box(page, "A loaf for two").click();
  await page.waitForURL(/\/sign-in\?next=/);
  await page.getByRole("link", { name: /Make an account/ }).click();
  await page.getByLabel("Your name").fill("Zoé Martin");
  await page.getByLabel("E-mail address").fill("zoe.martin@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.waitForURL((url) => !/sign/.test(url.pathname));
  await page.goto(`${atelier.url}${path}`);
  const vote = page.locator(".idea-acts .vote");
  await vote.click();
  await page.waitForFunction(() => document.querySelector(".idea-acts .vote").getAttribute("aria-pressed") === "true");
  assert.equal(await vote.locator(".vote-count").innerText(), "1");
  await eventually(async () => assert.equal((await owner.call("GET", path.replace(/^\/i\/(\d+).*/, "/ideas/$1"))).card.votes, 1));
  await page.reload();
  assert.equal(await page.locator(".idea-acts .vote").getAttribute("aria-pressed"), "true");
}));

test("a vote and a move are seen at once on every open page", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner, { title: "Live board" });
  const one = await arrive(atelier, { caller: ada });
  const two = await arrive(atelier, { caller: ben });
  two.allow(/status of 422/);
  await one.open(`/b/${board.slug}`);
  await two.open(path);
  await one.page.waitForTimeout(500);
  await two.page.locator(".idea-acts .vote").click();
  await one.page.waitForFunction(() => document.querySelector(".vote-count")?.textContent === "1");
  assert.equal(await box(one.page, "A loaf for two").getAttribute("aria-pressed"), "false", "it is not one's own");

  await two.page.getByText("Move to another stage").click();
  await two.page.getByLabel("Stage").selectOption({ label: "Not now" });
  await two.page.getByRole("button", { name: "Move the idea" }).click();
  await two.page.getByText("Say why it will not be done").waitFor();
  assert.equal((await owner.call("GET", path.replace(/^\/i\/(\d+).*/, "/ideas/$1"))).card.stage.en, "New");
  await two.page.getByLabel("Why?").fill("The oven is full until spring.");
  await two.page.getByRole("button", { name: "Move the idea" }).click();
  await two.page.locator(".idea-facts .idea-why", { hasText: "The oven is full until spring." }).waitFor();
  await one.page.locator(".idea .pill", { hasText: "Not now" }).waitFor();

  await one.open(path);
  await one.page.locator(".idea-facts .idea-why", { hasText: "The oven is full until spring." }).waitFor();
  assert.equal(await one.page.getByText("Move to another stage").count(), 0, "customers are not offered it");
}));

test("a vote given on one device shows on the others of the person, and so does taking it back", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner, { title: "Two devices" });
  const [desk, phone] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ada, viewport: PHONE })];
  await desk.open(`/b/${board.slug}`);
  await phone.open(path);
  await phone.page.waitForTimeout(500);
  const own = box(desk.page, "A loaf for two");
  for (const [pressed, count] of [["true", "1"], ["false", "0"]]) {
    await phone.page.locator(".idea-acts .vote").click();
    await eventually(async () => assert.equal(await own.getAttribute("aria-pressed"), pressed));
    assert.equal(await own.locator(".vote-count").innerText(), count);
  }
  // What others did since is not forgotten on the way to another page and back.
  await phone.page.locator(".idea-acts .vote").click();
  await eventually(async () => assert.equal(await own.getAttribute("aria-pressed"), "true"));
  await ben.call("PUT", path.replace(/^\/i\/(\d+).*/, "/ideas/$1/vote"));
  await eventually(async () => assert.equal(await own.locator(".vote-count").innerText(), "2"));
  await desk.page.getByRole("link", { name: "Boards" }).first().click();
  await desk.page.waitForURL(/\/b$/);
  await desk.page.goBack();
  await own.waitFor();
  await desk.page.waitForTimeout(500);
  assert.equal(await own.locator(".vote-count").innerText(), "2");
}));

test("a refused vote goes back, and says why", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner, { title: "One vote each" });
  await owner.call("PATCH", `/boards/${board.slug}`, { votes_per_month: 1 });
  await owner.call("POST", `/boards/${board.slug}/ideas`, { title: "Another loaf" });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  person.allow(/status of 409/);
  await person.open(`/b/${board.slug}`);
  await box(page, "A loaf for two").click();
  await eventually(async () => assert.equal((await ada.call("GET", path.replace(/^\/i\/(\d+).*/, "/ideas/$1"))).card.voted, true));
  await box(page, "Another loaf").click();
  await page.getByText("You have no vote left on this board this month").waitFor();
  assert.equal(await box(page, "Another loaf").getAttribute("aria-pressed"), "false");
  assert.equal(await box(page, "Another loaf").locator(".vote-count").innerText(), "0");
}));

test("by keyboard alone: order, filter, vote", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "By keys" });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  await page.getByRole("link", { name: "Most wanted" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/sort=wanted/);
  // The list of the new order is drawn.
  await page.waitForLoadState("networkidle");
  await page.locator(".idea .vote").focus();
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector(".vote").getAttribute("aria-pressed") === "true");
  await page.getByRole("link", { name: "I voted" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/show-me=voted/);
  await page.locator(".idea", { hasText: "A loaf for two" }).waitFor();
  await page.getByRole("link", { name: "Mine" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("No idea is like that").waitFor();
}));

test("a long list goes on as one reads, and Back finds the place again", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Long board" });
  for (let at = 0; at < 60; at++) await owner.call("POST", `/boards/${board.slug}/ideas`, { title: `Idea of many, ${at}` });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}?sort=recent`);
  assert.equal(await page.locator(".idea").count(), 24);
  await page.locator(".board-more a").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelectorAll(".idea").length >= 48);
  await page.locator(".board-more a").scrollIntoViewIfNeeded().catch(() => {});
  await page.waitForFunction(() => document.querySelectorAll(".idea").length === 61);
  const titles = await page.locator(".idea-title").allInnerTexts();
  assert.equal(new Set(titles).size, 61, "none twice, none missing");
  const low = page.locator(".idea", { hasText: "Idea of many, 5" }).first();
  await low.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => window.scrollY);
  await low.locator(".card-link").click();
  await page.waitForURL(/\/i\//);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll(".idea").length === 61);
  await eventually(async () => {
    const after = await page.evaluate(() => window.scrollY);
    assert.ok(Math.abs(after - before) < 200, `left at ${before}, back at ${after}`);
  });
}));

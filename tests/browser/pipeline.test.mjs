// The pipeline of a board: cards go from stage to stage by mouse, by finger, by menu and by keys alone; "Not now" wants a
// reason; every open page follows; who may not move them has no means to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { violations } from "./lib/axe.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

const WIDE = { width: 2200, height: 900 };

let atelier, owner, ada, ben, eve;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "researcher", "Ben Okri");
  eve = await join(owner, "employee", "Eve Employee");
  return atelier;
});

const lane = (page, name) => page.locator(".lane").filter({ has: page.getByRole("heading", { level: 2, name: new RegExp(`^${name} \\d+$`) }) });
const card = (page, title) => page.locator(".lanes .lane-card", { hasText: title });
const link = (page, title) => page.getByRole("link", { name: title, exact: true });
const count = async (page, name) => Number(await lane(page, name).locator(".lane-count").innerText());
const within = (page, name, title) => lane(page, name).locator(".lane-card", { hasText: title }).waitFor();
const told = async (path) => (await owner.call("GET", path.replace(/^\/i\/(\d+).*/, "/ideas/$1"))).card.stage.en;

/** A board with two ideas, and where its pipeline is. */
async function scenery(title) {
  const { board, path } = await boardWithIdea(owner, { title });
  const other = await owner.call("POST", `/boards/${board.slug}/ideas`, { title: "Rye on Mondays" });
  return { board, path, other, pipeline: `/b/${board.slug}/pipeline` };
}

/** Takes the card up with the mouse and holds it over a column. */
async function hold(page, title, name) {
  const from = await card(page, title).locator(".idea-title").boundingBox();
  const to = await lane(page, name).boundingBox();
  await page.mouse.move(from.x + 20, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + 20);
  await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 5 });
}

test("by mouse: a card is drawn to another stage, and everybody's page follows", scene(async (arrive) => {
  const { path, pipeline } = await scenery("By mouse");
  const [mover, reader] = [await arrive(atelier, { caller: ben, viewport: WIDE }), await arrive(atelier, { caller: ada, viewport: WIDE })];
  await mover.open(pipeline);
  await reader.open(pipeline);
  await reader.page.waitForTimeout(500);
  await hold(mover.page, "A loaf for two", "Exploring");
  await mover.page.locator(".lane.is-over .has-gap").waitFor({ state: "attached" });
  await mover.page.mouse.up();
  await within(mover.page, "Exploring", "A loaf for two");
  await within(reader.page, "Exploring", "A loaf for two");
  await eventually(async () => assert.equal(await told(path), "Exploring"));
  for (const { page } of [mover, reader]) {
    assert.deepEqual([await count(page, "New"), await count(page, "Exploring")], [1, 1]);
    assert.match(await page.locator(".glance").innerText(), /2 ideas, 1 in progress/);
    assert.equal(await page.locator(".is-likeness").count(), 0);
  }
  assert.match(mover.page.url(), /pipeline$/, "no link was followed");
}));

test("what is in the hand goes back with Esc, and where it was taken from", scene(async (arrive) => {
  const { path, pipeline } = await scenery("Back again");
  const person = await arrive(atelier, { caller: ben, viewport: WIDE });
  const { page } = person;
  await person.open(pipeline);
  await hold(page, "A loaf for two", "Exploring");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".is-likeness, .is-over, .has-gap, .is-lifted").count(), 0);
  await page.mouse.up();
  await within(page, "New", "A loaf for two");
  await hold(page, "A loaf for two", "New");
  await page.mouse.up();
  await within(page, "New", "A loaf for two");
  assert.match(page.url(), /pipeline$/);
  assert.equal(await told(path), "New");
}));

test("Not now wants a reason, which everybody reads", scene(async (arrive) => {
  const { path, pipeline } = await scenery("Not now");
  const mover = await arrive(atelier, { caller: ben, viewport: WIDE });
  mover.allow(/status of 422/);
  const { page } = mover;
  await mover.open(pipeline);
  const reader = await arrive(atelier, { caller: ada, viewport: WIDE });
  await reader.open(pipeline);
  await reader.page.waitForTimeout(500);

  await hold(page, "A loaf for two", "Not now");
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: /Why not now\?.*A loaf for two/ });
  await dialog.waitFor();
  await within(page, "Not now", "A loaf for two");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await within(page, "New", "A loaf for two");
  assert.deepEqual([await count(page, "New"), await count(page, "Not now")], [2, 0]);

  await hold(page, "A loaf for two", "Not now");
  await page.mouse.up();
  await dialog.getByRole("button", { name: "Move the idea" }).click();
  await dialog.getByText("Say why it will not be done").waitFor();
  assert.equal(await told(path), "New");
  await dialog.getByLabel("Why?").fill("The oven is full until spring.");
  await dialog.getByRole("button", { name: "Move the idea" }).click();
  await dialog.waitFor({ state: "hidden" });
  for (const who of [mover, reader]) {
    await within(who.page, "Not now", "A loaf for two");
    await lane(who.page, "Not now").locator("blockquote", { hasText: "The oven is full until spring." }).waitFor();
  }
  const late = await arrive(atelier, { viewport: WIDE });
  await late.open(pipeline);
  await lane(late.page, "Not now").locator("blockquote", { hasText: "The oven is full until spring." }).waitFor();
}));

test("by keyboard alone: along the stages, to Not now and back", scene(async (arrive) => {
  const { path, pipeline } = await scenery("By keys");
  const person = await arrive(atelier, { caller: ben });
  const { page } = person;
  await person.open(pipeline);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  const keys = page.keyboard;
  while ((await focused()) !== "A loaf for two") await keys.press("j");
  await keys.press("]");
  await within(page, "Listening", "A loaf for two");
  await page.getByRole("status").filter({ hasText: "“A loaf for two” is now in “Listening”." }).waitFor();
  await eventually(async () => assert.equal(await focused(), "A loaf for two", "the card keeps the focus"));
  await keys.press("Alt+ArrowRight");
  await within(page, "Exploring", "A loaf for two");
  await eventually(async () => assert.equal(await focused(), "A loaf for two"));
  await keys.press("[");
  await keys.press("Alt+ArrowLeft");
  await within(page, "New", "A loaf for two");
  await eventually(async () => assert.equal(await focused(), "A loaf for two"));
  await keys.press("[");
  await page.getByRole("status").filter({ hasText: "outermost stage" }).waitFor();
  assert.match(page.url(), /pipeline$/, "Alt and an arrow do not leave the page");

  // The menu, from the card's own button.
  await page.getByRole("button", { name: "Move “A loaf for two”" }).focus();
  await keys.press("Enter");
  const menu = page.getByRole("menu", { name: "Move “A loaf for two” to" });
  await menu.waitFor();
  await eventually(async () => assert.match(await focused(), /New/));
  await keys.press("ArrowUp");
  assert.match(await focused(), /Not now/);
  await keys.press("Enter");
  const dialog = page.getByRole("dialog", { name: /A loaf for two/ });
  await dialog.waitFor();
  await keys.press("Escape");
  await within(page, "New", "A loaf for two");
  await eventually(async () => assert.equal(await focused(), "A loaf for two"));
  await page.getByRole("button", { name: "Move “A loaf for two”" }).focus();
  await keys.press("Enter");
  await eventually(async () => assert.match(await focused(), /New/));
  await keys.press("ArrowUp");
  await keys.press("Enter");
  await dialog.waitFor();
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), "decline-reason"));
  await keys.type("In spring.");
  await keys.press("Tab");
  await keys.press("Tab");
  await keys.press("Enter");
  await within(page, "Not now", "A loaf for two");
  await eventually(async () => assert.equal(await told(path), "Not now"));
  await eventually(async () => assert.equal(await focused(), "A loaf for two"));
  assert.deepEqual(await violations(page), []);
}));

test("a finger that holds a card moves it, one that does not scrolls", scene(async (arrive) => {
  const { path, pipeline } = await scenery("By finger");
  const person = await arrive(atelier, { caller: ben, viewport: PHONE });
  const { page } = person;
  await person.open(pipeline);
  const tools = await page.context().newCDPSession(page);
  const touch = (type, x, y) => tools.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  const { x, y } = await card(page, "A loaf for two").locator(".idea-title").boundingBox();
  await touch("touchStart", x + 20, y + 8);
  await page.locator(".is-lifted").waitFor();
  // Held at the edge, the columns come along.
  for (let at = 60; at <= 380; at += 40) await touch("touchMove", at, y + 8);
  await page.waitForFunction(() => document.querySelector(".lane.is-over")?.textContent.includes("Exploring"));
  await touch("touchMove", 200, y + 8);
  const over = await page.locator(".lane.is-over .lane-name").innerText();
  await touch("touchEnd");
  await within(page, over, "A loaf for two");
  await eventually(async () => assert.equal(await told(path), over));

  await page.getByRole("navigation", { name: "Ideas by stage" }).getByRole("link", { name: /Launched/ }).click();
  await eventually(async () => assert.ok(Math.abs((await lane(page, "Launched").boundingBox()).x - 20) < 4, "the column is in sight"));
}));

test("a refusal puts the card back and says why", scene(async (arrive) => {
  const { board, path, pipeline } = await scenery("Refused");
  const person = await arrive(atelier, { caller: ben, viewport: WIDE });
  const { page } = person;
  person.allow(/status of 503/);
  await person.open(pipeline);
  await page.route("**/stage", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ type: "about:blank", title: "Unavailable", status: 503, code: "unavailable", detail: "" }) }));
  await link(page, "A loaf for two").focus();
  await page.keyboard.press("]");
  await page.locator(".toast.warns").waitFor();
  await within(page, "New", "A loaf for two");
  assert.deepEqual([await count(page, "New"), await count(page, "Listening")], [2, 0]);
  assert.equal(await told(path), "New");
  assert.equal(board.stages.length, 7);
}));

test("what happens elsewhere is seen: a proposal, votes, comments", scene(async (arrive) => {
  const { board, path, pipeline } = await scenery("Elsewhere");
  const person = await arrive(atelier, { caller: ada, viewport: WIDE });
  const { page } = person;
  await person.open(pipeline);
  await page.waitForTimeout(500);
  await owner.call("POST", `/boards/${board.slug}/ideas`, { title: "Just proposed" });
  await within(page, "New", "Just proposed");
  await eventually(async () => assert.equal(await count(page, "New"), 3));
  const idea = path.replace(/^\/i\/(\d+).*/, "/ideas/$1");
  await ben.call("PUT", `${idea}/vote`);
  await ben.call("POST", `${idea}/comments`, { body: "Soon." });
  await eventually(async () => assert.equal(await card(page, "A loaf for two").locator(".vote-count").innerText(), "1"));
  await eventually(async () => assert.match(await card(page, "A loaf for two").innerText(), /\b1\b[^]*1 comment/));
  // One's own vote goes along to another column.
  await card(page, "A loaf for two").locator(".vote").click();
  await eventually(async () => assert.equal((await owner.call("GET", idea)).card.votes, 2));
  await page.waitForTimeout(300);
  await ben.call("PUT", `${idea}/stage`, { stage: board.stages[1].id });
  await within(page, "Listening", "A loaf for two");
  const vote = card(page, "A loaf for two").locator(".vote");
  assert.deepEqual([await vote.getAttribute("aria-pressed"), await vote.locator(".vote-count").innerText()], ["true", "2"]);
}));

test("a card is seen to go where it goes", scene(async (arrive) => {
  const { board, path, pipeline } = await scenery("In motion");
  const person = await arrive(atelier, { caller: ada, viewport: WIDE });
  const { page } = person;
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await person.open(pipeline);
  await page.waitForTimeout(500);
  await page.evaluate(() => {
    window.travelled = 0;
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) window.travelled += node.classList?.contains("is-likeness") ? 1 : 0;
    }).observe(document.querySelector(".pipeline-body"), { childList: true });
  });
  await ben.call("PUT", path.replace(/^\/i\/(\d+).*/, "/ideas/$1/stage"), { stage: board.stages[3].id });
  await within(page, "Prototyping", "A loaf for two");
  await eventually(async () => assert.equal(await page.evaluate(() => window.travelled), 1));
  await eventually(async () => assert.equal(await page.locator(".is-likeness, .is-under-way").count(), 0));
}));

test("customers and employees have no means to move a card", scene(async (arrive) => {
  const { board, path, pipeline } = await scenery("Hands off");
  for (const caller of [null, ada, eve]) {
    const person = await arrive(atelier, { caller, viewport: WIDE });
    const { page } = person;
    await person.open(pipeline);
    await within(page, "New", "A loaf for two");
    assert.equal(await page.getByRole("button", { name: /^Move/ }).count(), 0);
    await hold(page, "A loaf for two", "Exploring");
    assert.equal(await page.locator(".is-likeness").count(), 0);
    await page.mouse.up();
    await link(page, "A loaf for two").focus();
    await page.keyboard.press("]");
    await page.waitForTimeout(200);
    await within(page, "New", "A loaf for two");
    if (caller) {
      const { status } = await caller.ask("PUT", path.replace(/^\/i\/(\d+).*/, "/ideas/$1/stage"), { stage: board.stages[1].id });
      assert.equal(status, 403);
    }
  }
  assert.equal(await told(path), "New");
}));

test("the views keep what was filtered", scene(async (arrive) => {
  const { board, pipeline } = await scenery("Three views");
  await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "Ada's own" });
  const person = await arrive(atelier, { caller: ada, viewport: WIDE });
  const { page } = person;
  await person.open(`/b/${board.slug}?sort=wanted`);
  await page.getByRole("link", { name: "Mine" }).click();
  await page.waitForURL(/show-me=mine/);
  const views = page.getByRole("navigation", { name: "Views of this board" });
  await views.getByRole("link", { name: "Pipeline" }).click();
  await page.waitForURL((url) => url.pathname === pipeline && url.search === "?sort=wanted&show-me=mine");
  await within(page, "New", "Ada's own");
  assert.deepEqual([await count(page, "New"), await page.locator(".lane-card").count()], [1, 1]);
  assert.equal(await views.getByRole("link", { name: "Pipeline" }).getAttribute("aria-current"), "page");
  assert.match(await page.title(), /^Three views · Pipeline/);
  await page.getByRole("link", { name: "All ideas" }).click();
  await eventually(async () => assert.equal(await count(page, "New"), 3));
  await views.getByRole("link", { name: "List" }).click();
  await page.waitForURL((url) => url.pathname === `/b/${board.slug}` && url.search === "?sort=wanted");
  await page.locator(".ideas .idea").first().waitFor();
}));

test("a long column goes on, with and without scripts", scene(async (arrive) => {
  const { board, pipeline } = await scenery("Long column");
  for (let at = 0; at < 30; at++) await owner.call("POST", `/boards/${board.slug}/ideas`, { title: `Idea of many, ${at}` });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(pipeline);
  assert.equal(await lane(page, "New").locator(".lane-card").count(), 20);
  await lane(page, "New").getByRole("link", { name: /More of 32 ideas/ }).click();
  await eventually(async () => assert.equal(await lane(page, "New").locator(".lane-card").count(), 32));
  assert.equal(await lane(page, "New").getByRole("link", { name: /More of/ }).count(), 0);
  assert.equal(new Set(await lane(page, "New").locator(".idea-title").allInnerTexts()).size, 32);
  const reader = await arrive(atelier, { javaScript: false });
  await reader.page.goto(pipeline);
  await lane(reader.page, "New").getByRole("link", { name: /More of 32 ideas/ }).click();
  await reader.page.waitForURL(new RegExp(`/b/${board.slug}\\?stage=${board.stages[0].id}`));
}));

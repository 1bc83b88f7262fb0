// A workshop on a canvas: who leads it, its timer, its dot vote, and what becomes of its notes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { Canvas, boardFor, openHouse } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, cleo;

stage(async () => ({ atelier, owner, ada, ben, cleo } = await openHouse()));

/** A researcher who leads, and two customers, with three notes by one of them. */
async function workshop(arrive) {
  const board = await boardFor(owner);
  const canvases = [];
  for (const caller of [cleo, ada, ben]) canvases.push(new Canvas(await arrive(atelier, { caller })));
  await Promise.all(canvases.map((canvas) => canvas.open(board.slug)));
  await canvases[1].paste("Open earlier\nSmaller loaves\nLess sugar");
  for (const canvas of canvases) await canvas.item("Less sugar").waitFor();
  await canvases[1].page.keyboard.press("Escape");
  return { board, canvases };
}

test("a dot vote: each sets their dots, nobody sees the others', and at the end all see what came of it", scene(async (arrive) => {
  const { board, canvases } = await workshop(arrive);
  const [lead, one, two] = canvases;
  await lead.page.getByRole("button", { name: "Dot vote" }).click();
  await lead.page.getByLabel("What is asked").fill("What first?");
  await lead.page.getByLabel("Dots for each").selectOption("2");
  await lead.page.getByText("One dot on each thing at most").click();
  await lead.page.getByRole("button", { name: "Begin" }).click();
  for (const canvas of canvases) await canvas.page.locator(".workshop-vote", { hasText: "What first?" }).waitFor();
  assert.equal(await one.page.getByRole("button", { name: "End the vote" }).count(), 0);

  const give = (canvas, words) => canvas.item(words).getByRole("button", { name: /Set a dot/ });
  await give(one, "Open earlier").click();
  await one.page.getByText("Dots left: 1").first().waitFor();
  await eventually(async () => assert.ok(await give(one, "Open earlier").isDisabled(), "one on each"));
  await give(one, "Less sugar").click();
  await eventually(async () => assert.ok(await give(one, "Smaller loaves").isDisabled(), "none is left"));
  // Taken back and set elsewhere; by keys as well.
  await one.item("Less sugar").getByRole("button", { name: /Take a dot/ }).click();
  await one.item("Smaller loaves").click();
  await one.page.keyboard.press(".");
  await two.item("Open earlier").click();
  await two.page.keyboard.press(".");
  await lead.page.getByText("People who voted: 2").waitFor();

  // While it is on, nobody learns of the others' dots: not on the screen, and not from the API, whoever asks.
  assert.equal(await two.page.locator(".canvas-stage .canvas-dots-mine .canvas-dot").count(), 1);
  for (const caller of [owner, cleo, ben]) {
    const { vote } = await caller.call("GET", `/boards/${board.slug}/canvas/workshop`);
    assert.deepEqual(vote.results, []);
    assert.equal(vote.mine.length, caller === ben ? 1 : 0);
  }

  await lead.page.getByRole("button", { name: "End the vote" }).click();
  for (const canvas of canvases) {
    const results = canvas.page.locator(".workshop-results li");
    await results.first().waitFor();
    assert.deepEqual(
      (await results.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim()),
      ["Note: Open earlier 2 dots", "Note: Smaller loaves 1 dot"],
    );
  }
  const { vote } = await owner.call("GET", `/boards/${board.slug}/canvas/workshop`);
  assert.ok(vote.results.every((result) => result.people.length === 0), "it was anonymous");
  await lead.page.getByRole("button", { name: "Put away" }).click();
  await one.page.locator(".workshop-results").waitFor({ state: "detached" });
}));

test("the timer runs for everyone, pauses, goes on, and says when time is up", scene(async (arrive) => {
  const { board, canvases } = await workshop(arrive);
  const [lead, one] = canvases;
  await lead.page.getByRole("button", { name: "Timer" }).click();
  await lead.page.getByRole("button", { name: "5 min", exact: true }).click();
  const clock = one.page.locator(".workshop-clock");
  await eventually(async () => assert.match(await clock.innerText(), /^4:5\d$/));
  await lead.page.getByRole("button", { name: "Timer" }).click();
  await lead.page.getByRole("button", { name: "Pause" }).click();
  await one.page.locator(".workshop-timer.is-paused").waitFor();
  const still = await clock.innerText();
  await one.page.waitForTimeout(1_300);
  assert.equal(await clock.innerText(), still);
  await lead.page.getByRole("button", { name: "Go on" }).click();
  await eventually(async () => assert.notEqual(await clock.innerText(), still));
  await cleo.call("PUT", `/boards/${board.slug}/canvas/timer`, { act: "start", seconds: 5 });
  await one.page.locator(".workshop-timer.is-over", { hasText: "Time is up." }).waitFor();
  assert.equal(await one.page.getByRole("button", { name: "Timer" }).count(), 0, "who does not lead sees it only");
}));

test("everyone is brought to the view of who leads, until they look on their own", scene(async (arrive) => {
  const { canvases } = await workshop(arrive);
  const [lead, one, two] = canvases;
  const zoom = (canvas) => canvas.page.locator(".canvas-zoom").innerText();
  await lead.page.getByRole("button", { name: "Bring everyone here" }).click();
  for (const canvas of [one, two]) await canvas.page.getByText("Cléo Martin shows you the way.").waitFor();
  const before = await one.page.locator(".canvas-world").evaluate((world) => world.style.transform);
  await lead.stage.hover();
  await lead.page.mouse.wheel(260, 180);
  await eventually(async () => assert.notEqual(await one.page.locator(".canvas-world").evaluate((world) => world.style.transform), before));
  await eventually(async () => assert.equal(await zoom(one), await zoom(lead)));
  await one.page.getByRole("button", { name: "Look on my own" }).click();
  const own = await one.page.locator(".canvas-world").evaluate((world) => world.style.transform);
  await lead.page.mouse.wheel(-400, -300);
  await two.page.waitForTimeout(600);
  assert.equal(await one.page.locator(".canvas-world").evaluate((world) => world.style.transform), own);
  await one.page.getByRole("button", { name: "Follow", exact: true }).click();
  await eventually(async () => assert.notEqual(await one.page.locator(".canvas-world").evaluate((world) => world.style.transform), own));
  await lead.page.getByRole("button", { name: "Bring everyone here" }).click();
  await one.page.getByText("Cléo Martin shows you the way.").waitFor({ state: "detached" });
  assert.equal(await one.page.getByRole("button", { name: "Bring everyone here" }).count(), 0);
}));

test("a note becomes an idea in the name of who wrote it, who is told", scene(async (arrive) => {
  const { board, canvases } = await workshop(arrive);
  const [lead, one, two] = canvases;
  await lead.item("Smaller loaves").click();
  await lead.page.getByRole("button", { name: "Make it an idea" }).click();
  for (const canvas of canvases) await canvas.item("Smaller loaves").locator(".canvas-promoted").waitFor();
  const { items } = await owner.call("GET", `/boards/${board.slug}/ideas`);
  assert.equal(items.length, 1);
  assert.equal(items[0].title, "Smaller loaves");
  assert.equal(items[0].author.name, "Ada Lovelace");
  const inbox = await ada.call("GET", "/inbox");
  assert.ok(inbox.items.some((notice) => notice.kind === "promoted" && notice.number === items[0].number));
  // It is one already; and of others' notes customers make none.
  assert.equal(await lead.page.getByRole("button", { name: "Make it an idea" }).count(), 0);
  await two.item("Less sugar").click();
  await two.page.getByRole("toolbar", { name: "What is selected" }).waitFor();
  assert.equal(await two.page.getByRole("button", { name: "Make it an idea" }).count(), 0);
  await one.item("Less sugar").click();
  await one.page.getByRole("button", { name: "Make it an idea" }).click();
  await one.page.locator(".toast", { hasText: "Ada Lovelace" }).waitFor();
}));

test("people react to notes, once in each way, and all see it", scene(async (arrive) => {
  const { canvases } = await workshop(arrive);
  const [lead, one, two] = canvases;
  await two.item("Open earlier").click();
  await two.page.getByRole("button", { name: "Love it" }).click();
  await lead.item("Open earlier").click();
  await lead.page.getByRole("button", { name: "Love it" }).click();
  const reactions = (canvas) => canvas.item("Open earlier").locator(".canvas-reactions li");
  await eventually(async () => assert.match(await reactions(one).first().innerText(), /2/));
  await two.page.getByRole("button", { name: "Love it" }).click();
  await eventually(async () => assert.match(await reactions(one).first().innerText(), /1/));
}));

test("a guest follows the canvas by a link, and changes nothing", scene(async (arrive) => {
  const { board, canvases } = await workshop(arrive);
  const { path } = await owner.call("POST", `/boards/${board.slug}/canvas/guests`, { hours: 2 });
  const guest = await arrive(atelier);
  await guest.page.goto(`${atelier.url}${path}`);
  await guest.page.waitForURL(/\/canvas$/);
  await guest.hydrated();
  const theirs = new Canvas(guest);
  await theirs.item("Less sugar").waitFor();
  await canvases[1].note("Said while a guest looks on");
  await theirs.item("Said while a guest looks on").waitFor();
  assert.equal(await guest.page.getByRole("toolbar", { name: "Add" }).count(), 0);
  const before = await theirs.spot(theirs.item("Less sugar"));
  await theirs.drag(theirs.item("Less sugar"), 90, 60);
  await eventually(async () => assert.deepEqual(await theirs.spot(theirs.item("Less sugar")), before));
  // Without the link there is nothing.
  const stranger = await arrive(atelier);
  stranger.allow(/status of 404/);
  const answer = await stranger.page.goto(`${atelier.url}/b/${board.slug}/canvas`);
  assert.equal(answer.status(), 404);
}));

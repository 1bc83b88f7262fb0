// What is done without the server: kept on the device, shown as waiting, sent once, and where it is refused, said so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { violations } from "./lib/axe.mjs";
import { scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

const KEPT = "Kept on this device; will be sent.";
const number = (path) => path.match(/^\/i\/(\d+)/)[1];
const field = (page) => page.getByRole("textbox", { name: "Your comment", exact: true });
const waiting = (page, text) => page.locator(".said-unsent", { hasText: text });
const mark = (page, text) => page.locator("main .unsent", { hasText: text });
const vote = (page) => page.locator(".idea-acts .vote");
const count = (page) => page.locator(".unsent-button");

/** Somebody before an idea, whose page hears and has what it needs to keep things. */
async function before(arrive, caller, path) {
  const person = await arrive(atelier, { caller });
  person.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|ERR_NETWORK|status of (40[134]|50[234])|WebSocket/);
  await person.open(path);
  await person.page.locator(".talk-write button[type=submit]:enabled").waitFor();
  await person.page.waitForTimeout(500);
  return person;
}

async function say(page, text) {
  await field(page).fill(text);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
}

const talk = async (path) => (await owner.call("GET", `/ideas/${number(path)}/comments`)).items;
const bodies = async (path) => (await talk(path)).map((thread) => thread.comment.body);

test("what is done offline waits in sight, and arrives once", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "On the train" });
  const first = await owner.call("POST", `/ideas/${number(path)}/comments`, { body: "Which flour?" });
  const { page, context } = await before(arrive, ada, path);
  await page.locator(".said", { hasText: "Which flour?" }).waitFor();
  await context.setOffline(true);

  await vote(page).click();
  await mark(page, "Your vote.").getByText(KEPT).waitFor();
  assert.equal(await vote(page).getAttribute("aria-pressed"), "true");
  assert.equal(await vote(page).locator(".vote-count").innerText(), "1");
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await mark(page, "You follow this.").getByText(KEPT).waitFor();
  await page.getByRole("button", { name: "React" }).click();
  await page.getByRole("button", { name: "Love it: 0" }).click();
  await mark(page, "Your reaction.").getByText(KEPT).waitFor();
  await page.getByRole("button", { name: "Love it: 1" }).waitFor();
  await say(page, "Rye, and whole.");
  await waiting(page, "Rye, and whole.").getByText(KEPT).waitFor();
  await say(page, "No salt.");
  await waiting(page, "No salt.").waitFor();
  await count(page).getByText("5 waiting").waitFor();
  assert.equal(await field(page).inputValue(), "");
  assert.deepEqual(await violations(page), []);

  // What waits can still be said otherwise, or not at all.
  await waiting(page, "Rye, and whole.").getByRole("button", { name: "Change" }).click();
  await page.locator(".said-unsent textarea").fill("Rye, half of it.");
  await page.locator(".said-unsent").getByRole("button", { name: "Keep" }).click();
  await waiting(page, "Rye, half of it.").waitFor();
  await waiting(page, "No salt.").getByRole("button", { name: "Discard" }).click();
  await waiting(page, "No salt.").waitFor({ state: "detached" });
  await count(page).click();
  const list = page.getByRole("dialog", { name: "Waiting to be sent" });
  await list.getByText("Rye, half of it.").waitFor();
  assert.equal(await list.locator("li").count(), 4);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");

  await context.setOffline(false);
  await count(page).waitFor({ state: "detached" });
  await page.locator(".said:not(.said-unsent)", { hasText: "Rye, half of it." }).waitFor();
  assert.deepEqual(await bodies(path), ["Which flour?", "Rye, half of it."]);
  const idea = await ada.call("GET", `/ideas/${number(path)}`);
  assert.deepEqual([idea.card.votes, idea.card.voted, idea.card.followed], [1, true, true]);
  assert.equal((await talk(path)).find((thread) => thread.comment.id === first.id).comment.reactions[0].count, 1);
  assert.equal(await vote(page).locator(".vote-count").innerText(), "1");
  await page.getByRole("button", { name: "You follow this idea" }).waitFor();
}));

test("a vote given and taken back offline leaves nothing to send", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "On second thought" });
  const { page, context } = await before(arrive, ada, path);
  const sent = [];
  page.on("request", (request) => /\/vote$/.test(request.url()) && sent.push(request.method()));
  await context.setOffline(true);
  await vote(page).click();
  await mark(page, "Your vote.").waitFor();
  await vote(page).click();
  await mark(page, "Your vote.").waitFor({ state: "detached" });
  assert.equal(await vote(page).getAttribute("aria-pressed"), "false");
  await context.setOffline(false);
  await page.waitForTimeout(1500);
  assert.deepEqual(sent, []);
}));

test("what the server did although its answer was lost is not done twice", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Lost answers" });
  const { page } = await before(arrive, ada, path);
  let lost = 0;
  await page.route(/\/api\/v1\/ideas\/\d+\/(comments|vote)$/, async (route) => {
    if (route.request().method() === "GET" || lost >= 3) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  await say(page, "Only once.");
  await vote(page).click();
  await page.locator(".said:not(.said-unsent)", { hasText: "Only once." }).waitFor();
  await count(page).waitFor({ state: "detached" });
  assert.ok(lost >= 2, `${lost} answers were lost`);
  assert.deepEqual(await bodies(path), ["Only once."]);
  assert.equal((await owner.call("GET", `/ideas/${number(path)}`)).card.votes, 1);
}));

test("what is refused says why, beside the thing, and goes when its person says so", scene(async (arrive) => {
  const { path, board } = await boardWithIdea(owner, { title: "Closed meanwhile" });
  const { page, context } = await before(arrive, ada, path);
  await context.setOffline(true);
  await vote(page).click();
  await mark(page, "Your vote.").waitFor();
  await say(page, "Too late?");
  await waiting(page, "Too late?").waitFor();
  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "staff" });
  await context.setOffline(false);
  const refused = mark(page, "Your vote.").getByRole("alert");
  await refused.getByText("It was not taken.").waitFor();
  assert.match(await refused.innerText(), /not here|does not exist|no such|not found/i);
  assert.equal(await vote(page).getAttribute("aria-pressed"), "false", "the box shows what is so");
  const comment = waiting(page, "Too late?");
  await comment.getByRole("alert").waitFor();
  await comment.getByRole("button", { name: "Copy the text" }).waitFor();
  await count(page).getByText("2 waiting").waitFor();

  // It opens again, and the person tries again.
  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "public" });
  await comment.getByRole("button", { name: "Try again" }).click();
  await page.locator(".said:not(.said-unsent)", { hasText: "Too late?" }).waitFor();
  await mark(page, "Your vote.").getByRole("button", { name: "Discard" }).click();
  await count(page).waitFor({ state: "detached" });
  assert.deepEqual(await bodies(path), ["Too late?"]);
  assert.equal((await owner.call("GET", `/ideas/${number(path)}`)).card.votes, 0);
}));

test("two tabs of a person send it once, and both show it", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Two tabs" });
  const { page, context } = await before(arrive, ada, path);
  const other = await context.newPage();
  await other.goto(path);
  await other.locator("html[data-awake]").waitFor({ state: "attached" });
  await other.waitForTimeout(500);
  const sent = [];
  context.on("request", (request) => /comments$/.test(request.url()) && request.method() === "POST" && sent.push(request));
  await context.setOffline(true);
  await say(page, "From one of two.");
  await waiting(other, "From one of two.").waitFor();
  await vote(other).click();
  await mark(page, "Your vote.").waitFor();
  await context.setOffline(false);
  for (const tab of [page, other]) {
    await tab.locator(".said:not(.said-unsent)", { hasText: "From one of two." }).waitFor();
    await count(tab).waitFor({ state: "detached" });
  }
  assert.equal(sent.length, 1);
  assert.deepEqual(await bodies(path), ["From one of two."]);
}));

test("what waits outlives the page, and nobody else on the device sees or sends it", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "A shared device" });
  const { page, context } = await before(arrive, ada, path);
  // The server is away rather than the network, so that a page still comes.
  const away = /\/api\/v1\/ideas\/\d+\/(comments|vote)$/;
  await context.route(away, (route) => (route.request().method() === "GET" ? route.continue() : route.abort()));
  await say(page, "Ada's own words.");
  await waiting(page, "Ada's own words.").waitFor();
  await page.reload();
  await waiting(page, "Ada's own words.").getByText(KEPT).waitFor();

  await context.clearCookies();
  await context.addCookies([{ ...ben.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  await context.unroute(away);
  // The page that is still Ada's may not speak for Ben.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForTimeout(1500);
  assert.deepEqual(await bodies(path), []);
  await page.goto(path);
  await page.locator(".talk-write button[type=submit]:enabled").waitFor();
  await page.waitForTimeout(1500);
  assert.equal(await page.getByText("Ada's own words.").count(), 0);
  assert.equal(await count(page).count(), 0);
  assert.deepEqual(await bodies(path), []);

  await context.clearCookies();
  await context.addCookies([{ ...ada.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  await page.goto(path);
  await page.locator(".said:not(.said-unsent)", { hasText: "Ada's own words." }).waitFor();
  const [thread] = await talk(path);
  assert.equal(thread.comment.author.name, "Ada Lovelace");
}));

test("who signs out is asked about what waits", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "On the way out" });
  const { page, context } = await before(arrive, ada, path);
  await context.route(/\/api\/v1\/ideas\/\d+\/comments$/, (route) =>
    route.request().method() === "GET" ? route.continue() : route.abort(),
  );
  await say(page, "Not sent yet.");
  await waiting(page, "Not sent yet.").waitFor();
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  const asked = page.getByRole("dialog", { name: "Not everything was sent yet" });
  await asked.getByText("Votes, comments and the like: 1").waitFor();
}));

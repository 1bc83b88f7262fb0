// Keeping a board tidy: twins are merged and parted again, ideas get tags, stages are set, and who voted for what has
// become something else is asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start({ env: { ATELIER_REST: "1" } });
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

const propose = async (who, board, title, more = {}) => (await who.call("POST", `/boards/${board.slug}/ideas`, { title, ...more })).card;
const address = ({ number, slug }) => `/i/${number}/${slug}`;

test("twins are merged: supporters are told and may leave, the twin leads on, and all of it is undone", scene(async (arrive) => {
  const { board, idea } = await boardWithIdea(owner, { title: "Twins" });
  const target = idea.card;
  const twin = await propose(ada, board, "Bread for one person");
  for (const who of [ada, ben]) await who.call("PUT", `/ideas/${twin.number}/vote`);
  await ben.call("PUT", `/ideas/${target.number}/vote`);
  const said = await ben.call("POST", `/ideas/${twin.number}/comments`, { body: "Half a loaf is enough." });

  const reader = await arrive(atelier, { caller: ben });
  await reader.open(address(twin));
  const keeper = await arrive(atelier, { caller: owner });
  const { page } = keeper;
  await keeper.open(address(twin));
  await page.getByText("Merge into another idea").click();
  await page.getByLabel("Into which idea?").fill("loaf");
  await page.getByRole("button", { name: "Look for it" }).click();
  await page.locator(".merge-offer", { hasText: "A loaf for two" }).click();
  await page.getByText("Votes it brings: 1. Together: 2.").waitFor();
  await page.getByText("People who voted for both, counted once: 1").waitFor();
  await page.getByLabel("Why?").last().fill("The same wish.");
  await page.getByRole("button", { name: "Merge", exact: true }).click();
  await page.waitForURL(new RegExp(`/i/${target.number}/`));
  await page.getByText("The link led to “Bread for one person”").waitFor();
  await page.locator(".said", { hasText: "Half a loaf is enough." }).getByText("Said about “Bread for one person”").waitFor();
  assert.equal(await page.locator(".idea-acts .vote-count").innerText(), "2");
  await page.locator(".twin", { hasText: "The same wish." }).waitFor();

  // What was proposed can be read on.
  const curious = await arrive(atelier, { viewport: PHONE });
  await curious.open(address(target));
  await curious.page.locator(".twin a", { hasText: "Bread for one person" }).click();
  await curious.page.getByRole("heading", { name: "Bread for one person", level: 1 }).waitFor();
  await curious.page.getByText("As it was when it was merged").waitFor();
  await curious.page.locator(".note-bar a", { hasText: "A loaf for two" }).click();
  await curious.page.getByRole("heading", { name: "A loaf for two", level: 1 }).waitFor();

  // Who has the twin open is told where it goes on; who comes to it is led there, to the very comment.
  await reader.page.getByText("This idea was merged into another.").waitFor();
  await reader.open("/");
  await reader.open(`${address(twin)}#c-${said.id}`);
  assert.match(reader.page.url(), new RegExp(`/i/${target.number}/.*from=${twin.number}#c-${said.id}$`));
  await reader.open(`/b/${board.slug}`);
  assert.equal(await reader.page.locator(".idea").count(), 1);

  const supporter = await arrive(atelier, { caller: ada });
  await supporter.open("/inbox");
  const notice = supporter.page.locator(".notice", { hasText: "Bread for one person" });
  await notice.getByText("merged it into").waitFor();
  await notice.getByRole("button", { name: "Take it back and stop following" }).click();
  await supporter.page.getByText("You no longer support this idea.").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".idea-acts .vote-count").textContent === "1");

  await page.getByRole("button", { name: "Undo the merge of “Bread for one person”" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Undo" }).click();
  await page.locator(".twin").waitFor({ state: "detached" });
  await page.locator(".said").waitFor({ state: "detached" });
  await reader.open(address(twin));
  assert.match(reader.page.url(), new RegExp(`/i/${twin.number}/`));
  assert.equal(await reader.page.locator(".idea-acts .vote-count").innerText(), "1", "Ada's vote stays taken back");
  assert.equal(await reader.page.locator(".idea-acts .vote").getAttribute("aria-pressed"), "true");
  await reader.page.locator(".said", { hasText: "Half a loaf is enough." }).waitFor();
}));

test("words typed into a twin while it is merged are kept", scene(async (arrive) => {
  const { board, idea } = await boardWithIdea(owner, { title: "Typing" });
  const twin = await propose(ada, board, "Bread for one person");
  const writer = await arrive(atelier, { caller: ada });
  await writer.open(address(twin));
  const concept = new Concept(writer);
  await concept.ready();
  await owner.call("PUT", `/ideas/${twin.number}/merge`, { into: idea.card.number });
  await writer.page.getByText("This idea was merged into another.").waitFor();
  await writer.page.locator(".concept:not(.is-editing)").waitFor();
  await owner.call("DELETE", `/ideas/${twin.number}/merge`);
  await concept.ready();
  await concept.append("title", " alone");
  await concept.saved();
}));

test("tags are made for a board, set while proposing and on the page, and found by", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Tagged" });
  const keeper = await arrive(atelier, { caller: owner });
  await keeper.open(`/b/${board.slug}/settings`);
  for (const name of ["Rye", "Small"]) {
    await keeper.page.getByLabel("New tag", { exact: true }).fill(name);
    await keeper.page.getByLabel("Colour of the new tag").selectOption("leaf");
    await keeper.page.getByLabel("New tag", { exact: true }).press("Enter");
    await keeper.page.getByLabel(`Name of “${name}”`).waitFor();
  }
  await keeper.page.getByLabel("Name of “Small”").fill("For one");
  await keeper.page.getByLabel("Name of “Small”").press("Enter");
  await keeper.page.getByLabel("Name of “For one”").waitFor();
  await keeper.page.getByLabel("New tag", { exact: true }).fill("Rye");
  keeper.allow(/status of 422/);
  await keeper.page.getByLabel("New tag", { exact: true }).press("Enter");
  await keeper.page.getByText("Somebody already has this one.").waitFor();

  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}/propose`);
  await page.getByLabel("Your idea in one line").fill("A loaf of rye");
  await page.getByLabel("Rye").check();
  await page.getByRole("button", { name: "Propose it" }).click();
  await page.waitForURL(/\/i\//);
  await page.locator(".idea-facts .tag", { hasText: "Rye" }).waitFor();
  await page.getByText("Choose tags").click();
  await page.getByLabel("For one").check();
  await page.locator(".idea-facts .tag", { hasText: "For one" }).waitFor();
  await person.open(`/b/${board.slug}`);
  assert.equal(await page.locator(".idea").count(), 2);
  assert.deepEqual(await page.locator(".idea .tag").allInnerTexts(), ["For one", "Rye"]);
  await page.locator(".chip", { hasText: "Rye" }).click();
  await page.waitForURL(/tag=/);
  await page.waitForFunction(() => document.querySelectorAll(".idea").length === 1);
  const me = await ada.call("GET", "/me");
  await person.open(`/b/${board.slug}?author=${me.person.handle}`);
  assert.equal(await page.locator(".idea").count(), 1);
  await page.locator(".chip", { hasText: `@${me.person.handle}` }).click();
  await page.waitForFunction(() => document.querySelectorAll(".idea").length === 2);
}));

test("many tags are folded away, and the one chosen stays in sight", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Many tags" });
  for (let n = 1; n <= 9; n++) await owner.call("POST", `/boards/${board.slug}/tags`, { name: `Tag ${n}` });
  const person = await arrive(atelier, { caller: ada, viewport: PHONE });
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  assert.equal(await page.locator(".chip:visible", { hasText: "Tag " }).count(), 0);
  await page.getByText("By tag").click();
  await page.getByRole("link", { name: "Tag 7" }).click();
  await page.waitForURL(/tag=/);
  await page.getByText("By tag").click();
  assert.deepEqual(await page.locator(".chip:visible", { hasText: "Tag " }).allInnerTexts(), ["Tag 7"]);
  await page.getByText("No idea is like that").waitFor();
  await page.getByRole("link", { name: "Tag 7" }).click();
  await page.waitForURL((url) => !url.search.includes("tag="));
  await page.locator(".idea").waitFor();
}));

test("who voted for what became something else sees the difference, and keeps the vote or takes it back", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Changing" });
  const idea = await propose(owner, board, "Bread that stays fresh until Monday", { body: "A sourdough loaf, sliced on demand." });
  for (const who of [ada, ben]) await who.call("PUT", `/ideas/${idea.number}/vote`);
  const writer = await arrive(atelier, { caller: owner });
  await writer.open(address(idea));
  const concept = new Concept(writer);
  await concept.ready();
  await concept.replace("title", "Brioche delivered on Sundays");
  await concept.replace("body", "A brioche, at your door.");
  await concept.saved();
  for (const [who, act] of [[ada, "keep"], [ben, "withdraw"]]) {
    await eventually(async () => assert.equal((await who.call("GET", `/ideas/${idea.number}`)).changed, true));
    const person = await arrive(atelier, { caller: who });
    await person.open("/inbox");
    await person.page.locator(".notice", { hasText: "changed what you voted for" }).getByRole("link").click();
    await person.page.waitForURL(/\/i\//);
    await person.page.locator(".change del", { hasText: "Bread" }).waitFor();
    await person.page.locator(".change ins", { hasText: "Brioche" }).first().waitFor();
    const name = act === "keep" ? "Keep my vote" : "Take my vote back";
    await person.page.locator(".change").getByRole("button", { name }).click();
    await person.page.locator(".change").waitFor({ state: "detached" });
  }
  assert.deepEqual((await ada.call("GET", `/ideas/${idea.number}`)).card.votes, 1);
  assert.equal((await ada.call("GET", `/ideas/${idea.number}`)).card.voted, true);
}));

test("stages are renamed, ordered by keys, added, and taken away with their ideas moved on", scene(async (arrive) => {
  const { board, idea } = await boardWithIdea(owner, { title: "Staged" });
  await owner.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[2].id });
  const keeper = await arrive(atelier, { caller: owner });
  const { page } = keeper;
  await keeper.open(`/b/${board.slug}/settings`);
  const rows = page.locator(".stage-row");
  assert.equal(await rows.count(), 7);
  await page.getByRole("button", { name: "Move “Listening” down" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("“Listening” is stage 3 now.").waitFor({ state: "attached" });
  await rows.nth(3).getByLabel("In English").fill("Baking");
  await page.getByRole("button", { name: "Add a stage" }).click();
  await rows.nth(7).getByLabel("In English").fill("Tasting");
  await rows.nth(7).getByLabel("In French").fill("Dégustation");
  await page.getByRole("button", { name: "Take “Exploring” away" }).click();
  await page.locator(".stage-leaving select").selectOption({ label: "Baking" });
  await page.getByRole("button", { name: "Save the stages" }).click();
  await page.getByText("The stages are saved.").waitFor();
  const after = await owner.call("GET", `/boards/${board.slug}`);
  assert.deepEqual(after.stages.map(({ en }) => en), ["New", "Listening", "Baking", "Piloting", "Launched", "Not now", "Tasting"]);
  const moved = await owner.call("GET", `/ideas/${idea.card.number}`);
  assert.deepEqual([moved.card.stage.en, moved.moves.length], ["Baking", 2]);
}));

test("how many votes are left is told, and goes down as one votes", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Counted" });
  await owner.call("PATCH", `/boards/${board.slug}`, { votes_per_month: 2 });
  const person = await arrive(atelier, { caller: ada });
  await person.open(`/b/${board.slug}`);
  await person.page.getByText("You have 2 votes left here this month.").waitFor();
  await person.page.locator(".idea .vote").click();
  await person.page.getByText("You have 1 vote left here this month.").waitFor();
  await person.page.locator(".idea .card-link").click();
  await person.page.waitForURL(/\/i\//);
  await person.page.getByText("You have 1 vote left here this month.").waitFor();
}));

// What becomes of an idea, on its page: the company publishes updates, milestones and experiments, who supports it sees the
// bar move and is told, what only the staff sees stays with them, and a text is frozen while people go on writing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, eve;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "researcher", "Ben Okri");
  eve = await join(owner, "employee", "Eve Employee");
  return atelier;
});

/** A board with an idea that Ada proposed. */
async function proposed(title) {
  const { board } = await boardWithIdea(owner, { title });
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: `Rye, for ${title}` });
  return { board, number: idea.card.number, path: `/i/${idea.card.number}/${idea.card.slug}`, title: idea.card.title };
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const step = (page, words) => page.locator(".timeline .step", { hasText: words });

test("a researcher publishes, and the customer sees the bar move and the notice arrive", scene(async (arrive) => {
  const { board, path, title } = await proposed("bars");
  const [writer, list, reader] = [
    await arrive(atelier, { caller: ben }), await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ada, viewport: PHONE }),
  ];
  writer.allow(/422/);
  await list.open(`/b/${board.slug}`);
  await reader.open(path);
  await writer.open(path);
  const card = list.page.locator(".idea", { hasText: title });
  assert.equal(await card.locator(".bar").count(), 0);
  assert.equal(await list.page.locator(".bell-count").count(), 0);
  assert.ok(await reader.page.locator(".story").isHidden(), "nothing is told where nothing became of it");
  await press(writer.page, "Publish an update");
  await writer.page.getByLabel("How do things stand?").fill("The **third** dough holds.");
  await writer.page.locator("input[name=percent]").fill("400");
  await writer.page.getByRole("button", { name: "Publish", exact: true }).click();
  await writer.page.locator("input[name=percent][aria-invalid=true]").waitFor();
  await writer.page.locator("input[name=percent]").fill("40");
  await writer.page.getByRole("button", { name: "Publish", exact: true }).click();
  await step(writer.page, "The third dough holds.").waitFor();
  await card.getByRole("img", { name: "40 percent done" }).waitFor();
  await step(reader.page, "The third dough holds.").waitFor();
  await reader.page.locator(".story .bar-figure", { hasText: "40%" }).waitFor();
  await list.page.locator(".bell-count", { hasText: "1" }).waitFor();
  await list.page.locator(".bell").click();
  const notice = list.page.locator(".notice.is-new", { hasText: title });
  await notice.getByText("The third dough holds.").waitFor();
  await notice.getByRole("link").click();
  await list.page.waitForURL(/#p-/);
  await step(list.page, "The third dough holds.").waitFor();

  // Said otherwise, what was said stays to be read; and the bar follows.
  await step(writer.page, "The third dough").getByRole("button", { name: "Edit" }).click();
  await writer.page.locator("input[name=percent]").fill("65");
  await press(writer.page, "Save");
  await reader.page.locator(".story .bar-figure", { hasText: "65%" }).waitFor();
  await step(reader.page, "The third dough").getByRole("button", { name: "edited" }).click();
  await reader.page.getByRole("dialog").getByText("40", { exact: false }).first().waitFor();
}));

test("milestones are kept, and move the bar where no update speaks of it", scene(async (arrive) => {
  const { path } = await proposed("milestones");
  const [writer, reader] = [await arrive(atelier, { caller: ben }), await arrive(atelier)];
  await writer.open(path);
  await reader.open(path);
  for (const [name, day] of [["A dough that holds", ""], ["Twenty loaves a day", "2031-03-31"]]) {
    await press(writer.page, "Add a milestone");
    await writer.page.getByRole("textbox", { name: "Milestone", exact: true }).fill(name);
    if (day) await writer.page.getByLabel("Planned for").fill(day);
    await writer.page.locator(".story-write button[type=submit]").click();
    await writer.page.locator(".milestone", { hasText: name }).waitFor();
  }
  const first = writer.page.locator(".milestone", { hasText: "A dough that holds" });
  await first.getByRole("button", { name: "Reached", exact: true }).click();
  await writer.page.locator(".milestone.is-reached", { hasText: "A dough that holds" }).waitFor();
  await writer.page.locator(".story .bar-figure", { hasText: "50%" }).waitFor();
  await reader.open(path);
  await reader.page.locator(".milestone", { hasText: "Planned for 31 March 2031" }).waitFor();
  await step(reader.page, "Milestone reached").getByText("A dough that holds").waitFor();
  assert.equal(await reader.page.locator(".milestone-acts, .story-acts").count(), 0, "who may not has no means to");
}));

test("an experiment is begun, reverted with its reason, and stands as tall as one that is kept", scene(async (arrive) => {
  const { path, number } = await proposed("experiments");
  const [writer, reader] = [await arrive(atelier, { caller: ben }), await arrive(atelier, { caller: ada })];
  writer.allow(/422/);
  await writer.open(path);
  await reader.open(path);
  await press(writer.page, "Begin an experiment");
  await press(writer.page, "Begin");
  await eventually(async () => assert.equal(await writer.page.locator(".story-write [aria-invalid=true]").count(), 3, "each field that is missing is named"));
  await writer.page.getByLabel("What we believe").fill("A cold night makes it sour.");
  await writer.page.getByLabel("What we will do").fill("Twelve loaves, a night at four degrees.");
  await writer.page.getByLabel("How we will judge it").fill("Who asks for it again.");
  await press(writer.page, "Begin");
  await step(reader.page, "Under way").getByText("A cold night makes it sour.").waitFor();
  await press(writer.page, "Conclude");
  await writer.page.getByRole("textbox", { name: "What came of it" }).fill("Nobody did.");
  await writer.page.locator("label[for=conclusion-outcome-reverted]").click();
  await writer.page.locator(".story-write button[type=submit]").click();
  await writer.page.locator(".story-write").getByRole("textbox", { name: "Why?" }).and(writer.page.locator("[aria-invalid=true]")).waitFor();
  await writer.page.getByRole("textbox", { name: "Why?" }).fill("Sour is not what people come for.");
  await writer.page.locator(".story-write button[type=submit]").click();
  const told = step(reader.page, "Reverted");
  await told.getByText("Sour is not what people come for.").waitFor();
  await told.getByText("Why we take it back").waitFor();
  const kept = await ben.call("POST", `/ideas/${number}/experiments`, { hypothesis: "Warm.", trial: "Warm.", measure: "Warm." });
  await ben.call("PUT", `/experiments/${kept.id}/conclusion`, { outcome: "kept", result: "They did.", reason: "It is good." });
  await step(reader.page, "Kept").waitFor();
  const looks = (name) => step(reader.page, name).locator(".conclusion").evaluate((node) => {
    const { fontSize, color, opacity, paddingTop, backgroundColor } = getComputedStyle(node);
    return { fontSize, color, opacity, paddingTop, backgroundColor };
  });
  assert.deepEqual(await looks("Reverted"), await looks("Kept"));
}));

test("what only the staff sees stays with them until it is published", scene(async (arrive) => {
  const { board, path } = await proposed("secrets");
  await ada.call("POST", "/inbox/read", {});
  const [writer, colleague, reader] = [await arrive(atelier, { caller: ben }), await arrive(atelier, { caller: eve }), await arrive(atelier, { caller: ada })];
  for (const person of [writer, colleague, reader]) await person.open(path);
  await press(writer.page, "Publish an update");
  await writer.page.getByLabel("How do things stand?").fill("Flour costs more than we said.");
  await writer.page.locator("input[name=percent]").fill("90");
  await writer.page.getByLabel("Only the staff sees it for now").check();
  await writer.page.getByRole("button", { name: "Publish", exact: true }).click();
  await step(writer.page, "Only the staff sees this").waitFor();
  await step(colleague.page, "Only the staff sees this").getByText("Flour costs").waitFor();
  await reader.page.waitForTimeout(700);
  for (const place of [path, `/b/${board.slug}`, "/", "/inbox"]) {
    await reader.open(place);
    assert.doesNotMatch(await reader.page.locator("body").innerText(), /Flour costs|90 percent|90%/, place);
    assert.equal(await reader.page.getByRole("img", { name: "90 percent done" }).count(), 0, place);
  }
  await reader.open(path);
  await step(writer.page, "Flour costs").getByRole("button", { name: "Edit" }).click();
  await writer.page.getByLabel("Only the staff sees it for now").uncheck();
  await press(writer.page, "Save");
  await step(reader.page, "Flour costs more than we said.").waitFor();
  await reader.page.locator(".bell-count", { hasText: "1" }).waitFor();
}));

test("a text is frozen, people go on writing, and what they write is shown as a difference to it", scene(async (arrive) => {
  const { path, number } = await proposed("freezing");
  const [writer, reader] = [await arrive(atelier, { caller: ben }), await arrive(atelier, { caller: ada })];
  await writer.open(path);
  await reader.open(path);
  await press(writer.page, "Freeze the text");
  await writer.page.getByLabel("A word about it").fill("The oven is built for this.");
  await press(writer.page, "Freeze");
  await reader.page.locator(".freeze", { hasText: "The oven is built for this." }).waitFor();
  await reader.page.getByRole("button", { name: "Read it, and what was written since" }).click();
  await reader.page.getByRole("dialog").getByText("Nothing was written since.").waitFor();
  await reader.page.keyboard.press("Escape");
  const concept = new Concept(reader);
  await concept.ready();
  await concept.append("body", "With walnuts.");
  await eventually(async () => assert.match((await ada.call("GET", `/ideas/${number}`)).body, /With walnuts/));
  await reader.page.getByRole("button", { name: "Read it, and what was written since" }).click();
  await reader.page.getByRole("dialog").locator("ins", { hasText: "With walnuts." }).waitFor();
}));

test("by keyboard alone: an update is written and published", scene(async (arrive) => {
  const { path } = await proposed("keys");
  const writer = await arrive(atelier, { caller: ben });
  await writer.open(path);
  await writer.page.getByRole("button", { name: "Publish an update" }).focus();
  await writer.page.keyboard.press("Enter");
  await writer.page.locator(".story-write").waitFor();
  const at = () => writer.page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.textContent?.trim());
  for (let n = 0; n < 12 && (await at()) !== "body"; n++) await writer.page.keyboard.press("Tab");
  await writer.page.keyboard.type("By keys.");
  for (let n = 0; n < 12 && (await at()) !== "Publish"; n++) await writer.page.keyboard.press("Tab");
  await writer.page.keyboard.press("Enter");
  await step(writer.page, "By keys.").waitFor();
}));

// Comments about passages of the concept: made by who writes and by who reads, live in another browser, and faithful to
// their passage while it moves and until it is gone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "employee", "Ben Okri");
  return atelier;
});

const BODY = "Many of us live alone.\n\nA **small** loaf stays fresh.\n\nThat is all.";

const propose = (editing) => boardWithIdea(owner, { title: `Passages ${editing}`, editing, idea: { body: BODY } });

/** Selects words of the body, in the editor or in the page. */
async function select(page, words) {
  await page.evaluate((words) => {
    const shown = [...document.querySelectorAll(".concept-body")].find((body) => !body.hidden);
    const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(words);
      if (at < 0) continue;
      shown.querySelector(".cm-content")?.focus();
      getSelection().setBaseAndExtent(node, at, node, at + words.length);
      return;
    }
    throw new Error(`${words} is not there`);
  }, words);
}

async function comment(page, text) {
  await page.getByLabel("Your comment").fill(text);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
}

const marked = (page, where) => page.locator(`${where} .passage`).allInnerTexts().then((parts) => parts.join(""));
const READING = ".concept-body:not(.concept-editor)";
const EDITOR = ".concept-body.concept-editor";

test("a passage is commented on while writing, answered in another browser, and followed until it is gone", scene(async (arrive) => {
  const { path } = await propose("everyone");
  const [one, two] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben })];
  const concepts = [new Concept(one), new Concept(two)];
  for (const person of [one, two]) await person.open(path);
  for (const concept of concepts) await concept.ready();
  await one.page.locator(".talk-write button[type=submit]:enabled").waitFor();

  await select(one.page, "loaf stays");
  await one.page.getByRole("button", { name: "Comment on this" }).last().click();
  assert.equal(await one.page.locator(".talk-about p").last().innerText(), "loaf stays");
  await comment(one.page, "For how long?");
  const said = two.page.locator(".said", { hasText: "For how long?" });
  await said.locator(".said-about", { hasText: "loaf stays" }).waitFor();
  await eventually(async () => assert.equal(await marked(two.page, EDITOR), "loaf stays"));
  assert.equal(await marked(one.page, EDITOR), "loaf stays");

  await said.getByRole("button", { name: "Reply" }).click();
  await two.page.getByLabel("Your reply").fill("Three days.");
  await two.page.getByLabel("Your reply").press("Control+Enter");
  await one.page.locator(".talk-replies .said", { hasText: "Three days." }).waitFor();
  await one.page.getByRole("button", { name: "2 comments on “loaf stays”" }).waitFor();

  // It moves with what is written before it, and keeps out what is written beside it.
  await two.page.locator(`${EDITOR} .cm-line`).first().click();
  await two.page.keyboard.press("Home");
  await two.page.keyboard.type("Very ");
  await eventually(async () => assert.match(await concepts[0].text("body"), /^Very Many/));
  for (const { page } of [one, two]) assert.equal(await marked(page, EDITOR), "loaf stays");

  // From the comment to the passage, and back.
  await two.page.locator(".said-about a").first().click();
  await eventually(async () => assert.equal(await two.page.evaluate(() => getSelection().toString()), "loaf stays"));
  await two.page.getByRole("button", { name: "2 comments on “loaf stays”" }).press("Enter");
  await two.page.locator(".said.is-led", { hasText: "For how long?" }).waitFor();

  await one.open(path);
  await concepts[0].ready();
  await eventually(async () => assert.equal(await marked(one.page, EDITOR), "loaf stays"));

  // Selected again by the way from the comment, it is removed.
  await two.page.evaluate(() => getSelection().removeAllRanges());
  await two.page.locator(".said-about a").first().click();
  await eventually(async () => assert.equal(await two.page.evaluate(() => getSelection().toString()), "loaf stays"));
  await two.page.keyboard.press("Delete");
  await eventually(async () => assert.equal(await marked(one.page, EDITOR), ""));
  await one.page.locator(".said-lost", { hasText: "This passage is gone." }).waitFor();
  await one.page.locator(".said-about", { hasText: "loaf stays" }).waitFor();
  await one.page.locator(".talk-replies .said", { hasText: "Three days." }).waitFor();
}));

test("who only reads comments on what they see, and sees it move", scene(async (arrive) => {
  const { path } = await propose("staff");
  const reader = await arrive(atelier, { caller: ada, viewport: PHONE });
  const writer = await arrive(atelier, { caller: ben });
  await reader.open(path);
  await writer.open(path);
  const concept = new Concept(writer);
  await concept.ready();
  await reader.page.locator(".talk-write button[type=submit]:enabled").waitFor();
  await reader.page.waitForTimeout(500);

  // By keys alone.
  await select(reader.page, "live alone");
  await reader.page.getByRole("button", { name: "Comment on this" }).waitFor();
  await reader.page.keyboard.press("Control+Alt+m");
  await reader.page.locator(".talk-about", { hasText: "live alone" }).waitFor();
  // What is begun survives a reload.
  await reader.page.getByLabel("Your comment").fill("So do I.");
  await reader.open(path);
  await reader.page.locator(".talk-about", { hasText: "live alone" }).waitFor();
  assert.equal(await reader.page.getByLabel("Your comment").inputValue(), "So do I.");
  await reader.page.getByLabel("Your comment").press("Control+Enter");
  await reader.page.locator(".said .said-about", { hasText: "live alone" }).waitFor();
  await eventually(async () => assert.equal(await marked(reader.page, READING), "live alone"));
  await eventually(async () => assert.equal(await marked(writer.page, EDITOR), "live alone"));

  await writer.page.locator(`${EDITOR} .cm-line`).first().click();
  await writer.page.keyboard.press("Home");
  await writer.page.keyboard.type("# So\n\n");
  await eventually(async () => assert.equal(await reader.page.locator(`${READING} h2`).innerText(), "So"));
  await eventually(async () => assert.equal(await marked(reader.page, READING), "live alone"));

  const visitor = await arrive(atelier, { javaScript: false });
  await visitor.page.goto(path);
  assert.equal(await marked(visitor.page, READING), "live alone");
  const link = visitor.page.getByRole("link", { name: "A comment on “live alone”" });
  await link.click();
  assert.match(visitor.page.url(), /#c-/);
}));

test("a passage that went while one wrote about it stays as a quote of one's own", scene(async (arrive) => {
  const { path } = await propose("everyone");
  const one = await arrive(atelier, { caller: ada });
  const two = await arrive(atelier, { caller: ben });
  for (const person of [one, two]) await person.open(path);
  const [mine, theirs] = [new Concept(one), new Concept(two)];
  await mine.ready();
  await theirs.ready();
  await one.page.locator(".talk-write button[type=submit]:enabled").waitFor();
  // On a slow machine the editors hear of a selection a little later.
  await eventually(async () => {
    await select(one.page, "That is all");
    await one.page.keyboard.press("Control+Alt+m");
    assert.equal(await one.page.locator(".talk-about", { hasText: "That is all" }).count(), 1);
  });
  await theirs.replace("body", "Something else.");
  await theirs.saved();
  await eventually(async () => assert.equal(await mine.text("body"), "Something else."));
  await two.page.waitForTimeout(1500);
  one.allow(/422/);
  await comment(one.page, "Is it?");
  await one.page.locator(".talk-write .alert", { hasText: "not there any more" }).waitFor();
  assert.equal(await one.page.getByLabel("Your comment").inputValue(), "> That is all\n\nIs it?");
  await one.page.getByRole("button", { name: "Comment", exact: true }).click();
  await one.page.locator(".said blockquote", { hasText: "That is all" }).waitFor();
}));

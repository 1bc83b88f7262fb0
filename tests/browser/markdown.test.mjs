// Markdown while it is written: it looks like what it means, and shows its marks where one writes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { Concept, converged, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

const BODY = [
  "## Why",
  "",
  "Many live **alone** and _waste_ `half`: [a study](https://example.org/study).",
  "",
  "- fresh",
  "- [ ] ask the baker",
  "",
  "> She said so.",
  "",
  "| what | price |",
  "|---|--:|",
  "| half a loaf | 2 € |",
  "",
  "The end.",
].join("\n");

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

async function writer(arrive, path, options) {
  const person = await arrive(atelier, { caller: ada, ...options });
  await person.open(path);
  const concept = new Concept(person);
  await concept.ready();
  return { person, concept, page: person.page };
}

/** Puts the caret right after these words of the body. */
async function caretAfter(concept, words) {
  await concept.editor("body").evaluate((content, words) => {
    const { view } = content.cmTile.root;
    view.focus();
    view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf(words) + words.length } });
  }, words);
}

const line = async (concept, words) => (await concept.seen("body")).split("\n").find((line) => line.includes(words));

test("marks show only in what the caret stands in, and are always in the text", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: BODY } });
  const { concept, page } = await writer(arrive, path);
  const columns = ["| what        | price |", "|-------------|------:|", "| half a loaf |   2 € |"];
  assert.equal(
    (await concept.seen("body")).replaceAll("\u00a0", " "),
    ["Why", "", "Many live alone and waste half: a study.", "", "•fresh", "ask the baker", "", "She said so.", "", ...columns, "", "The end."].join("\n"),
  );
  assert.equal(await concept.text("body"), BODY);

  await caretAfter(concept, "**al");
  assert.equal(await line(concept, "alone"), "Many live **alone** and waste half: a study.");
  await caretAfter(concept, "[a st");
  assert.equal(await line(concept, "alone"), "Many live alone and waste half: [a study](https://example.org/study).");
  await caretAfter(concept, "## W");
  assert.equal(await line(concept, "Why"), "## Why");
  await page.keyboard.press("End");
  await page.keyboard.type("?");
  await caretAfter(concept, "The end");
  assert.equal(await line(concept, "Why"), "Why?");
  await concept.saved();
  assert.equal(await concept.text("body"), BODY.replace("Why", "Why?"));
}));

test("a box is ticked, a link leads where it says", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: `${BODY}\n\n[evil](javascript:alert(1))` } });
  const { concept, page } = await writer(arrive, path);
  const box = page.getByRole("checkbox", { name: "Done" });
  await box.click();
  await eventually(async () => assert.match(await concept.text("body"), /- \[x\] ask the baker/));
  assert.ok(await box.isChecked());
  await box.focus();
  await page.keyboard.press("Space");
  await eventually(async () => assert.match(await concept.text("body"), /- \[ \] ask the baker/));
  assert.ok(!(await box.isChecked()));
  assert.ok(await box.evaluate((input) => input === document.activeElement), "the focus stays on it");
  await concept.saved();
  const ways = concept.editor("body").getByRole("link", { name: "Follow the link" });
  assert.equal(await ways.count(), 1, "none leads to a script");
  assert.equal(await ways.getAttribute("href"), "https://example.org/study");
  assert.match(await ways.getAttribute("rel"), /noopener/);
}));

test("what others do leaves one's caret where it was, and theirs are seen beside hidden marks", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: BODY } });
  const one = await writer(arrive, path);
  const two = await writer(arrive, path, { caller: ben });
  // Ada writes within the bold word, Ben within what hides the link's address for her.
  await caretAfter(one.concept, "**al");
  await caretAfter(two.concept, "https://exa");
  await one.concept.seesCaretOf("Ben Okri", "body");
  // A mark somebody else stands in is not hidden.
  await eventually(async () => assert.match(await line(one.concept, "al"), /\]\(https:\/\/example\.org\/study\)/));
  await two.page.keyboard.type("XY");
  await eventually(async () => assert.match(await one.concept.text("body"), /exaXYmple/));
  await one.page.keyboard.type("ll");
  const whole = await converged(one.concept, two.concept);
  assert.equal(whole.body, BODY.replace("**alone", "**alllone").replace("example", "exaXYmple"));
}));

test("an input method composes undisturbed beside marks", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: BODY } });
  const one = await writer(arrive, path);
  const two = await writer(arrive, path, { caller: ben });
  await caretAfter(one.concept, "**alone");
  const keys = await one.person.context.newCDPSession(one.page);
  const compose = (text) => keys.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await compose("k");
  await two.concept.append("body", " yes **bold**");
  await two.concept.saved();
  await compose("か");
  await keys.send("Input.insertText", { text: "火" });
  await one.concept.saved();
  const whole = await converged(one.concept, two.concept);
  assert.equal(whole.body, `${BODY.replace("alone", "alone火")} yes **bold**`);
}));

test("the tools fit a phone, say how things are, and undo themselves", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: "One two" } });
  const { concept, page } = await writer(arrive, path, { viewport: PHONE });
  const tools = page.getByRole("toolbar").getByRole("button");
  assert.equal(await tools.count(), 10);
  for (const tool of await tools.all()) {
    const { x, width, height } = await tool.boundingBox();
    assert.ok(x >= 0 && x + width <= PHONE.width, "in sight");
    assert.ok(width >= 24 && height >= 24, `${width} × ${height} px`);
    assert.match(await tool.getAttribute("title"), /\(.+\)/, "its keys are named");
  }
  await caretAfter(concept, "One t");
  for (const [name, made] of [["Bold", "One **two**"], ["Italic", "One *two*"], ["Heading", "## One two"], ["Quote", "> One two"]]) {
    const tool = page.getByRole("button", { name, exact: true });
    await tool.click();
    assert.equal(await concept.text("body"), made);
    assert.equal(await tool.getAttribute("aria-pressed"), "true", name);
    await tool.click();
    if (name === "Heading") await tool.click();
    assert.equal(await concept.text("body"), "One two", `${name} undone`);
    assert.equal(await tool.getAttribute("aria-pressed"), "false", name);
  }
  await page.keyboard.press("Control+k");
  await page.keyboard.type("https://example.org");
  assert.equal(await concept.text("body"), "One [two](https://example.org)");
  await page.keyboard.press("Control+k");
  assert.equal(await concept.text("body"), "One two");
  await concept.saved();
}));

test("the editor speaks the language chosen while it is open", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { idea: { body: "" } });
  const { concept, page } = await writer(arrive, path);
  await page.getByRole("textbox", { name: "Description" }).waitFor();
  await page.getByRole("link", { name: "Français" }).first().click();
  await page.getByRole("toolbar", { name: "Mise en forme" }).waitFor();
  await page.getByRole("button", { name: "Gras" }).waitFor();
  await page.getByRole("textbox", { name: "Titre" }).waitFor();
  assert.match(await concept.editor("body").textContent(), /Dites-en plus/);
  assert.match(await page.getByRole("button", { name: "Gras" }).getAttribute("title"), /^Gras \(/);
}));

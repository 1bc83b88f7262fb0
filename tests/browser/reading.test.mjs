// Who may not write: a clean reading page that follows the others. (That the socket refuses them too: interop.)

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { closeBrowser, scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";

let atelier, owner, reader, writer;

before(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  reader = await join(owner, "customer", "Rémi Reader");
  writer = await join(owner, "employee", "Wanda Writer");
});

after(async () => {
  await closeBrowser();
  await atelier?.stop();
});

test("a customer whom the rule forbids to edit reads along live", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { editing: "staff" });
  const reading = await arrive(atelier, { caller: reader });
  await reading.open(path);
  const page = new Concept(reading);
  assert.match(await page.reading("body"), /Many of us live alone/);
  assert.equal(await reading.page.locator(".cm-content").count(), 0, "no editor for who may not edit");

  const writing = await arrive(atelier, { caller: writer });
  await writing.open(path);
  const desk = new Concept(writing);
  await desk.ready();
  await desk.append("title", " and a half");
  await desk.append("body", "\nWarm **until** noon.");
  await desk.saved();
  await eventually(async () => {
    assert.match(await page.reading("title"), /and a half/);
    assert.match(await page.reading("body"), /Warm until noon/);
  });
  assert.equal(await reading.page.locator(".concept-body:not(.concept-editor) strong", { hasText: "until" }).count(), 1);
}));

test("who is given the right to write while reading finds the editors there, and loses them with the right", scene(async (arrive) => {
  const { board, path, idea } = await boardWithIdea(owner, { editing: "staff" });
  const [one, two] = [await arrive(atelier, { caller: reader }), await arrive(atelier, { caller: writer })];
  const [page, desk] = [new Concept(one), new Concept(two)];
  await one.open(path);
  await two.open(path);
  await desk.ready();
  const rule = one.page.locator(".idea-rule");
  await rule.getByText("the staff writes").waitFor();

  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "everyone" });
  await one.page.locator(".concept-notice", { hasText: "You can write in this idea now" }).waitFor();
  await page.ready();
  await rule.getByText("You can write in this idea").waitFor();
  await page.append("title", " for two");
  await desk.seesCaretOf("Rémi Reader", "title");
  await page.saved();
  await eventually(async () => assert.match(await desk.text("title"), / for two$/));
  assert.equal(await one.page.locator(".concept-notice p").count(), 0, "said until they write");

  // Named a co-author, one writes on under the narrower rule too.
  await owner.call("PUT", `/ideas/${(idea.card ?? idea).number}/coauthors/${(await reader.call("GET", "/me")).person.handle}`);
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "coauthors" });
  await page.append("pitch", " And warm.");
  await page.saved();

  // What they are typing when they lose the right is kept for them to see and copy.
  await page.append("body", "half a wo");
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await one.page.locator(".concept-notice", { hasText: "no longer write" }).waitFor();
  await rule.getByText("the staff writes").waitFor();
  assert.equal(await page.editor("body").isVisible(), false);
  assert.equal(await one.page.locator(".saving").count(), 0, "nothing is being saved");
  await eventually(async () => {
    const kept = (await one.page.locator(".kept-words").allTextContents()).join("");
    assert.ok(`${await desk.text("body")}${kept}`.replaceAll(/\s/g, "").includes("halfawo"), "stored or kept, never lost");
  });
  await desk.append("title", "!");
  await eventually(async () => assert.match(await page.reading("title"), /!$/));
}));

test("a visitor reads the same page without a socket", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const visitor = await arrive(atelier);
  const sockets = [];
  visitor.page.on("websocket", (socket) => sockets.push(socket.url()));
  await visitor.open(path);
  assert.match(await new Concept(visitor).reading("pitch"), /the same crust/);
  assert.deepEqual(sockets, []);
}));

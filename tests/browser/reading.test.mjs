// Who may not write: a clean reading page that follows the others. (That the socket refuses them too: interop.)

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, reader, writer;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  reader = await join(owner, "customer", "Rémi Reader");
  writer = await join(owner, "employee", "Wanda Writer");
  return atelier;
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
  await reading.page.locator(".idea-trail .here-now", { hasText: "Here now: Wanda Writer" }).waitFor();
  await desk.append("title", " and a half");
  await desk.append("body", "\nWarm **until** noon.");
  await desk.saved();
  await eventually(async () => {
    assert.match(await page.reading("title"), /and a half/);
    assert.match(await page.reading("body"), /Warm until noon/);
  });
  assert.equal(await reading.page.locator(".concept-body:not(.concept-editor) strong", { hasText: "until" }).count(), 1);
  await writing.leave();
  await reading.page.locator(".idea-trail .here-now").waitFor({ state: "detached" });
}));

test("whoever left meanwhile is not there when the reader comes back to the page", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { editing: "staff" });
  const writing = await arrive(atelier, { caller: writer });
  await writing.open(path);
  await new Concept(writing).ready();
  const reading = await arrive(atelier, { caller: reader });
  const { page } = reading;
  await reading.open(path);
  const here = page.locator(".idea-trail .here-now");
  await here.waitFor();
  await page.evaluate(() => (window.same = true));
  await page.locator(".idea-ways a", { hasText: "History" }).click();
  await page.locator("h1", { hasText: "History" }).waitFor();
  await writing.leave();
  await page.goBack();
  await page.locator(".concept-title", { hasText: "A loaf for two" }).first().waitFor();
  await here.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => window.same), true, "the page was not loaded anew");
}));

test("who reads while the board closes to them is told so, and follows no further", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner, { editing: "staff" });
  const reading = await arrive(atelier, { caller: reader });
  await reading.open(path);
  const page = new Concept(reading);
  const writing = await arrive(atelier, { caller: writer });
  await writing.open(path);
  const desk = new Concept(writing);
  await desk.ready();
  await desk.append("title", " first");
  await eventually(async () => assert.match(await page.reading("title"), / first$/));

  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "staff" });
  await reading.page.locator(".concept-notice", { hasText: "no longer here, or no longer open to you" }).waitFor();
  await desk.append("title", " then");
  await desk.saved();
  await eventually(async () => assert.match((await writer.call("GET", `/ideas/${path.split("/")[2]}`)).card.title, / then$/));
  assert.match(await page.reading("title"), / first$/, "what came after is not theirs to see");
  reading.allow(/status of 404/);
  const answer = await reading.page.reload();
  assert.equal(answer.status(), 404);
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

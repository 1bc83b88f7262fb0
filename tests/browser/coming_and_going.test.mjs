// Rights that come and go, and words that cannot go out, while a page is open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
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

async function writerAt(arrive, path) {
  const person = await arrive(atelier, { caller: reader });
  const concept = new Concept(person);
  await person.open(path);
  await concept.ready();
  return { person, concept, page: person.page };
}

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

test("the words of a tab that is cut off go out by another of the same person", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  // Only this tab is cut off.
  await page.evaluate(() => (WebSocket.prototype.send = () => {}));
  await concept.append("body", "- from the train");
  const other = await person.context.newPage();
  await other.goto(path);
  const later = new Concept({ page: other });
  await eventually(async () => assert.match(await later.text("body"), /from the train/));
  await later.saved();
  assert.equal(await other.locator(".kept").count(), 0, "they are not lost");
  const number = path.match(/^\/i\/(\d+)/)[1];
  await eventually(async () => assert.match((await owner.call("GET", `/ideas/${number}`)).body, /from the train/));
}));

test("a device without room says that it cannot keep refused words", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await page.evaluate(() => {
    for (let size = 2 ** 22; size >= 1; size /= 2) {
      try {
        for (let n = 0; ; n++) localStorage.setItem(`filling.${size}.${n}`, "x".repeat(size));
      } catch {
        // Full, for pieces of this size.
      }
    }
  });
  await person.context.setOffline(true);
  await concept.append("body", "- no room");
  await page.locator(".saving", { hasText: "kept on this device" }).waitFor();
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await person.context.setOffline(false);
  const kept = page.locator('.kept[data-why="forbidden"]', { hasText: "no room" });
  await kept.getByText("copy them before you close this page").waitFor();
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "everyone" });
  await concept.saved();
}));

test("joining by a link of one use leaves nothing in the console", scene(async (arrive) => {
  const { path } = await owner.call("POST", "/invites", { role: "customer" });
  const guest = await arrive(atelier);
  await guest.open(path);
  await guest.page.getByLabel("Your name").fill("Chloé Client");
  await guest.page.getByLabel("E-mail address").fill("chloe@example.org");
  await guest.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.page.getByRole("button", { name: "Join", exact: true }).click();
  await guest.page.getByRole("button", { name: "Chloé Client" }).first().waitFor();
}));

test("a page that met no network tries again when there is one", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Far away" });
  const person = await arrive(atelier, { caller: reader });
  person.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch/);
  await person.open("/");
  // What the board's page is made of is here already.
  await person.page.getByRole("link", { name: "Far away" }).first().click();
  await person.page.getByRole("heading", { name: "Far away", level: 1 }).waitFor();
  await person.page.goBack();
  await person.page.getByRole("heading", { name: /Hello/ }).waitFor();
  await person.context.setOffline(true);
  await person.page.getByRole("link", { name: "Far away" }).first().click();
  await person.page.getByRole("heading", { name: "No connection" }).waitFor();
  await person.page.getByRole("link", { name: "Try again" }).waitFor();
  await person.context.setOffline(false);
  await person.page.getByRole("heading", { name: "Far away", level: 1 }).waitFor();
  assert.equal(new URL(person.page.url()).pathname, `/b/${board.slug}`);
}));

test("who is signed out while writing signs in beside, and goes on", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page } = await writerAt(arrive, path);
  person.allow(/WebSocket connection|status of 401/);
  for (const { id } of await reader.call("GET", "/sessions")) await reader.ask("DELETE", `/sessions/${id}`);
  const way = page.locator(".concept-notice").getByRole("link", { name: "Sign in" });
  await way.waitFor();
  await concept.append("body", "- meanwhile");
  const [beside] = await Promise.all([person.context.waitForEvent("page"), way.click()]);
  await beside.getByLabel("E-mail address").fill(reader.email);
  await beside.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await beside.getByRole("button", { name: "Sign in", exact: true }).click();
  await beside.getByRole("heading", { name: /Hello/ }).waitFor();
  await page.bringToFront();
  await concept.state("saved");
  await page.locator(".concept-notice p").waitFor({ state: "detached" });
  await eventually(async () => {
    const { body } = await owner.call("GET", `/ideas/${path.split("/")[2]}`);
    assert.match(body, /meanwhile/);
  });
}));

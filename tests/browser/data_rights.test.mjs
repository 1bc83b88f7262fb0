// What people can do with what is kept of them: take it along, correct it, and leave, with and without their words.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as under } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { boardFor, together } from "./lib/canvas.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  return atelier;
});

const found = async (search) => (await search).ideas.items.length;

test("a person takes along what they gave, and reads it without a network", scene(async (arrive) => {
  const zoe = await join(owner, "customer", "Zoé Takes");
  const { board } = await boardWithIdea(owner);
  await zoe.call("POST", `/boards/${board.slug}/ideas`, { title: "Bread <em>to go</em>", pitch: "", body: "In a bag." });
  const one = await arrive(atelier, { caller: zoe });
  await one.open("/settings");
  await one.page.getByRole("link", { name: "Open your data" }).click();
  const panel = one.page.locator("section", { has: one.page.getByRole("heading", { name: "Take it along" }) });
  await panel.getByRole("button", { name: "Make the file" }).click();
  const download = panel.getByRole("link", { name: "Download" });
  await download.waitFor();
  const [file] = await Promise.all([one.page.waitForEvent("download"), download.click()]);
  const folder = mkdtempSync(under(tmpdir(), "atelier-taken-"));
  const zip = under(folder, "atelier.zip");
  await file.saveAs(zip);
  execFileSync("python3", ["-m", "zipfile", "-e", zip, folder]);
  const data = JSON.parse(readFileSync(under(folder, "data.json"), "utf8"));
  assert.equal(data.parts.ideas.proposed[0].title, "Bread <em>to go</em>");
  const reading = await one.context.newPage();
  await one.context.setOffline(true);
  await reading.goto(pathToFileURL(under(folder, "index.html")).href);
  await reading.getByRole("heading", { name: "What Zoé Takes gave and did at Four & Co" }).waitFor();
  await reading.getByText("Bread <em>to go</em>").first().waitFor();
  assert.equal(await reading.locator("em, script").count(), 0);
  await reading.close();
  rmSync(folder, { recursive: true });
  await one.context.setOffline(false);
}));

test("a corrected name stands everywhere", scene(async (arrive) => {
  const zoe = await join(owner, "customer", "Zoé Wrong");
  const { board } = await boardWithIdea(owner);
  const { card } = await zoe.call("POST", `/boards/${board.slug}/ideas`, { title: "Rolls" });
  const one = await arrive(atelier, { caller: zoe });
  await one.open("/settings/data");
  await one.page.getByRole("link", { name: "in your profile" }).click();
  await one.page.getByLabel("Your name", { exact: true }).fill("Zoé Right");
  await one.page.locator("section", { has: one.page.getByRole("heading", { name: "Profile" }) }).getByRole("button", { name: "Save" }).click();
  await eventually(async () => assert.equal((await owner.call("GET", `/ideas/${card.number}`)).card.author.name, "Zoé Right"));
}));

test("who leaves without their words is somebody who left", scene(async (arrive) => {
  const zoe = await join(owner, "customer", "Zoé Stays");
  const ada = await join(owner, "customer", "Ada Reader");
  const { board } = await boardWithIdea(owner);
  const { card } = await zoe.call("POST", `/boards/${board.slug}/ideas`, { title: "Buns with plums", body: "A plum in each." });
  const [one, other] = [await arrive(atelier, { caller: zoe }), await arrive(atelier, { caller: ada })];
  await other.open(`/i/${card.number}`);
  await other.page.getByText("Zoé Stays").first().waitFor();
  await one.open("/settings/data");
  await one.page.getByLabel("Present password").last().fill(PASSWORD);
  await one.page.getByLabel("A word, so that nobody does it by accident").fill("forget");
  await one.page.getByRole("button", { name: "Leave and be forgotten" }).click();
  await one.page.getByRole("link", { name: "Sign in" }).first().waitFor();
  await other.page.reload();
  await other.page.getByText("Somebody who left").first().waitFor();
  assert.equal(await other.page.getByText("Zoé Stays").count(), 0);
  const concept = new Concept(other);
  await concept.ready();
  assert.match(await concept.text("body"), /A plum in each/);
}));

test("words that somebody takes along go from open pages, search and feeds, and an old page does not bring them back", scene(async (arrive) => {
  const zoe = await join(owner, "customer", "Zoé Goes");
  const ada = await join(owner, "customer", "Ada Writes");
  const ben = await join(owner, "customer", "Ben Away");
  const { board } = await boardWithIdea(owner);
  const { card } = await zoe.call("POST", `/boards/${board.slug}/ideas`, { title: "Quincelike bread", body: "Quincelike through and through." });
  const path = `/i/${card.number}/${card.slug}`;
  const [one, two, visitor] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben }), await arrive(atelier)];
  two.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  const [hers, his] = [new Concept(one), new Concept(two)];
  await one.open(path);
  await two.open(path);
  await hers.ready();
  await his.ready();
  await hers.append("body", " Ada adds salt.");
  await hers.saved();
  await eventually(async () => assert.match(await his.text("body"), /Ada adds salt/));
  await two.context.setOffline(true);
  await his.append("body", " Ben wrote this on a train.");
  await his.state("offline");

  await eventually(async () => assert.equal(await found(owner.call("GET", "/search?q=quincelike")), 1));

  await zoe.call("POST", "/me/erasure", { password: PASSWORD, word: "forget", comments: "remove", texts: "remove" });
  await eventually(async () => {
    const shown = await one.page.locator("main").textContent();
    assert.ok(!/Quincelike/.test(shown), "it is gone from a page that was open");
  });
  await hers.ready();
  assert.match(await hers.text("body"), /Ada adds salt/);
  assert.match(await hers.text("title"), /^Idea \d+$/);
  await eventually(async () => assert.equal(await found(owner.call("GET", "/search?q=quincelike")), 0));
  const feed = await (await fetch(`${atelier.url}/i/${card.number}/feed.atom`)).text();
  assert.ok(!/Quincelike|Zoé Goes/.test(feed), feed);
  await visitor.open(`/i/${card.number}`);
  assert.ok(!/Quincelike/.test(await visitor.page.locator("main").textContent()));

  // Ben comes back: the page goes on in the new text, and what he wrote is kept for him to put back.
  await two.context.setOffline(false);
  await two.page.locator(".kept", { hasText: "Ben wrote this on a train." }).waitFor();
  await his.ready();
  assert.ok(!/Quincelike/.test(await his.text("body")));
  await two.page.locator(".kept").getByRole("button", { name: "Put back" }).click();
  await his.saved();
  await eventually(async () => {
    const body = (await owner.call("GET", `/ideas/${card.number}`)).body;
    assert.match(body, /Ben wrote this on a train/);
    assert.match(body, /Ada adds salt/);
    assert.ok(!/Quincelike/.test(body), "and it did not bring back what is gone");
  });
}));

test("notes that somebody takes along go from an open canvas, which goes on with everybody else's", scene(async (arrive) => {
  const people = [await join(owner, "customer", "Zoé Pastes"), await join(owner, "customer", "Ada Pastes")];
  const board = await boardFor(owner);
  const [hers, other] = await together(arrive, atelier, board, ...people);
  await hers.note("Medlar bread");
  await other.item("Medlar bread").waitFor();
  await other.note("Barley bread");
  await other.saved();
  await hers.item("Barley bread").waitFor();
  await hers.person.context.close();

  await people[0].call("POST", "/me/erasure", { password: PASSWORD, word: "forget", comments: "keep", texts: "remove" });
  await other.item("Medlar bread").waitFor({ state: "detached" });
  await other.item("Barley bread").waitFor();
  await other.saved();
  await other.note("Millet bread");
  await other.saved();
  await other.page.reload();
  await other.item("Millet bread").waitFor();
  await other.item("Barley bread").waitFor();
  assert.equal(await other.item("Medlar bread").count(), 0);
}));

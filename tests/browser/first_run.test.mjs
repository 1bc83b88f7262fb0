// The first day of a workspace, by hand: set-up link, board, invite, a second person, an idea, both in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, converged } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier;

stage(async () => {
  atelier = await Atelier.start();
  return atelier;
});

test("from the set-up link to two people in one idea", scene(async (arrive) => {
  const owner = await arrive(atelier);
  await owner.open(`/setup/${atelier.setupToken()}`);
  await owner.page.getByLabel("Name of the place").fill("Four & Co");
  await owner.page.getByLabel("Your name").fill("Odile Owner");
  await owner.page.getByLabel("E-mail address").fill("odile@example.org");
  await owner.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await owner.page.getByRole("button", { name: "Open it" }).click();
  await owner.page.getByRole("link", { name: "New board" }).first().waitFor();

  await owner.page.getByRole("link", { name: "New board" }).first().click();
  await owner.page.getByLabel("Title").fill("Bread and mornings");
  await owner.page.getByLabel("What is it for?").fill("What should wait on the counter at seven?");
  await owner.page.getByRole("button", { name: "Open the board" }).click();
  await owner.page.getByRole("heading", { name: "Bread and mornings" }).waitFor();
  const board = new URL(owner.page.url()).pathname;

  await owner.open("/admin/people");
  await owner.page.getByRole("radio", { name: /^Customer/ }).check();
  await owner.page.getByRole("button", { name: "Make a link" }).click();
  const link = await owner.page.getByLabel("The link", { exact: true }).inputValue();

  const guest = await arrive(atelier);
  await guest.open(new URL(link, atelier.url).pathname);
  await guest.page.getByLabel("Your name").fill("Chloé Client");
  await guest.page.getByLabel("E-mail address").fill("chloe@example.org");
  await guest.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.page.getByRole("button", { name: "Join", exact: true }).click();
  await guest.page.getByRole("button", { name: "Chloé Client" }).first().waitFor();

  await guest.open(board);
  await guest.page.getByRole("link", { name: "Propose an idea" }).first().click();
  await guest.page.getByLabel("Your idea in one line").fill("A loaf for two");
  await guest.page.getByRole("button", { name: "Propose it" }).click();
  await guest.page.waitForURL(/\/i\/\d+\//);
  await owner.open(new URL(guest.page.url()).pathname);
  const [one, two] = [new Concept(owner), new Concept(guest)];
  await Promise.all([one.ready(), two.ready()]);
  await Promise.all([one.append("pitch", "Owner was here. "), two.append("body", "Guest was here. ")]);
  const whole = await converged(one, two);
  assert.match(whole.pitch, /Owner was here/);
  assert.match(whole.body, /Guest was here/);
}));

test("the set-up link works once", scene(async (arrive) => {
  const late = await arrive(atelier);
  late.allow(/404|410/);
  await late.open(`/setup/${atelier.setupToken()}`);
  await late.page.getByText("This link was used already").waitFor();
}));

test("a visitor's draft survives signing in", scene(async (arrive) => {
  const visitor = await arrive(atelier);
  await visitor.open("/b/bread-and-mornings");
  await visitor.page.getByRole("link", { name: "Propose an idea" }).first().click();
  await visitor.page.getByLabel("Your idea in one line").fill("Croissants on Sunday evening");
  await visitor.page.getByLabel("Why does it matter?").fill("Because Monday comes.");
  await visitor.page.getByRole("button", { name: "Sign in and propose it" }).or(visitor.page.getByRole("link", { name: "Sign in and propose it" })).click();
  await visitor.page.getByLabel("E-mail address").fill("chloe@example.org");
  await visitor.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await visitor.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await visitor.page.waitForURL(/\/propose$/);
  await visitor.hydrated();
  await visitor.page.getByText("Here is the draft you left.").waitFor();
  assert.equal(await visitor.page.getByLabel("Your idea in one line").inputValue(), "Croissants on Sunday evening");
  assert.equal(await visitor.page.getByLabel("Why does it matter?").inputValue(), "Because Monday comes.");
  await visitor.page.getByRole("button", { name: "Propose it" }).click();
  await visitor.page.waitForURL(/\/i\/\d+\//);
}));

// Order: a report decided by keys alone and told, a first post that waits and is approved, a suspension that is felt at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, marie, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  marie = await join(owner, "moderator", "Marie Curie");
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

const number = (path) => path.match(/^\/i\/(\d+)/)[1];

test("a customer reports, a moderator decides by keys alone, the author sees it", scene(async (arrive) => {
  const { path, board } = await boardWithIdea(owner, { title: "Reported" });
  const idea = await ben.call("POST", `/boards/${board.slug}/ideas`, { title: "Buy my whisks" });
  const reporter = await arrive(atelier, { caller: ada });
  // Where the idea went that is open before them is asked for.
  reporter.allow(/status of 404/);
  await reporter.open(`/i/${idea.card.number}/${idea.card.slug}`);
  await reporter.page.locator(".idea-facts").getByRole("button", { name: "Report" }).click();
  const dialog = reporter.page.locator("dialog[open]");
  await dialog.getByLabel("Advertising or spam").check();
  await dialog.getByLabel("In your words").fill("He sells whisks.");
  await dialog.getByRole("button", { name: "Send the report" }).click();
  await reporter.page.getByText("Thank you. The moderators will look at it").waitFor();

  const moderator = await arrive(atelier, { caller: marie });
  await moderator.open("/desk");
  const item = moderator.page.locator(".case", { hasText: "Buy my whisks" });
  await item.waitFor();
  assert.match(await item.innerText(), /He sells whisks\./);
  await item.focus();
  await moderator.page.keyboard.press("h");
  await moderator.page.getByText("Hidden: Buy my whisks").waitFor();
  assert.equal(await item.count(), 0);
  await moderator.page.locator("h1").focus();
  // Taken back, and decided anew with a word.
  await moderator.page.getByRole("button", { name: "Undo" }).focus();
  await moderator.page.keyboard.press("Enter");
  await item.waitFor();
  await item.focus();
  await moderator.page.keyboard.press("w");
  await moderator.page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await moderator.page.keyboard.type("No selling here, please.");
  await moderator.page.keyboard.press("Control+Enter");
  await moderator.page.getByText("Warned, about: Buy my whisks").waitFor();

  const author = await arrive(atelier, { caller: ben });
  await author.open("/inbox");
  await author.page.getByText("No selling here, please.").waitFor();
  await reporter.open("/inbox");
  await reporter.page.getByText("We acted on it").waitFor();
  assert.ok(path);
}));

test("what is hidden is marked for its author, gone for others, and shown again by a moderator", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Hidden" });
  const idea = await ben.call("POST", `/boards/${board.slug}/ideas`, { title: "Not about bread" });
  const path = `/i/${idea.card.number}/${idea.card.slug}`;
  const decision = { subject: { kind: "idea", id: idea.card.id }, act: "hide", reason: "off_topic", words: "This is about bread." };
  await marie.call("POST", "/desk/decisions", decision);
  const author = await arrive(atelier, { caller: ben });
  await author.open(path);
  await author.page.getByText("Hidden, because it is off topic").waitFor();
  await author.page.getByText("This is about bread.").waitFor();
  // Nothing is offered that would be refused.
  assert.equal(await author.page.locator(".idea-acts, .talk-write").count(), 0);
  const other = await arrive(atelier, { caller: ada });
  other.allow(/status of 404/);
  assert.equal((await other.open(path)).status(), 404);
  const moderator = await arrive(atelier, { caller: marie });
  await moderator.open(path);
  await moderator.page.getByRole("button", { name: "Show again" }).click();
  await moderator.page.getByText("Hidden, because").waitFor({ state: "detached" });
  await moderator.page.locator(".idea-acts").waitFor();
  assert.equal((await other.open(path)).status(), 200);
}));

test("a first post waits, and stands once it is approved from the desk", scene(async (arrive) => {
  const { board, path } = await boardWithIdea(owner, { title: "Careful" });
  await owner.call("PATCH", `/boards/${board.slug}`, { holds_first: true });
  const eve = await join(owner, "customer", "Eve Newcomer");
  const moderator = await arrive(atelier, { caller: marie });
  await moderator.open("/desk");
  const said = await eve.call("POST", `/ideas/${number(path)}/comments`, { body: "Hello from a newcomer" });
  assert.equal(said.away, "held");
  const newcomer = await arrive(atelier, { caller: eve });
  await newcomer.open(path);
  await newcomer.page.getByText("It waits for a moderator").waitFor();
  const other = await arrive(atelier, { caller: ada });
  await other.open(path);
  assert.equal(await other.page.getByText("Hello from a newcomer").count(), 0);
  // The desk learns of it while it is open.
  const item = moderator.page.locator(".case", { hasText: "Hello from a newcomer" });
  await item.waitFor();
  await item.focus();
  await moderator.page.keyboard.press("k");
  await moderator.page.getByText("Kept: A loaf for two").waitFor();
  await other.page.getByText("Hello from a newcomer").waitFor();
  await newcomer.open("/inbox");
  await newcomer.page.getByText("What you wrote was approved").waitFor();
}));

test("who is suspended is told on the open page, and why when signing in", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Suspended" });
  const eve = await join(owner, "customer", "Eve Gone");
  const person = await arrive(atelier, { caller: eve });
  person.allow(/status of 401/, /status of 403/, /WebSocket/);
  await person.open(path);
  await person.page.locator(".concept.is-editing").waitFor();
  const { person: me } = await eve.call("GET", "/me");
  const suspender = await arrive(atelier, { caller: owner });
  await suspender.open("/admin/people");
  await suspender.page.getByLabel("Find by name").fill("Eve Gone");
  await suspender.page.getByLabel("Find by name").press("Enter");
  // The list as it was before may still be there.
  await suspender.page.getByLabel(/^Suspend /).nth(1).waitFor({ state: "detached" });
  await suspender.page.getByLabel("Suspend Eve Gone").click();
  await suspender.page.getByLabel("Why? They read it").first().fill("Too much advertising.");
  await suspender.page.getByRole("button", { name: "Suspend", exact: true }).first().click();
  await suspender.page.getByText("Too much advertising.").first().waitFor();
  assert.ok(me.id);
  await person.page.getByText(/signed out/i).first().waitFor();
  await person.open("/sign-in");
  await person.page.getByLabel("E-mail").fill(eve.email);
  await person.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await person.page.getByRole("button", { name: "Sign in" }).click();
  await person.page.getByText("This account is suspended.").waitFor();
  await person.page.getByText("Too much advertising.").waitFor();
  await suspender.open("/admin/audit");
  await suspender.page.locator(".audit li", { hasText: "Eve Gone" }).first().waitFor();
}));

// What an owner settles for the workspace, and what a visitor in another browser sees of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  return atelier;
});

const panel = (person, name) => person.page.getByRole("region", { name });
const save = (person, name) => panel(person, name).getByRole("button", { name: "Save" }).click();
const saved = (person) => person.page.getByText("Saved.", { exact: true }).waitFor();
const accent = (person) => person.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim());

test("a visitor sees the name, the colour and the logo an owner chose", scene(async (arrive) => {
  const one = await arrive(atelier, { caller: owner });
  await one.open("/admin");
  await panel(one, "Name and colour").getByLabel("Name of the workspace").fill("Chez Léon");
  await panel(one, "Name and colour").getByRole("radio", { name: "Ocean" }).check();
  await save(one, "Name and colour");
  await saved(one);
  await one.page.getByRole("banner").getByText("Chez Léon").waitFor();
  assert.equal(await accent(one), "#1d5fb8", "at once, without loading the page anew");
  const [chooser] = await Promise.all([one.page.waitForEvent("filechooser"), one.page.getByText("Choose a file").click()]);
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
  await chooser.setFiles({ name: "logo.png", mimeType: "image/png", buffer: png });
  await one.page.locator(".brand-logo").waitFor();

  const two = await arrive(atelier);
  await two.open("/");
  await two.page.getByRole("banner").getByText("Chez Léon").waitFor();
  assert.equal(await accent(two), "#1d5fb8");
  await two.page.locator(".brand-logo").waitFor();
  const dark = await arrive(atelier, { theme: "dark" });
  await dark.open("/");
  assert.notEqual(await accent(dark), "#1d5fb8", "in the dark it is lighter");

  // A colour that would be illegible as it is, and back.
  await panel(one, "Name and colour").getByRole("radio", { name: "Another one" }).check();
  await panel(one, "Name and colour").getByLabel("The other colour").fill("#ffee00");
  await save(one, "Name and colour");
  await one.page.waitForFunction(() => document.getElementById("accent")?.href.includes("ffee00"));
  await panel(one, "Name and colour").getByRole("radio", { name: "Terracotta" }).check();
  await save(one, "Name and colour");
  await one.page.waitForFunction(() => !document.getElementById("accent"));
  await panel(one, "Logo").getByRole("button", { name: "Remove it" }).click();
  await one.page.locator(".brand-mark").waitFor();
}));

test("a workspace of one language offers no other", scene(async (arrive) => {
  const one = await arrive(atelier, { caller: owner });
  await one.open("/admin");
  await panel(one, "Languages").getByRole("radio", { name: "French only" }).check();
  await save(one, "Languages");
  await one.page.getByRole("heading", { name: "Espace" }).waitFor();
  const two = await arrive(atelier, { locale: "en" });
  await two.open("/");
  assert.equal(await two.page.locator("html").getAttribute("lang"), "fr");
  assert.equal(await two.page.getByRole("link", { name: "English" }).count(), 0);
  await panel(one, "Langues").getByRole("radio", { name: /^Anglais et français/ }).check();
  // What was saved before is still said to be: the answer to this is waited for.
  const answered = one.page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await panel(one, "Langues").getByRole("button", { name: "Enregistrer" }).click();
  assert.ok((await answered).ok());
  await one.page.getByText("Enregistré.", { exact: true }).waitFor();
  const three = await arrive(atelier, { locale: "de" });
  await three.open("/");
  assert.equal(await three.page.locator("html").getAttribute("lang"), "en");
}));

test("who may sign up is said where one signs up", scene(async (arrive) => {
  await owner.call("PATCH", "/me", { locale: "en" });
  const one = await arrive(atelier, { caller: owner });
  await one.open("/admin");
  const joining = panel(one, "Who may join");
  await joining.getByRole("radio", { name: /^Certain e-mail domains/ }).check();
  await joining.getByText("Atelier does not check yet").waitFor();
  await joining.getByRole("textbox", { name: /^Domains/ }).fill("leon.example");
  await save(one, "Who may join");
  await saved(one);
  const two = await arrive(atelier);
  two.allow(/status of 422/);
  await two.open("/sign-up");
  await two.page.getByText("leon.example").waitFor();
  await two.page.getByLabel("Your name").fill("Zoé");
  await two.page.getByLabel("E-mail address").fill("zoe@example.org");
  await two.page.getByLabel("Password", { exact: true }).fill("a long password");
  await two.page.getByRole("button", { name: "Make my account" }).click();
  await two.page.getByText("cannot join by themselves here").waitFor();

  await joining.getByRole("radio", { name: /^By invitation/ }).check();
  await save(one, "Who may join");
  await one.page.waitForTimeout(500);
  const three = await arrive(atelier);
  await three.open("/sign-up");
  await three.page.getByText("Here people join by invitation").waitFor();
  assert.equal(await three.page.getByRole("link", { name: "Join in" }).count(), 0);
  await owner.call("PATCH", "/workspace", { sign_up: "open" });
}));

test("a moderator finds the people, and not the workspace", scene(async (arrive) => {
  const moderator = await join(owner, "moderator", "Mona Moderator");
  const one = await arrive(atelier, { caller: moderator });
  await one.open("/admin");
  await one.page.getByRole("heading", { name: "People", level: 1 }).waitFor();
  assert.equal(new URL(one.page.url()).pathname, "/admin/people");
  assert.equal(await one.page.getByRole("link", { name: "Workspace" }).count(), 0);
}));

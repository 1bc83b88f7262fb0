// The public pages are complete without JavaScript: their words, their links, and what a preview of a link shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { openWorkspace } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

const page = (name) => place.pages.find((page) => page.name === name).path;

/** The head's description of the page, as a preview reads it. */
async function head(person) {
  const meta = (selector) => person.page.locator(`head ${selector}`).first().getAttribute("content", { timeout: 2_000 });
  return {
    title: await person.page.title(),
    description: await meta('meta[name="description"]'),
    ogTitle: await meta('meta[property="og:title"]'),
    ogDescription: await meta('meta[property="og:description"]'),
    ogUrl: await meta('meta[property="og:url"]'),
  };
}

test("home, board and idea are whole", scene(async (arrive) => {
  const reader = await arrive(place.atelier, { javaScript: false });

  await reader.page.goto(page("home"));
  await reader.page.getByRole("link", { name: "Bread and mornings" }).first().waitFor();
  let told = await head(reader);
  assert.match(told.title, /Four & Co/);
  assert.ok(told.description && told.ogTitle && told.ogDescription, JSON.stringify(told));

  await reader.page.goto(page("board"));
  await reader.page.getByRole("heading", { name: "Bread and mornings", level: 1 }).waitFor();
  await reader.page.getByText("What to bake next").first().waitFor();
  told = await head(reader);
  assert.match(told.title, /Bread and mornings/);
  assert.match(told.description, /What to bake next/);

  await reader.page.getByRole("link", { name: "A loaf for two", exact: true }).first().click();
  await reader.page.getByRole("heading", { name: "A loaf for two", level: 1 }).waitFor();
  await reader.page.getByText("Half the size, the same crust.").first().waitFor();
  assert.equal(await reader.page.locator(".concept-body li").count(), 2, "Markdown is drawn");
  told = await head(reader);
  assert.match(told.title, /A loaf for two/);
  assert.match(told.ogTitle, /A loaf for two/);
  assert.match(told.ogDescription, /Half the size/);
  assert.match(told.ogUrl, /^https?:\/\/.+\/i\/1\/a-loaf-for-two$/);
}));

test("the canvas is a drawing, and a text with the same content", scene(async (arrive) => {
  const reader = await arrive(place.atelier, { javaScript: false });
  await reader.page.goto(page("canvas"));
  const outline = reader.page.getByRole("region", { name: "Outline" });
  await outline.getByRole("heading", { name: "On the wall" }).waitFor();
  for (const words of ["Half loaves at noon", "Who bakes on Sundays?", "Rye keeps until Monday"]) {
    await outline.getByText(words, { exact: true }).first().waitFor();
    await reader.page.locator(".canvas-drawing svg text", { hasText: words }).waitFor();
  }
  await outline.getByRole("link", { name: "Rye on Mondays" }).waitFor();
}));

test("nothing on a page waits for a script to be read", scene(async (arrive) => {
  const reader = await arrive(place.atelier, { javaScript: false });
  for (const name of ["home", "board", "pipeline", "canvas", "idea", "sign in", "sign up"]) {
    await reader.page.goto(page(name));
    const text = await reader.page.locator("main").innerText();
    assert.doesNotMatch(text, /One moment…/, name);
    assert.ok((await reader.page.locator("main h1").innerText()).trim(), name);
  }
}));

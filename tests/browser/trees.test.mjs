// What a screen reader meets on the main pages, as a tree kept beside this file: a change of it is made on purpose, with
// ATELIER_UPDATE_TREES=1.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { openWorkspace, ready } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

const FOLDER = join(import.meta.dirname, "trees");
const MAIN = [
  "home", "home signed in", "boards", "board", "pipeline", "pipeline to move in", "canvas", "canvas to write on", "canvas to lead on", "propose", "idea", "idea to write in", "idea to the team", "inbox", "roadmap", "news", "desk",
];

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

/** The tree without what differs from one time to the next: when, and where links lead. */
const lasting = (tree) =>
  tree
    .split("\n")
    .filter((line) => !/^\s*- \/url:/.test(line))
    .join("\n")
    .replaceAll(/just now|à l’instant|\d+ (minutes?|hours?|days?) ago|in \d+ (minutes?|hours?|days?)|yesterday|tomorrow|(il y a )?(< ?)?\d+ min( ago)?/g, "WHEN");

/** Pages whose tree is kept in French too. */
const FRENCH = ["pipeline to move in", "canvas to lead on"];

for (const [name, locale] of [...MAIN.map((name) => [name, "en-GB"]), ...FRENCH.map((name) => [name, "fr-FR"])]) {
  const inFrench = locale === "fr-FR";
  test(`the tree of a page: ${name}${inFrench ? ", in French and in the dark" : ""}`, scene(async (arrive) => {
    const { path, as, writes, canvas } = place.pages.find((page) => page.name === name);
    const person = await arrive(place.atelier, { locale, theme: inFrench ? "dark" : "light", caller: as });
    await person.open(path);
    await ready(person, { writes, canvas });
    await person.page.waitForLoadState("networkidle");
    const file = join(FOLDER, `${name.replaceAll(" ", "-")}${inFrench ? ".fr" : ""}.yml`);
    const tree = `${lasting(await person.page.locator("body").ariaSnapshot())}\n`;
    if (process.env.ATELIER_UPDATE_TREES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, tree);
    }
    assert.ok(existsSync(file), `${file} is missing: run with ATELIER_UPDATE_TREES=1 and look at it`);
    assert.equal(tree, readFileSync(file, "utf8"), "see the head of this file for how to accept a change");
  }));
}

// Looks at every page in some ways, and lets axe find nothing on any of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { scene, staying } from "./browser.mjs";
import { openWorkspace, ready } from "./pages.mjs";
import { stage } from "./stage.mjs";

/** All pages are more than one scene takes: so many scenes share them. */
const PARTS = 3;

/** Declares the tests of these looks: each a language, a theme and the size of a window. */
export function nothingInTheWay(looks) {
  let place;
  stage(async () => {
    place = await openWorkspace();
    return place;
  });
  for (const look of looks) {
    for (let part = 0; part < PARTS; part++) {
      const { locale, theme, viewport } = look;
      test(`nothing stands in anybody's way: ${locale}, ${theme}, ${viewport.width} px, ${part + 1} of ${PARTS}`, scene(async (arrive) => {
        const pages = place.pages.filter((_, at) => at % PARTS === part);
        assert.deepEqual(await walk(arrive, place, pages, look), []);
      }));
    }
  }
}

/** What is wrong with these pages. Who sees several of them opens one after the other, as people do. */
async function walk(arrive, place, pages, look) {
  const found = [];
  const who = staying(arrive, place.atelier, look);
  for (const { name, path, as, writes, canvas, status = 200 } of pages) {
    const person = await who(as);
    const answer = await person.open(path);
    await ready(person, { writes, canvas }).catch(() => found.push(`${name}: it did not come alive`));
    for (const problem of await violations(person.page)) found.push(`${name}: ${problem}`);
    const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) found.push(`${name}: ${wide} px wider than the screen`);
    if (answer.status() !== status) found.push(`${name}: it answered ${answer.status()}`);
    const expected = status === 200 ? /^$/ : new RegExp(`status of ${status}`);
    for (const problem of person.takeProblems()) if (!expected.test(problem)) found.push(`${name}: ${problem}`);
  }
  return found;
}

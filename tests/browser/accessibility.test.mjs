// axe finds nothing on any page: in both languages, both themes, on a phone and at a desk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./lib/axe.mjs";
import { DESK, PHONE, scene } from "./lib/browser.mjs";
import { openWorkspace, ready } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

const LOOKS = [
  { locale: "en-GB", theme: "light", viewport: DESK },
  { locale: "fr-FR", theme: "dark", viewport: DESK },
  { locale: "fr-FR", theme: "light", viewport: PHONE },
  { locale: "en-GB", theme: "dark", viewport: PHONE },
];

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

/** Every other page at a time: all of them are more than one scene takes. */
const HALVES = [0, 1];

for (const [look, half] of LOOKS.flatMap((look) => HALVES.map((half) => [look, half]))) {
  const { locale, theme, viewport } = look;
  test(`nothing stands in anybody's way: ${locale}, ${theme}, ${viewport.width} px, ${half + 1} of ${HALVES.length}`, scene(async (arrive) => {
    const found = [];
    const pages = place.pages.filter((_, at) => at % HALVES.length === half);
    for (const { name, path, as, writes, canvas, status = 200 } of pages) {
      const person = await arrive(place.atelier, { ...look, caller: as });
      if (status !== 200) person.allow(new RegExp(`status of ${status}`));
      const answer = await person.open(path);
      if (answer.status() !== status) person.allow(new RegExp(`status of ${answer.status()}`));
      await ready(person, { writes, canvas }).catch(() => found.push(`${name}: it did not come alive`));
      for (const problem of await violations(person.page)) found.push(`${name}: ${problem}`);
      const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${name}: ${wide} px wider than the screen`);
      for (const problem of person.problems()) found.push(`${name}: ${problem}`);
      person.allow(/./);
      await person.leave();
    }
    assert.deepEqual(found, []);
  }));
}

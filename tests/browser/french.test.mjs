// On a French page every word is French: each text the reader sees or hears is one of the French texts, or something
// that people wrote themselves.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scene, staying } from "./lib/browser.mjs";
import { openWorkspace, ready } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

const texts = (locale) => {
  const sections = JSON.parse(readFileSync(join(import.meta.dirname, `../../app/locales/${locale}.json`), "utf8"));
  return Object.values(sections).flatMap((section) => Object.values(section));
};
const FRENCH = texts("fr");
const HOLE = /\{\{.*?\}\}/;

/** A text as it stands on a page: spaces of every kind are one. */
const plain = (text) => text.replaceAll(/\s+/gu, " ").trim();

/** What a text says between its holes: words that go around something stand in pieces of their own. */
const PIECES = new Set(FRENCH.flatMap((text) => text.split(new RegExp(HOLE, "g"))).map(plain));
/** Texts with something in them, whole. */
const WHOLE = FRENCH.filter((text) => HOLE.test(text)).map((text) => {
  const parts = plain(text).split(new RegExp(HOLE, "g")).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.*)").replaceAll(" (.*) ", " ?(.*) ")}$`, "su");
});
/** Lists in a text, such as the months. */
const WORDS = new Set(FRENCH.flatMap((text) => text.split(" ")));

/** Keys behind what they do. */
const KEYS = /(^| \()(Ctrl|⌘)[^)]*\)?$| \([A-Z]\)$/u;
/** What stands between the parts of a label; each may be a list. */
const PARTS = / [·—|] /;
const LIST = /, /;
/** What is no language's: numbers, times, marks, addresses. */
const NEUTRAL = /^[\d\s\p{P}\p{S}]*$|^(https?:\/\/|\/)\S*$|^@[\w-]+$|^\S+@\S+$/u;

/** The texts of a page, shown at once or later, seen or heard, each with where it stands. */
const collect = () => {
  const found = [];
  const theirs = "[lang]:not(html), .bench b, .bench .face, .concept-view, .cm-editor, .ink, .history-now span";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest(`script, style, template, noscript, ${theirs}`)) continue;
    found.push([walker.currentNode.data, parent.className || parent.tagName]);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest("[lang]:not(html)")) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const text = element.getAttribute(name);
      if (text) found.push([text, `${name} of ${element.className || element.tagName}`]);
    }
  }
  return found;
};

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

/** What the people of the small workspace wrote themselves, on every page of it. */
function theirs() {
  const written = new Set(place.words.map(plain));
  const isTheirs = (text) => written.has(text);
  const isFrench = (text) => {
    if (NEUTRAL.test(text) || PIECES.has(text) || isTheirs(text)) return true;
    return WHOLE.some((whole) => {
      const match = text.match(whole);
      return match && match[0] !== match[1] && match.slice(1).every((hole) => isKnown(plain(hole)));
    });
  };
  // What stands in a hole: something written, a French text, a number or a date.
  const isKnown = (text) => isFrench(text) || text.split(" ").every((word) => NEUTRAL.test(word) || WORDS.has(word));
  return (text) => isFrench(text) || text.split(" ").every((word) => NEUTRAL.test(word) || /^\d+(er)?$/.test(word) || MONTHS.has(word));
}
const MONTHS = new Set([...FRENCH.find((text) => text.startsWith("janvier")).split(" "), "le", "à"]);

// All pages are more than one scene takes.
for (const half of [0, 1]) test(`no other language stands on a French page, ${half + 1} of 2`, scene(async (arrive) => {
  const known = theirs();
  const isLabel = (part) => known(plain(part)) || part.split(LIST).every((one) => known(plain(one)));
  const foreign = [];
  const who = staying(arrive, place.atelier, { locale: "fr-FR" });
  const people = new Set(place.pages.map(({ as }) => as).filter(Boolean));
  for (const person of people) await person.call("PATCH", "/me", { locale: "fr" });
  for (const { name, path, as, writes, canvas } of place.pages.filter((_, at) => at % 2 === half)) {
    const person = await who(as);
    person.allow(/status of/);
    await person.open(path);
    await ready(person, { writes, canvas });
    assert.equal(await person.page.locator("html").getAttribute("lang"), "fr", name);
    const title = await person.page.title();
    for (const [text, where] of [[title, "title"], ...(await person.page.evaluate(collect))]) {
      const whole = plain(text);
      const said = plain(whole.replace(KEYS, ""));
      if (said && !known(whole) && !known(said) && !said.split(PARTS).every(isLabel)) foreign.push(`${name}: “${said}” (${where})`);
    }
  }
  assert.deepEqual([...new Set(foreign)], []);
}));

test("the check would find an English word", () => {
  place.words.push("Ada");
  const known = theirs();
  for (const text of ["Save", "Hello Ada", "3 votes"]) assert.ok(!known(plain(text)), text);
  for (const text of ["Bonjour Ada", "3 voix"]) assert.ok(known(plain(text)), text);
});

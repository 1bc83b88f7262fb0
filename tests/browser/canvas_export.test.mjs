// What is on a canvas is taken away whole: as a drawing with every word, and as a picture.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { addPicture, boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada;

stage(async () => ({ atelier, owner, ada } = await openHouse()));

/** What a canvas is taken away as. */
async function take(canvas, name) {
  await canvas.page.getByRole("button", { name: "Take away" }).click();
  const [download] = await Promise.all([canvas.page.waitForEvent("download"), canvas.page.getByRole("button", { name }).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** A text without what only separates its words. */
const tight = (text) => text.replaceAll(/\s+/g, "");

test("the drawing of a canvas holds every word and every thing on it, and the picture shows them", scene(async (arrive) => {
  const board = await boardFor(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf for two & one" });
  const picture = await addPicture(ada, board);
  await lay(ada, board, {
    groups: { g: { title: "Breads <of> the week", x: 0, y: 0, w: 480, h: 240 }, h: { title: "Mornings", x: 0, y: 300, w: 480, h: 240 } },
    notes: {
      rye: { text: "Rye & oats", x: 20, y: 60, group: "g", colour: "leaf" },
      bold: { text: "A <b>bold</b> claim\n\nin two paragraphs", x: 250, y: 60, group: "g" },
      spice: { text: "Pain d’épices 🍞 \"maison\"", x: 560, y: 60, colour: "rose" },
      long: { text: "x".repeat(300), x: 560, y: 300 },
      prose: { text: "What keeps until Monday keeps everybody content. ".repeat(20).trim(), x: 900, y: 300 },
      none: { text: "", x: 20, y: 360 },
    },
    cards: { [idea.card.id]: { x: 20, y: 600 } },
    pictures: { p: { picture, alt: "A loaf, cut in two", x: 900, y: 0, w: 200, h: 200 } },
    links: { l: { from: "notes/rye", to: "notes/spice" }, m: { from: "groups/g", to: "notes/prose" } },
  });
  const [one] = await together(arrive, atelier, board, ada);
  await one.item("Rye & oats").waitFor();
  const drawing = await take(one, /SVG/);
  assert.equal(drawing.name, `${board.slug}.svg`);
  const found = await one.page.evaluate((drawing) => {
    const parsed = new DOMParser().parseFromString(drawing, "image/svg+xml");
    const all = (selector) => [...parsed.querySelectorAll(selector)];
    const lines = (text) => [...text.querySelectorAll("tspan")].map((line) => line.textContent).join("\n");
    return {
      wrong: parsed.querySelector("parsererror")?.textContent,
      size: ["width", "height"].map((side) => Number(parsed.documentElement.getAttribute(side))),
      notes: all("svg > g").map((note) => ({ title: note.querySelector("title").textContent, words: lines(note.querySelector("text")) })),
      makers: all("svg > g > text:last-child").map((text) => text.textContent),
      others: all("svg > text").map((text) => text.textContent),
      images: all("image").map((image) => ({ href: image.getAttribute("href"), alt: image.textContent })),
      links: all("path").length,
      wants: all("[href], [src], style, script").filter((one) => !(one.getAttribute("href") ?? "").startsWith("data:")).length,
    };
  }, drawing.bytes.toString());
  assert.equal(found.wrong, undefined);
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  const texts = Object.values(canvas.notes).map(({ text }) => text).sort();
  assert.deepEqual(found.notes.map(({ title }) => title).sort(), texts);
  assert.deepEqual(found.notes.map(({ words }) => tight(words)).sort(), texts.map(tight).sort(), "every word is drawn");
  assert.ok(found.notes.some(({ words }) => words.replaceAll(/\s+/g, " ") === "A <b>bold</b> claim in two paragraphs"));
  assert.deepEqual(new Set(found.makers), new Set(["Ada Lovelace"]));
  for (const words of ["Breads <of> the week", "Mornings", "A loaf for two & one"]) assert.ok(found.others.includes(words), words);
  assert.equal(found.images.length, 1);
  assert.match(found.images[0].href, /^data:image\/\w+;base64,.{40}/);
  assert.equal(found.images[0].alt, "A loaf, cut in two");
  assert.equal(found.links, Object.keys(canvas.links).length);
  assert.equal(found.wants, 0, "it asks for nothing from anywhere");
  const page = await one.person.context.newPage();
  await page.setContent(drawing.bytes.toString());
  const { width, height } = await page.locator("svg").boundingBox();
  assert.deepEqual([width, height], found.size);
  await page.close();

  const painted = await take(one, /PNG/);
  assert.equal(painted.name, `${board.slug}.png`);
  const seen = await one.page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data: dots } = pen.getImageData(0, 0, image.width, image.height);
    const colours = new Map();
    for (let at = 0; at < dots.length; at += 4) {
      const colour = `${dots[at]} ${dots[at + 1]} ${dots[at + 2]}`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    const of = (colour) => (colours.get(colour) ?? 0) / (image.width * image.height);
    return { size: [image.width, image.height], colours: colours.size, most: Math.max(...colours.values()) / (image.width * image.height), amber: of("255 230 156"), leaf: of("214 240 195"), rose: of("255 211 218") };
  }, painted.bytes.toString("base64"));
  assert.deepEqual(seen.size, found.size.map((side) => side * 2));
  assert.ok(seen.colours > 50, `${seen.colours} colours`);
  assert.ok(seen.most < 0.9);
  // The papers of the notes are seen, each in its colour.
  assert.ok(seen.amber > 0.03 && seen.leaf > 0.01 && seen.rose > 0.01, JSON.stringify(seen));
}));

test("a canvas with nothing on it is taken away as well", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, atelier, board, ada);
  const { bytes } = await take(one, /SVG/);
  assert.match(bytes.toString(), /^<svg [^>]*><title>Atelier du matin<\/title>.*<\/svg>$/s);
}));

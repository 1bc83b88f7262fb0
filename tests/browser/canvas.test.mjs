// A canvas by itself: what is done on it while there is no connection, and what is brought to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { PNG, agreed, boardFor, openHouse, together } from "./lib/canvas.mjs";
import { eventually, waiting } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => ({ atelier, owner, ada, ben } = await openHouse()));

test("what is done offline is kept, said to be, and arrives when back; also from a tab that is gone", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  one.person.allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await one.person.context.setOffline(true);
  await one.note("From the train");
  await one.state("offline");
  await two.note("From the shop");
  await one.person.context.setOffline(false);
  await one.saved();
  await two.item("From the train").waitFor();
  await agreed(one, two);
  await one.person.context.setOffline(true);
  await one.note("From the tunnel");
  await one.state("offline");
  await one.page.locator(".saving", { hasText: "kept on this device" }).waitFor();
  await eventually(async () => assert.ok((await waiting(one.page)) > 0));
  await one.page.close({ runBeforeUnload: false });
  await one.person.context.setOffline(false);
  const page = await one.person.context.newPage();
  await page.goto(`${atelier.url}/b/${board.slug}/canvas`);
  await page.locator(".canvas-item", { hasText: "From the tunnel" }).waitFor();
  await two.item("From the tunnel").waitFor();
  await eventually(async () => assert.equal(await waiting(page), 0));
}));

test("a picture is put on the canvas and asked what it shows", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  await one.page.locator(".canvas-tools input[type=file]").setInputFiles({ name: "loaf.png", mimeType: "image/png", buffer: PNG });
  await one.page.locator(".canvas-alt .canvas-field").waitFor();
  await one.page.keyboard.type("A loaf, cut in two");
  await one.page.keyboard.press("Enter");
  const image = two.page.locator('.canvas-stage img[alt="A loaf, cut in two"]');
  await image.waitFor();
  await eventually(async () => assert.ok(await image.evaluate((image) => image.naturalWidth > 0)));
}));

// Pictures in ideas and in what is said about them: pasted and dropped, described, seen by others, and refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { drop, NOTE, page as htmlPage, paste, photograph } from "./lib/files.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

/** What a picture in the page really is: its size, and whether anything the camera noted is in its bytes. */
const looked = (image, note) =>
  image.evaluate(async (image, note) => {
    await image.decode();
    const blob = await (await fetch(image.getAttribute("src").split("?")[0])).blob();
    const text = new TextDecoder("latin1").decode(await blob.arrayBuffer());
    const { width, height } = await createImageBitmap(blob);
    return { width, height, noted: text.includes(note) || text.includes("Exif") };
  }, note);

async function ready(person, path) {
  await person.open(path);
  const concept = new Concept(person);
  await concept.ready();
  return concept;
}

test("a picture pasted into an idea is there for both, upright, without what the camera noted", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Ovens", idea: { body: "An oven of our own." } });
  const [one, two] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben })];
  // The other may ask before the server has seen where the picture is; then asks again.
  two.allow(/status of 404/);
  const [mine, theirs] = [await ready(one, path), await ready(two, path)];
  await mine.editor("body").click();
  await paste(mine.editor("body"), photograph());
  const picture = one.page.locator(".concept-editor .md-picture img");
  await picture.waitFor();
  assert.deepEqual(await looked(picture, NOTE), { width: 800, height: 1200, noted: false });
  const seen = two.page.locator(".concept-editor .md-picture img");
  await eventually(async () => assert.equal((await looked(seen, NOTE)).height, 1200));
  // The other goes on writing meanwhile, and both texts are one.
  await theirs.append("body", "\n\nAnd a shelf.");
  await one.page.getByLabel("What the picture shows").fill("The oven of [the] mill");
  await one.page.getByLabel("What the picture shows").press("Enter");
  await eventually(async () => assert.match(await theirs.text("body"), /!\[The oven of \\\[the\\\] mill\]\(\/pictures\/\S+\/800x1200\)/));
  await eventually(async () => assert.equal(await seen.getAttribute("alt"), "The oven of [the] mill"));
  assert.match(await mine.text("body"), /And a shelf\./);
  await mine.saved();

  // Who only reads gets it with room kept for it, once they get there.
  const reader = await arrive(atelier);
  await eventually(async () => {
    await reader.open(path);
    const image = reader.page.locator(".concept-body img");
    assert.equal(await image.count(), 1);
    for (const [name, value] of Object.entries({ width: "800", height: "1200", loading: "lazy", alt: "The oven of [the] mill" })) {
      assert.equal(await image.getAttribute(name), value);
    }
    assert.equal((await looked(image, NOTE)).noted, false);
  });
}));

test("what is no picture is refused in the editor with a sentence, and nothing is lost", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Refusals", idea: { body: "Words." } });
  const one = await arrive(atelier, { caller: ada });
  one.allow(/status of 415/);
  const concept = await ready(one, path);
  await concept.editor("body").click();
  await drop(concept.editor("body"), htmlPage());
  const refused = one.page.locator(".sending.is-refused");
  await refused.waitFor();
  assert.match(await refused.innerText(), /notes\.html: This is no picture we can read\./);
  assert.equal(await concept.text("body"), "Words.");
  await refused.getByRole("button", { name: "Try again" }).click();
  await refused.waitFor();
  await refused.getByRole("button", { name: "Leave it out" }).click();
  await refused.waitFor({ state: "detached" });
  await concept.append("body", " More.");
  await eventually(async () => assert.equal(await concept.text("body"), "Words. More."));
}));

test("a connection that fails keeps the picture, to be sent again", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Trains" });
  const one = await arrive(atelier, { caller: ada });
  one.allow(/ERR_FAILED/);
  const concept = await ready(one, path);
  await one.page.route("**/pictures", (route) => route.abort());
  await concept.editor("body").click();
  await paste(concept.editor("body"), photograph());
  const refused = one.page.locator(".sending.is-refused");
  await refused.waitFor();
  assert.match(await refused.innerText(), /IMG_2041\.jpg: The server cannot be reached/);
  await one.page.unroute("**/pictures");
  await refused.getByRole("button", { name: "Try again" }).click();
  await one.page.locator(".concept-editor .md-picture img").waitFor();
}));

test("a picture goes into a comment by drop and by paste, and others see it live", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Talk with pictures" });
  const [one, two] = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben })];
  one.allow(/status of 415/);
  await one.open(path);
  await two.open(path);
  const area = one.page.getByLabel("Your comment");
  await one.page.locator(".attach-add button:enabled").waitFor();
  await one.page.waitForTimeout(500);
  await area.fill("Like this one:");
  await drop(area, photograph());
  const described = one.page.getByLabel("What the picture shows");
  await described.waitFor();
  assert.match(await area.inputValue(), /^Like this one:\n\n!\[\]\(\/pictures\/\S+\/800x1200\)\n$/);
  await described.fill("A round loaf");
  await area.focus();
  assert.match(await area.inputValue(), /!\[A round loaf\]\(/);
  await paste(area, htmlPage());
  await one.page.locator(".sending.is-refused").waitFor();
  assert.ok(await one.page.getByRole("button", { name: "Comment", exact: true }).getAttribute("aria-busy"));
  await one.page.getByRole("button", { name: "Leave it out" }).click();
  await one.page.getByRole("button", { name: "Comment", exact: true }).click();
  const seen = two.page.locator(".said img");
  await seen.waitFor();
  assert.equal(await seen.getAttribute("alt"), "A round loaf");
  assert.deepEqual(await looked(seen, NOTE), { width: 800, height: 1200, noted: false });
  await eventually(async () => assert.equal(await one.page.locator(".attached").count(), 0));

  // Taken out of the text again, it is out of the row too.
  await one.page.getByRole("button", { name: "Edit" }).click();
  await one.page.locator(".talk-edit .attached").waitFor();
  await one.page.locator(".talk-edit").getByRole("button", { name: "Take out" }).click();
  await one.page.locator(".talk-edit").getByRole("button", { name: "Save" }).click();
  await seen.waitFor({ state: "detached" });
}));

test("an idea is proposed with a picture, which survives leaving the page", scene(async (arrive) => {
  const { board } = await boardWithIdea(owner, { title: "Proposals" });
  const one = await arrive(atelier, { caller: ada });
  await one.open(`/b/${board.slug}/propose`);
  await one.page.locator(".attach-add button:enabled").waitFor();
  await one.page.waitForTimeout(500);
  await one.page.getByLabel("Your idea in one line").fill("A bench before the shop");
  const [chooser] = await Promise.all([
    one.page.waitForEvent("filechooser"),
    one.page.getByRole("button", { name: "Add a picture" }).click(),
  ]);
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
  await chooser.setFiles({ name: "bench.png", mimeType: "image/png", buffer: png });
  await one.page.locator(".attached").waitFor();
  await one.page.reload();
  await one.page.locator(".attached img").waitFor();
  await one.page.getByRole("button", { name: "Propose it" }).click();
  await one.page.waitForURL(/\/i\/\d+\//);
  await one.page.locator(".md-picture img, .concept-body img").first().waitFor({ state: "attached" });
}));

test("a picture of another site is a link, and is never asked for", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Elsewhere", idea: { body: "![A pixel](https://example.org/pixel.gif)" } });
  const reader = await arrive(atelier);
  await reader.open(path);
  assert.equal(await reader.page.locator(".concept-body img").count(), 0);
  await reader.page.getByRole("link", { name: "A pixel" }).waitFor();
  const writer = await arrive(atelier, { caller: ada });
  await ready(writer, path);
  assert.equal(await writer.page.locator(".concept-editor img").count(), 0);
}));

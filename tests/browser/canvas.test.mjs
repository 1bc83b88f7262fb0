// People on one canvas: by hand and by keys, at once and offline, within what each may do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { Canvas, agreed, boardFor } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, cleo;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  cleo = await join(owner, "researcher", "Cléo Martin");
  return atelier;
});

/** Each of these callers before the canvas of one board. */
async function together(arrive, board, ...callers) {
  const people = [];
  for (const caller of callers) people.push(await arrive(atelier, { caller }));
  const canvases = people.map((person) => new Canvas(person));
  await Promise.all(canvases.map((canvas) => canvas.open(board.slug)));
  return canvases;
}

test("three people type and drag at once, see each other, and end with the same canvas", scene(async (arrive) => {
  const board = await boardFor(owner);
  const all = await together(arrive, board, ada, ben, cleo);
  const [one, two, three] = all;
  await one.paste("- Rye bread\n- Oat bread\n- Corn bread\n- Nut bread\n- Spelt bread\n- Plain bread");
  for (const canvas of all) await canvas.item("Plain bread").waitFor();
  for (const canvas of all) {
    await canvas.page.keyboard.press("Escape");
    await canvas.stage.focus();
    await canvas.page.keyboard.press("f");
  }
  await Promise.all([
    one.drag(one.item("Rye bread"), -60, 90, { steps: 20 }),
    two.drag(two.item("Corn bread"), 120, 60, { steps: 20 }),
    (async () => {
      await three.note("What nobody bakes yet");
      await three.drag(three.item("Spelt bread"), 40, 120, { steps: 20 });
    })(),
  ]);
  // Two hands on one note: one of them has the last word, everywhere the same.
  await Promise.all([one.drag(one.item("Nut bread"), 90, 40), two.drag(two.item("Nut bread"), -90, 80)]);
  await Promise.all(all.map((canvas) => canvas.saved()));
  const whole = await agreed(...all);
  assert.equal(Object.keys(whole).length, 7);
  // Each sees where the others point, by their names.
  for (const [at, canvas] of all.entries()) {
    for (const name of ["Ada Lovelace", "Ben Okri", "Cléo Martin"].filter((_, other) => other !== at)) {
      await canvas.page.locator(".canvas-cursor-name", { hasText: name }).waitFor({ state: "attached" });
    }
  }
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  assert.deepEqual(await agreed(one, two, three), whole);
}));

test("two write in one note, and both stand", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, owner, owner);
  await one.note("Croissant");
  await two.item("Croissant").dblclick();
  const [hers, his] = [one, two].map((canvas) => canvas.page.locator(".canvas-field"));
  await one.item("Croissant").dblclick();
  await Promise.all([hers, his].map((field) => field.waitFor()));
  await one.page.keyboard.press("Home");
  await two.page.keyboard.press("End");
  await Promise.all([
    one.page.keyboard.type("Warm ", { delay: 30 }),
    two.page.keyboard.type(" at seven", { delay: 30 }),
  ]);
  await eventually(async () => {
    assert.equal(await hers.inputValue(), "Warm Croissant at seven");
    assert.equal(await his.inputValue(), "Warm Croissant at seven");
  });
  await one.page.keyboard.press("Escape");
  await two.page.keyboard.press("Escape");
  await agreed(one, two);
}));

test("while somebody drags, the others see it move, and it stays where it is dropped", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, ada, ben);
  await one.note("Brioche");
  await two.item("Brioche").waitFor();
  const before = await two.spot(two.item("Brioche"));
  await one.drag(one.item("Brioche"), 160, 100, { steps: 10, drop: false });
  await eventually(async () => assert.ok((await two.spot(two.item("Brioche"))).x > before.x + 100));
  await one.page.mouse.up();
  await one.saved();
  await agreed(one, two);
  assert.ok((await two.spot(two.item("Brioche"))).x > before.x + 100);
}));

test("who may not move it is told why, and the note is back in place", scene(async (arrive) => {
  const board = await boardFor(owner, { editing: "staff" });
  const [staff, customer] = await together(arrive, board, cleo, ada);
  await staff.note("Not yours");
  await customer.item("Not yours").waitFor();
  const before = await customer.spot(customer.item("Not yours"));
  await customer.drag(customer.item("Not yours"), 150, 60);
  await customer.page.locator(".toast", { hasText: "This note is somebody else’s: only they and moderators may change or remove it." }).waitFor();
  await eventually(async () => assert.deepEqual(await customer.spot(customer.item("Not yours")), before));
  await customer.page.keyboard.press("Delete");
  await customer.item("Not yours").dblclick();
  assert.equal(await customer.page.locator(".canvas-field").count(), 0);
  // One's own one may.
  await customer.note("Mine");
  await staff.item("Mine").waitFor();
  await customer.drag(customer.item("Mine"), 100, 60);
  await customer.saved();
  await agreed(staff, customer);
  assert.deepEqual(await staff.spot(staff.item("Not yours")), before);
}));

test("what a moderator locks stays where it is, until it is unlocked", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [tidy, customer] = await together(arrive, board, owner, ada);
  await customer.note("The question");
  await customer.saved();
  await tidy.item("The question").click();
  await tidy.page.getByRole("toolbar", { name: "What is selected" }).getByRole("button", { name: "Lock" }).click();
  await customer.page.locator(".canvas-lock").waitFor();
  const before = await customer.spot(customer.item("The question"));
  await customer.drag(customer.item("The question"), 150, 60);
  await customer.page.locator(".toast", { hasText: "This note is locked: only moderators may change it." }).waitFor();
  await eventually(async () => assert.deepEqual(await customer.spot(customer.item("The question")), before));
  assert.equal(await customer.page.getByRole("button", { name: "Lock" }).count(), 0);
  await tidy.page.getByRole("toolbar", { name: "What is selected" }).getByRole("button", { name: "Unlock" }).click();
  await customer.page.locator(".canvas-lock").waitFor({ state: "detached" });
  await customer.drag(customer.item("The question"), 150, 60);
  await customer.saved();
  assert.notDeepEqual(await customer.spot(customer.item("The question")), before);
}));

test("a right that goes takes its hand from the canvas, and words are kept", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, ada, cleo);
  await two.note("Theirs");
  await one.item("Theirs").waitFor();
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  const before = await one.spot(one.item("Theirs"));
  await eventually(async () => {
    await one.drag(one.item("Theirs"), 120, 40);
    await one.page.locator(".toast", { hasText: "somebody else’s" }).waitFor({ timeout: 1_000 });
  });
  await eventually(async () => assert.deepEqual(await two.spot(two.item("Theirs")), await one.spot(one.item("Theirs"))));
  assert.ok(before);
}));

test("by keys alone: a note, its words, its place, a link, a group, and gone again", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, board, ada);
  const { page } = one;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await one.stage.focus();
  await press("n");
  await page.keyboard.type("First");
  await press("Control+Enter");
  await page.keyboard.type("Second");
  await press("Escape");
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await eventually(async () => assert.match(await focused(), /Second/));
  await press("ArrowLeft");
  await eventually(async () => assert.match(await focused(), /First/));
  const before = await one.spot(one.item("First"));
  await press("Alt+ArrowDown", "Alt+ArrowDown", "Alt+Shift+ArrowDown");
  await eventually(async () => assert.equal((await one.spot(one.item("First"))).y, before.y + 56));
  await page.locator("[role=status]", { hasText: "Moved down" }).waitFor({ state: "attached" });
  // Linked by keys: this one, and the one beside it.
  await press("l", "ArrowRight");
  await eventually(async () => assert.match(await focused(), /Second/));
  await press("Enter");
  await page.locator(".canvas-link").waitFor({ state: "attached" });
  await eventually(async () => assert.match(await one.item("Second").getAttribute("aria-label"), /linked to Note: First/));
  await press("Control+a", "g");
  await page.keyboard.type("Both");
  await press("Enter");
  await page.locator(".canvas-group-title", { hasText: "Both" }).waitFor();
  await eventually(async () => assert.match(await one.item("Second").getAttribute("aria-label"), /in Both/));
  await one.item("Second").focus();
  await press("Escape", "Enter");
  await page.locator(".canvas-field").waitFor();
  await page.keyboard.type("Second, said better");
  await press("Escape");
  await one.item("said better").waitFor();
  await press("Space", "Space", "Delete");
  await one.item("said better").waitFor({ state: "detached" });
  // Taken back, and done again.
  await press("Control+z");
  await one.item("said better").waitFor();
  await press("Control+Shift+z");
  await one.item("said better").waitFor({ state: "detached" });
  await one.saved();
  const view = await ada.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual(Object.values(view.canvas.notes).map((note) => note.text), ["First"]);
  assert.deepEqual(view.canvas.links, {});
}));

test("a list that is pasted makes a note of each line; an arrangement is put up and lined up", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, board, ada);
  const { page } = one;
  await page.getByRole("button", { name: /I like, I wish, what if/ }).click();
  await page.locator(".canvas-group-title", { hasText: "I wish" }).waitFor();
  assert.equal(await page.locator('.canvas-item[data-kind="groups"]').count(), 3);
  await one.paste("1. Open earlier\n2) Smaller loaves\n[ ] Less sugar\n\n• Tea");
  for (const words of ["Open earlier", "Smaller loaves", "Less sugar", "Tea"]) await one.item(words).first().waitFor();
  await page.getByRole("button", { name: "Line up" }).click();
  await page.getByRole("button", { name: "Left edges" }).click();
  await one.saved();
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  const notes = Object.values(canvas.notes);
  assert.deepEqual(notes.map((note) => note.text).sort(), ["Less sugar", "Open earlier", "Smaller loaves", "Tea"]);
  assert.equal(new Set(notes.map((note) => note.spot.x)).size, 1);
}));

test("a note dropped on a group is in it, and goes where it goes", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, ada, ben);
  const { page } = one;
  await one.stage.focus();
  await page.keyboard.press("g");
  await page.keyboard.type("Breads");
  await page.keyboard.press("Enter");
  const group = page.locator('.canvas-item[data-kind="groups"]');
  const { x, y, width } = await group.boundingBox();
  await page.mouse.dblclick(x + width + 60, y - 30);
  await page.keyboard.type("Rye");
  await page.keyboard.press("Escape");
  const [nx, ny] = await one.middle(one.item("Rye"));
  await one.drag(one.item("Rye"), x + width / 2 - nx, y + 140 - ny);
  await eventually(async () => assert.match(await one.item("Rye").getAttribute("aria-label"), /in Breads/));
  const before = await one.spot(one.item("Rye"));
  await page.mouse.move(x + 30, y + 20);
  await page.mouse.down();
  await page.mouse.move(x - 50, y + 70, { steps: 8 });
  await page.mouse.up();
  await eventually(async () => assert.notDeepEqual(await one.spot(one.item("Rye")), before));
  await one.saved();
  await agreed(one, two);
  // The group goes; what was in it stays.
  await page.keyboard.press("Delete");
  await group.waitFor({ state: "detached" });
  await two.item("Rye").waitFor();
}));

test("what is done offline is kept, said to be, and arrives when back; also from a tab that is gone", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, ada, ben);
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
  // It is copied where the tab cannot be trusted to live on.
  await eventually(async () => assert.ok(await one.page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith("atelier.canvas.")))));
  await one.page.close({ runBeforeUnload: false });
  await one.person.context.setOffline(false);
  const page = await one.person.context.newPage();
  await page.goto(`${atelier.url}/b/${board.slug}/canvas`);
  await page.locator(".canvas-item", { hasText: "From the tunnel" }).waitFor();
  await two.item("From the tunnel").waitFor();
  await eventually(async () => assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("atelier.canvas.")).length), 0));
}));

test("on a phone the canvas is an outline with the same content, and notes are added there", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, board, ada);
  await one.stage.focus();
  await one.page.keyboard.press("g");
  await one.page.keyboard.type("Breads");
  await one.page.keyboard.press("Enter");
  await one.note("At the desk");
  const phone = await arrive(atelier, { caller: ben, viewport: PHONE });
  await phone.open(`/b/${board.slug}/canvas`);
  const outline = phone.page.getByRole("region", { name: "Outline" });
  await outline.getByText("At the desk").waitFor();
  assert.equal(await phone.page.locator(".canvas-stage").count(), 0);
  await phone.page.getByLabel("Note", { exact: true }).fill("On the way");
  await phone.page.getByLabel("In which group").selectOption({ label: "Breads" });
  await phone.page.getByRole("button", { name: "Add", exact: true }).click();
  await one.item("On the way").waitFor();
  await eventually(async () => assert.match(await one.item("On the way").getAttribute("aria-label"), /in Breads/));
  // One's own words can be changed and taken back there.
  await outline.getByRole("button", { name: /Edit On the way/ }).click();
  await outline.getByLabel("What the note says").fill("On the way home");
  await outline.getByRole("button", { name: "Keep" }).click();
  await one.item("On the way home").waitFor();
  assert.equal(await outline.getByRole("button", { name: /Edit At the desk/ }).count(), 0);
  await outline.getByRole("button", { name: /Remove On the way home/ }).click();
  await one.item("On the way home").waitFor({ state: "detached" });
}));

test("the canvas is taken away as a drawing that holds every note, and as a picture", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one] = await together(arrive, board, ada);
  const words = ["Rye & oats", "A <b>bold</b> claim", "Pain d’épices 🍞", "x".repeat(300)];
  await one.paste(words.join("\n"));
  await one.item("Rye & oats").waitFor();
  const take = async (name) => {
    await one.page.getByRole("button", { name: "Take away" }).click();
    const [download] = await Promise.all([one.page.waitForEvent("download"), one.page.getByRole("button", { name }).click()]);
    return readFileSync(await download.path());
  };
  const drawing = (await take(/SVG/)).toString();
  const found = await one.page.evaluate((drawing) => {
    const parsed = new DOMParser().parseFromString(drawing, "image/svg+xml");
    return { wrong: parsed.querySelector("parsererror")?.textContent, notes: [...parsed.querySelectorAll("g > title")].map((title) => title.textContent) };
  }, drawing);
  assert.equal(found.wrong, undefined);
  assert.deepEqual(found.notes.sort(), [...words].sort());
  const page = await one.person.context.newPage();
  await page.setContent(drawing);
  assert.ok((await page.locator("svg").boundingBox()).width > 100);
  await page.close();
  const picture = await take(/PNG/);
  assert.deepEqual([...picture.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
}));

test("an idea of the board is put on the canvas, and its votes are those of everywhere", scene(async (arrive) => {
  const board = await boardFor(owner);
  const idea = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "A loaf for two" });
  const [one, two] = await together(arrive, board, ada, ben);
  await one.stage.focus();
  await one.page.keyboard.press("i");
  await one.page.getByRole("dialog").getByRole("button", { name: /A loaf for two/ }).click();
  await two.item("A loaf for two").waitFor();
  await two.item("A loaf for two").locator(".vote").click();
  await eventually(async () => assert.equal(await one.item("A loaf for two").locator(".vote-count").innerText(), "1"));
  await cleo.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[2].id });
  await one.item("A loaf for two").locator(".pill", { hasText: "Exploring" }).waitFor();
}));

test("a picture is put on the canvas and asked what it shows", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, board, ada, ben);
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC", "base64");
  await one.page.locator(".canvas-tools input[type=file]").setInputFiles({ name: "loaf.png", mimeType: "image/png", buffer: png });
  await one.page.locator(".canvas-alt .canvas-field").waitFor();
  await one.page.keyboard.type("A loaf, cut in two");
  await one.page.keyboard.press("Enter");
  const image = two.page.locator('.canvas-stage img[alt="A loaf, cut in two"]');
  await image.waitFor();
  await eventually(async () => assert.ok(await image.evaluate((image) => image.naturalWidth > 0)));
}));

// Several people on one canvas at once: what each sees of the others' hands, and what stands in the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scene } from "./lib/browser.mjs";
import { agreed, boardFor, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { pointAbout } from "./lib/socket.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, cleo;

stage(async () => ({ atelier, owner, ada, ben, cleo } = await openHouse()));

/** Somebody sees the cursor of somebody else, with their name, about where their pointer is on the canvas. */
async function seesCursor(canvas, other, pointer) {
  const cursor = canvas.cursor(other.name);
  await cursor.waitFor({ state: "visible" });
  await cursor.locator(".canvas-cursor-name").waitFor({ state: "visible" });
  await eventually(async () => {
    const [x, y] = await canvas.point(await other.canvas.place(pointer));
    const shown = await cursor.boundingBox();
    const away = Math.hypot(shown.x - x, shown.y - y);
    assert.ok(away < 40, `${other.name}’s cursor is ${away} px away`);
  });
}

/** Somebody sees a frame in the colour of somebody else around what they selected. */
async function seesFrame(canvas, other, words) {
  const colour = await canvas.cursor(other.name).getAttribute("data-colour");
  await eventually(async () => {
    const { x, y, width, height } = await canvas.item(words).boundingBox();
    const frame = await canvas.page.locator(`.canvas-box[data-colour="${colour}"]`).boundingBox();
    const edges = [x - frame.x, y - frame.y, frame.x + frame.width - x - width, frame.y + frame.height - y - height];
    assert.ok(edges.every((edge) => edge > 0 && edge < 16), `the frame stands ${edges} px around it`);
  });
}

test("three people type and drag at once, see each other, and end with the same canvas", scene(async (arrive) => {
  const board = await boardFor(owner);
  const all = await together(arrive, atelier, board, ada, ben, cleo);
  const [one, two, three] = all;
  await one.paste("- Rye bread\n- Oat bread\n- Corn bread\n- Nut bread\n- Spelt bread\n- Plain bread");
  for (const canvas of all) {
    await canvas.item("Plain bread").waitFor();
    await canvas.page.keyboard.press("Escape");
    await canvas.page.keyboard.press("f");
  }
  const spots = async (canvas) => {
    const names = ["Rye bread", "Corn bread", "Spelt bread", "Nut bread"];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await canvas.spot(canvas.item(name))])));
  };
  const before = await spots(one);
  await Promise.all([
    one.drag(one.item("Rye bread"), -60, -90, { steps: 20 }),
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
  const after = await spots(one);
  for (const [name, spot] of Object.entries(before)) assert.notDeepEqual(after[name], spot, `${name} did not move`);

  // Each sees where the others point, by their names, and what they have chosen.
  const people = [
    { canvas: one, name: "Ada Lovelace", chosen: "Rye bread" },
    { canvas: two, name: "Ben Okri", chosen: "Corn bread" },
    { canvas: three, name: "Cléo Martin", chosen: "Spelt bread" },
  ];
  for (const { canvas, chosen } of people) await canvas.item(chosen).click();
  const pointers = [[420, 300], [760, 420], [1_000, 560]];
  for (const [at, { canvas }] of people.entries()) await canvas.page.mouse.move(...pointers[at], { steps: 3 });
  for (const { canvas } of people) {
    for (const [at, other] of people.entries()) {
      if (other.canvas === canvas) continue;
      await seesCursor(canvas, other, pointers[at]);
      await seesFrame(canvas, other, other.chosen);
    }
  }
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  assert.deepEqual(await agreed(one, two, three), whole);
}));

/** The field in which each writes in the same note. */
async function bothWrite(words, ...canvases) {
  const fields = canvases.map((canvas) => canvas.page.locator(".canvas-field"));
  for (const [at, canvas] of canvases.entries()) {
    await canvas.item(words).dblclick();
    await fields[at].waitFor();
  }
  return fields;
}

test("who wrote a note and a moderator write in it at once, and both texts stand", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [author, tidy] = await together(arrive, atelier, board, ada, owner);
  await author.note("Croissant");
  await tidy.item("Croissant").waitFor();
  const fields = await bothWrite("Croissant", author, tidy);
  await author.page.keyboard.press("Home");
  await tidy.page.keyboard.press("End");
  await Promise.all([
    author.page.keyboard.type("Warm ", { delay: 30 }),
    tidy.page.keyboard.type(" at seven", { delay: 30 }),
  ]);
  for (const field of fields) await eventually(async () => assert.equal(await field.inputValue(), "Warm Croissant at seven"));
  // The caret is where each left it in the words.
  await author.page.keyboard.type("fresh ");
  await tidy.page.keyboard.type("!");
  for (const field of fields) await eventually(async () => assert.equal(await field.inputValue(), "Warm fresh Croissant at seven!"));
  for (const canvas of [author, tidy]) await canvas.page.keyboard.press("Escape");
  await agreed(author, tidy);
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual(Object.values(canvas.notes).map(({ text }) => text), ["Warm fresh Croissant at seven!"]);
}));

test("what an input method composes and what comes from others meanwhile both stand", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [author, tidy] = await together(arrive, atelier, board, ada, owner);
  await author.note("パン");
  await tidy.item("パン").waitFor();
  const [hers, his] = await bothWrite("パン", author, tidy);
  await author.page.keyboard.press("End");
  await tidy.page.keyboard.press("Home");
  const method = await author.person.context.newCDPSession(author.page);
  await method.send("Input.imeSetComposition", { text: "ya", selectionStart: 2, selectionEnd: 2 });
  await tidy.page.keyboard.type("Warm ");
  // It has arrived where the input method is at work, and does not disturb it.
  await eventually(async () => assert.match(await author.item("").first().getAttribute("aria-label"), /Warm パン/));
  assert.equal(await hers.inputValue(), "パンya");
  await method.send("Input.imeSetComposition", { text: "や", selectionStart: 1, selectionEnd: 1 });
  await tidy.page.keyboard.type("and ");
  await eventually(async () => assert.match(await author.item("").first().getAttribute("aria-label"), /Warm and パン/));
  await method.send("Input.insertText", { text: "屋" });
  for (const field of [hers, his]) await eventually(async () => assert.equal(await field.inputValue(), "Warm and パン屋"));
  await author.page.keyboard.type("!");
  for (const canvas of [author, tidy]) await canvas.page.keyboard.press("Escape");
  await tidy.item("Warm and パン屋!").waitFor();
  await agreed(author, tidy);
}));

test("while somebody drags, the others see it move, and it stays where it is dropped", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
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

/** A group with two notes in it, and a third beside it. */
const BREADS = {
  groups: { g: { title: "Breads", x: 0, y: 0, w: 480, h: 240 } },
  notes: {
    rye: { text: "Rye", x: 20, y: 60, group: "g" },
    oat: { text: "Oat", x: 250, y: 60, group: "g" },
    tea: { text: "Tea", x: 560, y: 60 },
  },
};

test("a group that is dragged is seen to move with what is in it before it is dropped", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ben, board, BREADS);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const things = (canvas) => [canvas.named("groups", "Breads"), canvas.item("Rye"), canvas.item("Oat"), canvas.named("notes", "Tea")];
  const spots = (canvas) => Promise.all(things(canvas).map((thing) => canvas.spot(thing)));
  const before = await spots(two);
  const zoom = (await one.camera()).zoom;
  await one.drag(one.named("groups", "Breads"), 70, 110, { drop: false });
  await eventually(async () => {
    const now = await spots(two);
    for (const at of [0, 1, 2]) {
      assert.ok(Math.abs(now[at].x - before[at].x - 70 / zoom) < 4 && Math.abs(now[at].y - before[at].y - 110 / zoom) < 4, `${at} is at ${JSON.stringify(now[at])}`);
    }
    assert.deepEqual(now[3], before[3], "what is not in it stays");
  });
  const { canvas } = await ada.call("GET", `/boards/${board.slug}/canvas`);
  assert.equal(canvas.groups.g.spot.y, 0, "it is not dropped yet");
  await one.page.mouse.up();
  await one.saved();
  await agreed(one, two);
  for (const name of ["Rye", "Oat"]) assert.match(await two.item(name).getAttribute("aria-label"), /in Breads/);
}));

test("Esc in the midst of a drag puts it back for everyone, and the hand moves nothing more", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ben, board, BREADS);
  const [one, two] = await together(arrive, atelier, board, ada, ben);
  const before = await agreed(one, two);
  const [x, y] = await one.middle(one.named("groups", "Breads"));
  await one.drag(one.named("groups", "Breads"), 90, 120, { drop: false });
  await eventually(async () => assert.notDeepEqual(await two.all(), before));
  await one.page.keyboard.press("Escape");
  for (const canvas of [one, two]) await eventually(async () => assert.deepEqual(await canvas.all(), before));
  const moved = await Promise.all([one.watches(one.item("Rye")), two.watches(two.item("Rye"))]);
  await one.page.mouse.move(x + 200, y + 30, { steps: 12 });
  await two.cursor("Ada Lovelace").waitFor();
  await seesCursor(two, { canvas: one, name: "Ada Lovelace" }, [x + 200, y + 30]);
  await one.page.mouse.up();
  await one.note("Afterwards");
  await two.item("Afterwards").waitFor();
  for (const places of moved) assert.deepEqual(await places(), []);
  const whole = await agreed(one, two);
  for (const [item, words] of Object.entries(before)) assert.equal(whole[item], words);
}));

test("nobody is seen to move what they may not move, whatever their tab says", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(owner, board, { notes: { held: { text: "Held", x: 0, y: 0, locked: true }, free: { text: "Free", x: 300, y: 0 } } });
  const [one] = await together(arrive, atelier, board, ben);
  const moved = await one.watches(one.item("Held"));
  const before = await one.spot(one.item("Free"));
  const tab = await pointAbout(atelier.url, ada.cookie, board.canvas, (passed) => ({ at: [300, 60], drag: [40 + passed / 100, 70] }), ["notes/held", "notes/free"]);
  // What they may move is seen to move.
  await eventually(async () => assert.ok((await one.spot(one.item("Free"))).y > before.y + 60));
  await eventually(() => assert.ok(tab.said > 24));
  assert.deepEqual(await moved(), []);
  tab.leave();
  await eventually(async () => assert.deepEqual(await one.spot(one.item("Free")), before));
}));

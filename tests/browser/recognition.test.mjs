// Recognition: a moderator recognises those who shaped an idea, they see it arrive, have something for their points once,
// and keep private what they want to be private.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, marie;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  marie = await join(owner, "moderator", "Marie Moderator");
  return atelier;
});

/** A board with an idea of somebody's, which reached a milestone. */
async function reached(author, title) {
  const { board } = await boardWithIdea(owner, { title });
  const { card } = await author.call("POST", `/boards/${board.slug}/ideas`, { title: `Rye, for ${title}`, pitch: "One day a week." });
  await owner.call("POST", `/ideas/${card.number}/milestones`, { title: "The dough holds", done: true });
  return { board, number: card.number, path: `/i/${card.number}/${card.slug}`, title: card.title };
}

const own = (who) => who.call("GET", "/me/recognition");

test("a moderator recognises by the proposed shares, and who shaped the idea sees it arrive, once", scene(async (arrive) => {
  const ada = await join(owner, "customer", "Ada Lovelace");
  const { number, path, title } = await reached(ada, "giving");
  const [moderator, person, lively] = [
    await arrive(atelier, { caller: marie }), await arrive(atelier, { caller: ada, viewport: PHONE }), await arrive(atelier, { caller: ada }),
  ];
  await lively.page.emulateMedia({ reducedMotion: "no-preference" });
  await person.open("/b");
  await lively.open("/roadmap");
  await moderator.open("/desk");
  const line = moderator.page.locator(".desk-line", { hasText: title });
  await line.getByText("reached “The dough holds”").waitFor();
  await line.getByRole("link", { name: `Recognise: ${title}` }).click();
  await moderator.page.waitForURL(new RegExp(`${path}/recognise$`));
  const points = moderator.page.getByLabel("Points for Ada Lovelace");
  assert.equal(await points.inputValue(), "100", "her share is all of it");
  await moderator.page.getByText("500 left this month on this board").waitFor();
  assert.match(await moderator.page.getByLabel("Why").inputValue(), /reached “The dough holds”/);
  await moderator.page.getByLabel("To share").fill("60");
  await moderator.page.getByRole("button", { name: "Share by contribution" }).click();
  await moderator.page.waitForFunction(() => [...document.querySelectorAll(".give-points input")].every(({ value }) => value === "60"));
  await moderator.page.locator(".choice label", { hasText: "Co-author" }).click();
  await moderator.page.getByRole("button", { name: "Recognise", exact: true }).click();
  await moderator.page.waitForURL(new RegExp(`${path}$`));

  for (const { page } of [person, lively]) {
    const card = page.locator(".joy");
    await card.getByText("Marie Moderator thanks you").waitFor();
    await card.getByText("60 points").waitFor();
    await card.getByText("Co-author").waitFor();
    await card.getByRole("link", { name: title }).waitFor();
  }
  const flying = ({ page }) => page.locator(".joy").evaluate((card) =>
    card.getAnimations({ subtree: true }).filter(({ effect }) => effect.target.tagName === "I").map(({ effect }) => effect.getComputedTiming().endTime));
  const paper = ({ page }) => page.locator(".joy-paper").evaluate((paper) => getComputedStyle(paper).display);
  assert.deepEqual([await paper(person), await flying(person)], ["none", []], "nothing moves for who asks for less motion");
  assert.equal(await paper(lively), "block");
  for (const end of await flying(lively)) assert.ok(end <= 1_600, `${end} ms`);
  assert.equal(await person.page.locator(".joy-place").getAttribute("aria-live"), "polite");

  await person.page.locator(".joy").getByRole("button", { name: "Lovely" }).click();
  await person.page.locator(".joy").waitFor({ state: "detached" });
  await lively.page.locator(".joy").waitFor({ state: "detached" });
  await person.open("/b");
  await person.page.locator(".bell-count").waitFor();
  assert.equal(await person.page.locator(".joy").count(), 0, "it is shown once");
  await person.open("/inbox");
  const notice = person.page.locator(".notice", { hasText: "Marie Moderator" });
  await notice.getByText("thanks you").waitFor();
  await notice.getByText("Co-author, 60 points").waitFor();
  await moderator.page.locator("#recognised").getByText("Ada Lovelace").waitFor();
  await moderator.open("/desk");
  await moderator.page.getByRole("heading", { name: "Recognise" }).waitFor();
  assert.equal(await moderator.page.locator(".desk-line", { hasText: title }).filter({ hasText: "Not this time" }).count(), 0);
  assert.equal((await own(ada)).points, 60);
  assert.equal((await ada.call("GET", `/ideas/${number}/recognition`)).length, 2);
}));

test("who was away is told when they come, and what was taken back without paper", scene(async (arrive) => {
  const ben = await join(owner, "customer", "Ben Baker");
  const { board } = await reached(ben, "away");
  const { person: { id } } = await ben.call("GET", "/me");
  const [entry] = await owner.call("POST", "/recognition", { board: board.slug, words: "For every Tuesday.", thanks: true, to: [{ person: id }] });
  const person = await arrive(atelier, { caller: ben });
  await person.page.emulateMedia({ reducedMotion: "no-preference" });
  await person.open("/news");
  await person.page.locator(".joy").getByText("For every Tuesday.").waitFor();
  await person.page.locator(".joy").getByRole("link", { name: "See what I was given" }).click();
  await person.page.waitForURL(/recognition\/mine$/);
  await person.page.locator(".lines").getByText("For every Tuesday.").waitFor();
  await person.page.locator(".joy").waitFor({ state: "detached" });
  await owner.call("PUT", `/recognition/${entry.id}/revocation`, { words: "It was meant for somebody else." });
  const taken = person.page.locator(".joy.is-taken");
  await taken.getByText("It was meant for somebody else.").waitFor();
  assert.equal(await taken.locator(".joy-paper").count(), 0);
  await taken.getByRole("button", { name: "Understood" }).click();
  await taken.waitFor({ state: "detached" });
}));

test("a perk is had once for one press, pressed twice and in two tabs, and its code is seen by who has it", scene(async (arrive) => {
  const cleo = await join(owner, "customer", "Cleo Customer");
  const { board } = await reached(cleo, "claiming");
  const perk = await owner.call("POST", "/perks", { kind: "discount", fr: "Dix pour cent", en: "Ten percent", price: 30, coded: true });
  await owner.call("POST", `/perks/${perk.id}/codes`, { codes: "RYE-1\nRYE-2\nRYE-3" });
  const { person: { id } } = await cleo.call("GET", "/me");
  await owner.call("POST", "/recognition", { board: board.slug, words: "Thank you.", to: [{ person: id, points: 100 }] });
  await cleo.call("POST", "/me/recognition/seen", { at: Date.now() + 1_000 });
  const person = await arrive(atelier, { caller: cleo });
  await person.open("/recognition/mine");
  const other = await person.context.newPage();
  await other.goto("/recognition/mine");
  await other.waitForFunction(() => "awake" in document.documentElement.dataset);
  const button = (page) => page.getByRole("button", { name: "Get it: Ten percent" });
  await Promise.all([button(person.page).dblclick(), button(other).click()]);
  for (const page of [person.page, other]) {
    await page.reload();
    await page.locator(".points-have", { hasText: "70 points" }).waitFor();
    assert.equal(await page.locator(".held").count(), 1);
    assert.equal(await page.locator(".held input").inputValue(), "RYE-1");
  }
  const mine = await own(cleo);
  assert.deepEqual([mine.points, mine.perks.map(({ code }) => code)], [70, ["RYE-1"]]);
  const keeper = await arrive(atelier, { caller: owner });
  await keeper.open("/admin/recognition");
  await keeper.page.locator(".ledger-line", { hasText: "Had for points" }).first().waitFor();
  assert.ok(!(await keeper.page.content()).includes("RYE-"), "not by owners either");
}));

test("what a person keeps private is seen by no visitor and no other customer", scene(async (arrive) => {
  const [dora, eli] = [await join(owner, "customer", "Dora Doe"), await join(owner, "customer", "Eli Else")];
  const { number, path } = await reached(dora, "privacy");
  const me = await dora.call("GET", "/me");
  const [, , , , question] = await owner.call("GET", "/badges");
  await owner.call("POST", "/recognition", { idea: number, words: "You asked what nobody asked.", thanks: true, badge: question.id, to: [{ person: me.person.id }] });
  await dora.call("POST", "/me/recognition/seen", { at: Date.now() + 1_000 });
  const [visitor, customer, person] = [await arrive(atelier), await arrive(atelier, { caller: eli }), await arrive(atelier, { caller: dora })];
  const pages = ["/recognition", path, `/people/${me.person.handle}`];
  const says = async ({ page }, at) => {
    await page.goto(at);
    await page.waitForFunction(() => "awake" in document.documentElement.dataset);
    const text = await page.locator("main").innerText();
    return text.includes("You asked what nobody asked.") || text.includes("Good question");
  };
  for (const at of pages) assert.ok(await says(visitor, at), `${at}: the test would see it`);
  await person.open("/settings");
  const tick = person.page.getByRole("checkbox", { name: /Keep my recognition private/ });
  await tick.check();
  await person.page.getByText("Noted.").waitFor();
  for (const who of [visitor, customer]) for (const at of pages) assert.ok(!(await says(who, at)), at);
  assert.ok(await says(person, "/recognition/mine"), "it is theirs");
  await person.page.goto("/settings");
  await tick.uncheck();
  await person.page.getByText("Noted.").waitFor();
  assert.ok(await says(visitor, "/recognition"));
}));

test("by keys alone, on a phone's width, a moderator gets from the idea to the form and recognises", scene(async (arrive) => {
  const finn = await join(owner, "customer", "Finn Farmer");
  const { path } = await reached(finn, "keys");
  const moderator = await arrive(atelier, { caller: marie, viewport: PHONE });
  const { page } = moderator;
  const press = async (keys, times = 1) => {
    for (let at = 0; at < times; at += 1) await page.keyboard.press(keys);
  };
  const reach = async (locator) => {
    for (let at = 0; at < 120; at += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await press("Tab");
    }
    assert.fail("no key leads there");
  };
  await moderator.open(path);
  await reach(page.getByRole("link", { name: "Recognise those who shaped it" }));
  await press("Enter");
  await page.waitForURL(/recognise$/);
  await reach(page.getByLabel("Points for Finn Farmer"));
  await press("Control+A");
  await page.keyboard.type("25");
  await reach(page.getByRole("checkbox", { name: "Thank them in public words" }));
  await reach(page.locator("input[name=badge]:checked"));
  await press("ArrowDown");
  await reach(page.getByLabel("Why"));
  await press("Control+A");
  await page.keyboard.type("By keys alone.");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  await reach(page.getByRole("button", { name: "Recognise", exact: true }));
  await press("Enter");
  await page.waitForURL(new RegExp(`${path}$`));
  const mine = await own(finn);
  assert.equal(mine.points, 25);
  const entries = await finn.call("GET", "/me/recognition/entries");
  assert.deepEqual(entries.items.map(({ kind, words }) => [kind, words]).sort(), [
    ["badge", "By keys alone."], ["points", "By keys alone."], ["thanks", "By keys alone."],
  ]);
}));

test("an owner reads the ledger, looks at what stands out, and takes something back", scene(async (arrive) => {
  const gus = await join(owner, "customer", "Gus Grain");
  const { board } = await reached(gus, "ledger");
  const { person: { id } } = await gus.call("GET", "/me");
  await marie.call("POST", "/recognition", { board: board.slug, words: "All of it.", to: [{ person: id, points: 300 }] });
  const { board: elsewhere } = await reached(gus, "elsewhere");
  await marie.call("POST", "/recognition", { board: elsewhere.slug, words: "Here too.", to: [{ person: id }], thanks: true });
  const keeper = await arrive(atelier, { caller: owner });
  keeper.allow(/422/);
  const { page } = keeper;
  await keeper.open("/admin/recognition");
  const line = page.locator(".ledger-line", { hasText: "Gus Grain" });
  await line.nth(1).waitFor();
  await page.getByLabel("Only this board").selectOption(board.slug);
  // Until then these are the lines of all boards, and what is opened in one goes with them.
  await eventually(async () => assert.equal(await line.count(), 1));
  await line.getByText("300 points to one person, of the 500 this board gives in a month.").waitFor();
  await line.getByRole("button", { name: "I have looked" }).click();
  await line.getByLabel("What came of it").fill("We spoke about it.");
  await line.getByRole("button", { name: "I have looked" }).click();
  await line.getByText("Looked at: We spoke about it.").waitFor();
  await line.getByRole("button", { name: "Take back what Gus Grain was given" }).click();
  await line.getByRole("textbox").fill("Too much at once.");
  await line.locator("button[type=submit]").click();
  await page.locator(".ledger-line", { hasText: "Too much at once." }).waitFor();
  assert.equal((await own(gus)).points, 0);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Take it along (CSV)" }).click()]);
  assert.equal(download.suggestedFilename(), "recognition.csv");
}));

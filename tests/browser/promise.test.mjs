// The time within which a board answers: its clocks run, stand still and are late before everybody's eyes; the desk shows
// what is due; who is named to answer is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, eve;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  eve = await join(owner, "employee", "Eve Employee");
  return atelier;
});

async function promised(title) {
  const board = await owner.call("POST", "/boards", { title, purpose: "", audience: "public", editing: "everyone" });
  await owner.call("PATCH", `/boards/${board.slug}`, { promise_days: 3 });
  const { card } = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: `Rye, for ${title}` });
  return { board, number: card.number, path: `/i/${card.number}/${card.slug}`, title: card.title };
}

test("a moderator promises an answer, and names who gives it", scene(async (arrive) => {
  const board = await owner.call("POST", "/boards", { title: "Promising", purpose: "", audience: "public", editing: "everyone" });
  const [moderator, colleague, reader] = [
    await arrive(atelier, { caller: owner }), await arrive(atelier, { caller: eve }), await arrive(atelier, { viewport: PHONE }),
  ];
  moderator.allow(/422/);
  await reader.open(`/b/${board.slug}`);
  assert.equal(await reader.page.getByText("Promises an answer").count(), 0, "off until it is on");
  await moderator.open(`/b/${board.slug}/settings`);
  const answerers = moderator.page.locator("section", { has: moderator.page.getByRole("heading", { name: "Who answers" }) });
  const handle = (await eve.call("GET", "/me")).person.handle;
  await answerers.locator("input[name=handle]").fill(handle);
  await answerers.getByRole("button", { name: "Name to answer" }).click();
  await answerers.getByText("Eve Employee").waitFor();
  await moderator.page.locator("input[name=promise_days]").fill("400");
  await moderator.page.locator("form", { has: moderator.page.locator("input[name=promise_days]") }).locator("button[type=submit]").click();
  await moderator.page.locator("input[name=promise_days][aria-invalid=true]").waitFor();
  await moderator.page.locator("input[name=promise_days]").fill("3");
  await moderator.page.locator("form", { has: moderator.page.locator("input[name=promise_days]") }).locator("button[type=submit]").click();
  await moderator.page.waitForURL(new RegExp(`/b/${board.slug}$`));
  await colleague.open(`/b/${board.slug}`);
  await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "Rye on Mondays" });
  await colleague.page.locator(".bell-count", { hasText: "1" }).waitFor();
  await colleague.open("/inbox");
  await colleague.page.locator(".notice", { hasText: "proposed an idea that waits for your answer" }).waitFor();
  await colleague.open("/desk");
  await colleague.page.getByRole("button", { name: "Mine to answer" }).click();
  await colleague.page.locator(".desk-line", { hasText: "Rye on Mondays" }).getByText("Answer due in 3 days").or(
    colleague.page.locator(".desk-line", { hasText: "Rye on Mondays" }).getByText("Answer due in 4 days")).waitFor();
  await reader.open(`/b/${board.slug}`);
  await reader.page.getByText("within 3 days").waitFor();
  await reader.page.getByText("nothing was due yet").waitFor();
  await reader.page.locator(".idea .clock", { hasText: "Answer due" }).waitFor();
}));

test("a question stops the clock on every open page, the author's reply lets it run, and an answer ends it", scene(async (arrive) => {
  const { board, path, title, number } = await promised("asking");
  const [colleague, author, list] = [
    await arrive(atelier, { caller: eve }), await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: owner }),
  ];
  await list.open(`/b/${board.slug}`);
  await author.open(path);
  await colleague.open(path);
  await list.page.locator(".idea", { hasText: title }).locator(".clock", { hasText: "Answer due" }).waitFor();
  await colleague.page.getByText("Question to the author", { exact: true }).click();
  await colleague.page.getByLabel("Your question to who proposed the idea").fill("For how many?");
  await colleague.page.getByRole("button", { name: "Ask", exact: true }).click();
  await list.page.locator(".idea", { hasText: title }).locator(".clock", { hasText: "Waiting for the author" }).waitFor();
  await author.page.locator(".idea-facts .clock", { hasText: "Waiting for the author" }).waitFor();
  const question = author.page.locator(".said.is-question", { hasText: "For how many?" });
  await question.getByText("who has not replied yet").waitFor();
  await author.page.locator(".bell-count", { hasText: "1" }).waitFor();
  await question.getByRole("button", { name: "Reply" }).click();
  await author.page.locator("li", { has: question }).locator("textarea").fill("For twenty.");
  await author.page.locator("li", { has: question }).locator("form button[type=submit]").click();
  await list.page.locator(".idea", { hasText: title }).locator(".clock", { hasText: "Answer due" }).waitFor();
  await author.page.locator(".idea-facts .clock", { hasText: "Answer due" }).waitFor();
  await owner.call("POST", `/ideas/${number}/comments`, { body: "Yes, from Monday on.", kind: "answer" });
  await list.page.locator(".idea", { hasText: title }).locator(".clock").waitFor({ state: "detached" });
  await author.page.locator(".idea-facts .clock").waitFor({ state: "detached" });
  await list.open(`/b/${board.slug}`);
  await list.page.getByText("100% answered in time (1 of 1)").waitFor();
}));

test("an idea is not declined without a reason, and its author reads the one that is given", scene(async (arrive) => {
  const { path } = await promised("declining");
  const [moderator, author] = [await arrive(atelier, { caller: owner }), await arrive(atelier, { caller: ada })];
  moderator.allow(/422/);
  await author.open(path);
  await moderator.open(path);
  await moderator.page.getByText("Move it on").or(moderator.page.locator(".idea-standing summary").last()).first().click();
  await moderator.page.locator("#move-stage").selectOption({ label: "Not now" });
  await moderator.page.locator("form:has(#move-stage) button[type=submit]").click();
  await moderator.page.locator("#move-reason[aria-invalid=true]").waitFor();
  await moderator.page.locator("#move-reason").fill("No rye grows here.");
  await moderator.page.locator("form:has(#move-stage) button[type=submit]").click();
  await author.page.locator(".idea-facts .idea-why", { hasText: "No rye grows here." }).waitFor();
  await author.page.locator(".idea-facts .clock").waitFor({ state: "detached" });
}));

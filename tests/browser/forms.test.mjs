// Forms say what is wrong beside the field, keep what was typed, and can be filled in with the keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD } from "./lib/api.mjs";
import { scene } from "./lib/browser.mjs";
import { openWorkspace } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

/** The words that belong to a field because its description points at them. */
async function saidBeside(field) {
  return field.evaluate((input) => {
    const ids = `${input.getAttribute("aria-describedby") ?? ""} ${input.getAttribute("aria-errormessage") ?? ""}`;
    return ids.split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  });
}

test("signing up says what is wrong beside each field", scene(async (arrive) => {
  const visitor = await arrive(place.atelier);
  visitor.allow(/status of 4\d\d/);
  await visitor.open("/sign-up");
  const [name, email, password] = ["Your name", "E-mail address", "Password"].map((label) => visitor.page.getByLabel(label, { exact: true }));
  await name.fill("Zoé");
  await email.fill("not an address");
  await password.fill("short");
  await visitor.page.getByRole("button", { name: "Make my account" }).click();
  await visitor.page.locator('[aria-invalid="true"]').first().waitFor();
  assert.match(await saidBeside(email), /not an e-mail address/);
  assert.match(await saidBeside(password), /At least \d+ characters/);
  assert.equal(await email.getAttribute("aria-invalid"), "true");
  assert.notEqual(await name.getAttribute("aria-invalid"), "true");
  assert.equal(await name.inputValue(), "Zoé", "what was typed stays");
  await email.fill("zoe@example.org");
  await password.fill(PASSWORD);
  await visitor.page.getByRole("button", { name: "Make my account" }).click();
  await visitor.page.getByRole("heading", { name: /Zoé|Almost there/ }).waitFor();
}));

test("a wrong password is told without telling who has an account", scene(async (arrive) => {
  const said = [];
  for (const email of ["owner@example.org", "nobody@example.org"]) {
    const visitor = await arrive(place.atelier);
    visitor.allow(/status of 401/);
    await visitor.open("/sign-in");
    await visitor.page.getByLabel("E-mail address").fill(email);
    await visitor.page.getByLabel("Password", { exact: true }).fill("wrong horse battery");
    await visitor.page.getByRole("button", { name: "Sign in", exact: true }).click();
    said.push(await visitor.page.locator("main").getByRole("alert").filter({ hasText: /\S/ }).innerText());
  }
  assert.equal(said[0], said[1]);
}));

test("an idea can be proposed with the keyboard alone", scene(async (arrive) => {
  const person = await arrive(place.atelier, { caller: place.customer });
  const { page } = person;
  await person.open(`/b/${place.board.slug}`);
  /** Tabs to something and says whether its focus can be seen. */
  const reach = async (target) => {
    const wanted = await target.elementHandle();
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press("Tab");
      if (await wanted.evaluate((element) => element === document.activeElement)) {
        const seen = await wanted.evaluate((element) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
        });
        assert.ok(seen, "where the focus is can be seen");
        return;
      }
    }
    assert.fail("cannot be reached with Tab");
  };
  await reach(page.locator("main").getByRole("link", { name: "Propose an idea" }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/propose$/);
  await reach(page.getByLabel("Your idea in one line"));
  await page.keyboard.type("Bread that stays fresh until Monday");
  await reach(page.getByLabel("Why does it matter?"));
  await page.keyboard.type("Sunday has no baker.");
  await reach(page.getByRole("button", { name: "Propose it" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/i\/\d+\//);
  await page.getByRole("heading", { level: 1 }).filter({ hasText: "Bread that stays fresh until Monday" }).waitFor({ state: "attached" });
}));

test("a number that cannot be is said to be one", scene(async (arrive) => {
  const person = await arrive(place.atelier, { caller: place.owner });
  person.allow(/status of 422/);
  await person.open("/admin/people");
  const [uses, days] = [person.page.getByLabel("For how many people"), person.page.getByLabel("Valid for (days)")];
  await uses.fill("-3");
  await days.fill("999");
  await person.page.getByRole("button", { name: "Make a link" }).click();
  await person.page.locator('[aria-invalid="true"]').first().waitFor();
  assert.match(await saidBeside(uses), /from 1 to 1000/);
  assert.match(await saidBeside(days), /from 1 to 90/);
}));

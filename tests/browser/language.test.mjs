// French and English: by what the browser asks for, by the switch, and kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { setUp } from "./lib/api.mjs";
import { stage } from "./lib/stage.mjs";

let atelier;

stage(async () => {
  atelier = await Atelier.start();
  await setUp(atelier);
  return atelier;
});

const language = (person) => person.page.locator("html").getAttribute("lang");

test("the browser's language decides first", scene(async (arrive) => {
  for (const [locale, wanted, word] of [["fr-CA", "fr", "Se connecter"], ["en-US", "en", "Sign in"], ["de-DE", null, null]]) {
    const visitor = await arrive(atelier, { locale });
    await visitor.open("/");
    if (wanted === null) {
      assert.match(await language(visitor), /^(fr|en)$/);
      continue;
    }
    assert.equal(await language(visitor), wanted);
    await visitor.page.getByRole("link", { name: word }).first().waitFor();
  }
}));

test("the switch changes it, and it stays changed", scene(async (arrive) => {
  const visitor = await arrive(atelier, { locale: "en-GB" });
  await visitor.open("/sign-in");
  await visitor.page.getByRole("link", { name: "Français" }).first().click();
  await visitor.page.locator('html[lang="fr"]').waitFor();
  assert.match(visitor.page.url(), /\/sign-in/, "the same page in the other language");
  await visitor.open("/");
  assert.equal(await language(visitor), "fr");
}));

test("the switch works without JavaScript too", scene(async (arrive) => {
  const visitor = await arrive(atelier, { locale: "en-GB", javaScript: false });
  await visitor.page.goto("/");
  await visitor.page.getByRole("link", { name: "Français" }).first().click();
  assert.equal(await language(visitor), "fr");
  await visitor.page.goto("/sign-in");
  assert.equal(await language(visitor), "fr");
}));

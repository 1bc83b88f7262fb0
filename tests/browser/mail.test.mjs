// Mail: whoever proposed an idea is sent what is decided about it, once the address is confirmed, and ends it by one button.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { linked } from "./lib/mail.mjs";
import { stage } from "./lib/stage.mjs";

const ADA = { email: "ada@example.org" };
let atelier, owner, board;

stage(async () => {
  atelier = await Atelier.start({ mails: true });
  owner = await setUp(atelier);
  ({ board } = await boardWithIdea(owner, { title: "Bread and mornings" }));
  return atelier;
});

test("a customer signs up, confirms their address, is sent an answer, and wants no more", scene(async (arrive) => {
  const ada = await arrive(atelier, { locale: "fr-FR" });
  await ada.open("/sign-up");
  await ada.page.getByLabel("Votre nom").fill("Ada Lovelace");
  await ada.page.getByLabel("Adresse e-mail").fill(ADA.email);
  await ada.page.getByLabel("Mot de passe").fill(PASSWORD);
  await ada.page.getByLabel(/chaque semaine/).check();
  await ada.page.getByRole("button", { name: "Créer mon compte" }).click();
  await ada.page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));

  const asked = await atelier.mails.to(ADA, "Confirmez votre adresse");
  await ada.open(linked(asked, "/mail/confirm/"));
  await ada.page.getByRole("button", { name: "Oui, c’est la mienne" }).click();
  await ada.page.getByText("votre adresse est confirmée").waitFor();
  await ada.open("/settings#mail");
  await ada.page.getByText(ADA.email + ", que vous avez confirmée").waitFor();
  assert.ok(await ada.page.getByLabel(/^Chaque semaine/).isChecked());

  await ada.open(`/b/${board.slug}/propose`);
  await ada.page.getByLabel("Votre idée en une ligne").fill("Du seigle le lundi");
  await ada.page.getByRole("button", { name: "La proposer" }).click();
  await ada.page.waitForURL(/\/i\/\d+/);
  const number = ada.page.url().match(/\/i\/(\d+)/)[1];
  await owner.call("POST", `/ideas/${number}/comments`, { body: "Oui, dès **lundi**.", kind: "answer" });
  const answered = await atelier.mails.to(ADA, "Du seigle le lundi");
  assert.match(answered.subject, /a reçu une réponse/);
  assert.match(answered.html, /lang="fr"/);
  assert.match(answered.text, /dès lundi/);

  // Whoever reads it in another program is signed in nowhere, and may have no scripts.
  const elsewhere = await arrive(atelier, { locale: "fr-FR", javaScript: false });
  await elsewhere.page.goto(linked(answered, "/mail/off/"));
  await elsewhere.page.getByRole("button", { name: "Ne plus les recevoir" }).click();
  await elsewhere.page.getByText("C’est fait", { exact: false }).waitFor();
  await ada.open("/settings#mail");
  assert.equal(await ada.page.getByLabel(/Me prévenir quand l’entreprise/).isChecked(), false);
}));

test("an owner reads what was sent, without what opens something", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: owner });
  await person.open("/admin/outbox");
  const mails = person.page.getByRole("region", { name: "Outbox" });
  const sent = mails.getByRole("listitem").filter({ hasText: "Du seigle le lundi" });
  await sent.getByText("Sent", { exact: true }).waitFor();
  await sent.getByRole("button", { name: "Read" }).click();
  await sent.getByText("Oui, dès lundi.").waitFor();
  const secret = linked(await atelier.mails.to(ADA, "Du seigle le lundi"), "/mail/off/").split("/").at(-1);
  const read = await mails.innerText();
  assert.ok(read.includes("/mail/off/") && !read.includes(secret), read);
}));

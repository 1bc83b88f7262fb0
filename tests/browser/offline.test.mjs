// Offline for days: what is typed without a network is kept on the device, comes back with it, and is nobody else's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, converged, eventually, waiting } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Away");
  ben = await join(owner, "employee", "Ben Beside");
  return atelier;
});

/** What the console says of requests that cannot be made. */
const OFFLINE = [/ERR_INTERNET_DISCONNECTED/, /WebSocket connection/, /Failed to fetch/, /net::ERR_FAILED/, /status of 503/];

async function at(arrive, caller, path, options) {
  const person = await arrive(atelier, { caller, ...options });
  person.allow(...OFFLINE);
  const concept = new Concept(person);
  await person.open(path);
  await concept.ready();
  return { person, concept, page: person.page, context: person.context };
}

/** Waits until the page's worker keeps the page at hand and all it needs. */
async function keptByWorker(page) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await eventually(async () => {
    const kept = await page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith("atelier.pages."));
      const pages = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
      const files = (await (await caches.open("atelier.files")).keys()).map(({ url }) => url);
      const loaded = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/pkg/"));
      return pages.flat().includes(location.href) && loaded.every((name) => files.includes(name));
    });
    assert.ok(kept);
  });
}

const stored = async (path) => {
  const idea = await owner.call("GET", `/ideas/${path.split("/")[2]}`);
  return [idea.card.title, idea.card.pitch, idea.body].join("\n");
};

const kept = (page) => page.locator(".saving", { hasText: "kept on this device" }).waitFor();

test("two people type into the same paragraph without a network, and both texts stand", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const [one, two] = [await at(arrive, ada, path), await at(arrive, ben, path)];
  await one.context.setOffline(true);
  await two.context.setOffline(true);
  await one.concept.append("pitch", " Warm from the oven.");
  await two.concept.append("pitch", " Sold until seven.");
  await one.concept.append("title", " or three");
  await kept(one.page);
  await kept(two.page);
  await one.context.setOffline(false);
  await two.context.setOffline(false);
  await one.concept.saved();
  await two.concept.saved();
  const { pitch, title } = await converged(one.concept, two.concept);
  assert.match(pitch, / Warm from the oven\./);
  assert.match(pitch, / Sold until seven\./);
  assert.match(title, / or three$/);
}));

test("a tab that crashes without a network has lost nothing when the page is opened again", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page, context } = await at(arrive, ada, path, { worker: true });
  await keptByWorker(page);
  await context.setOffline(true);
  await concept.append("body", "- from the train");
  await kept(page);
  const crash = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  crash.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();

  person.page = await context.newPage();
  await person.page.goto(path);
  await person.hydrated();
  const again = new Concept(person);
  await again.editor("body").waitFor();
  await eventually(async () => assert.match(await again.text("body"), /- from the train$/));
  await again.append("body", " and the bus");
  await kept(person.page);
  // And once more, the ordinary way.
  await person.page.reload();
  await person.hydrated();
  await again.editor("body").waitFor();
  await eventually(async () => assert.match(await again.text("body"), /- from the train and the bus$/));
  assert.equal(await person.page.locator(".kept").count(), 0, "it is all in its place");
  await context.setOffline(false);
  await again.saved();
  await eventually(async () => assert.match(await stored(path), /- from the train and the bus/));
}));

test("two tabs of one person see each other's words without a network, and each is sent once", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, context } = await at(arrive, ada, path);
  const other = await context.newPage();
  await other.goto(path);
  const second = new Concept({ page: other });
  await second.ready();
  await context.setOffline(true);
  await concept.append("title", " first");
  await eventually(async () => assert.match(await second.text("title"), / first$/));
  await second.append("title", " second");
  await eventually(async () => assert.match(await concept.text("title"), / first second$/));
  await concept.append("body", "- one tab\n");
  await second.append("pitch", " Other tab.");
  await context.setOffline(false);
  await concept.saved();
  await second.saved();
  const texts = await converged(concept, second);
  assert.equal(texts.title, "A loaf for two first second");
  assert.equal(texts.body.match(/one tab/g).length, 1);
  assert.equal(texts.pitch.match(/Other tab/g).length, 1);
  assert.equal(await person.page.locator(".kept").count() + (await other.locator(".kept").count()), 0);
}));

test("what waits is sent from any page, once there is a network", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page, context } = await at(arrive, ada, path);
  await context.setOffline(true);
  await concept.append("body", "- written in a tunnel");
  await kept(page);
  await page.close();
  await context.setOffline(false);
  person.page = await context.newPage();
  await person.open("/");
  await person.page.locator(".toast", { hasText: "has been sent" }).waitFor();
  await eventually(async () => assert.match(await stored(path), /written in a tunnel/));
  assert.equal(await waiting(person.page), 0, "nothing waits any more");
}));

test("what is refused on its way is not said to be sent, and its words are kept for its writer", scene(async (arrive) => {
  const { path, board } = await boardWithIdea(owner);
  const { person, concept, page, context } = await at(arrive, ada, path);
  await context.setOffline(true);
  await concept.append("body", "- too late for this");
  await kept(page);
  await page.close();
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await context.setOffline(false);
  person.page = await context.newPage();
  await person.open("/");
  await eventually(async () => assert.equal(await waiting(person.page), 0));
  assert.equal(await person.page.locator(".toast", { hasText: "has been sent" }).count(), 0);
  await person.open(path);
  await person.page.locator(".kept-words", { hasText: "too late for this" }).waitFor();
  assert.doesNotMatch(await stored(path), /too late for this/);
}));

test("signing out asks about what was not sent, and nobody else on the device sees any of it", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const cleo = await join(owner, "customer", "Cléo Shares");
  const { person, concept, page, context } = await at(arrive, cleo, path, { worker: true });
  await keptByWorker(page);
  // The socket alone is down.
  let down = true;
  await context.routeWebSocket("**/live", (socket) => (down ? socket.close() : socket.connectToServer()));
  await page.reload();
  await person.hydrated();
  await concept.editor("body").waitFor();
  await concept.append("body", "- only here");
  await kept(page);

  const leave = async () => {
    await page.getByRole("button", { name: /Your account/ }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
  };
  await leave();
  const asked = page.getByRole("dialog");
  await asked.getByText("Words in idea").waitFor();
  await asked.getByRole("button", { name: "Stay signed in" }).click();
  assert.match(await concept.text("body"), /- only here$/);
  await leave();
  await asked.getByRole("button", { name: "keep it on this device" }).click();
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();

  const signIn = async (caller) => {
    await person.open("/sign-in");
    await page.getByLabel("E-mail address").fill(caller.email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.locator("form").getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("/");
    await person.hydrated();
  };
  down = false;
  await signIn(await join(owner, "customer", "Dan Next"));
  await person.open(path);
  await concept.editor("body").waitFor();
  assert.doesNotMatch(await concept.text("body"), /only here/);
  assert.equal(await page.locator(".kept").count(), 0);
  await context.setOffline(true);
  await page.goto("/settings").catch(() => {});
  assert.doesNotMatch(await page.content(), /Cléo/);
  await context.setOffline(false);

  // Who wrote it finds it again.
  await person.open("/");
  await leave();
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
  await signIn(cleo);
  await person.open(path);
  await concept.ready();
  await eventually(async () => assert.match(await stored(path), /- only here/));
}));

test("a device without room says so, and keeps what it can again once there is some", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { concept, page, context } = await at(arrive, ada, path);
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("no room", "QuotaExceededError");
    };
    window.makeRoom = () => {
      IDBObjectStore.prototype.put = put;
      localStorage.clear();
    };
    try {
      for (let size = 1 << 20; size > 0; size >>= 1) for (let n = 0; n < 12; n++) localStorage.setItem(`full.${size}.${n}`, "x".repeat(size));
    } catch {}
    for (let n = 0; ; n++) {
      try {
        localStorage.setItem(`more.${n}`, "x".repeat(64));
      } catch {
        break;
      }
    }
  });
  await context.setOffline(true);
  await concept.append("body", "- nowhere to keep this");
  await page.locator(".saving", { hasText: "no room left" }).waitFor();
  await page.evaluate(() => window.makeRoom());
  await kept(page);
  await context.setOffline(false);
  await concept.saved();
  assert.match(await concept.text("body"), /- nowhere to keep this$/);
}));

test("a new service worker takes over without an edit being lost", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner);
  const { person, concept, page, context } = await at(arrive, ada, path, { worker: true });
  await keptByWorker(page);
  await concept.append("body", "- before ");
  const taken = page.evaluate(() => new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done(true), { once: true })));
  await page.evaluate(() => navigator.serviceWorker.register("/sw.js?next").then(() => undefined));
  await concept.append("body", "during ");
  await concept.append("body", "and after");
  assert.ok(await taken);
  await concept.saved();
  assert.match(await concept.text("body"), /- before during and after$/);
  await context.setOffline(true);
  await page.reload();
  await person.hydrated();
  await concept.editor("body").waitFor();
  await eventually(async () => assert.match(await concept.text("body"), /- before during and after$/));
  await context.setOffline(false);
}));

test("pages that are kept open without a network, and others say that they are not", scene(async (arrive) => {
  const { path, board } = await boardWithIdea(owner, { title: "Breads kept" });
  const { person, page, context } = await at(arrive, ada, path, { worker: true });
  await keptByWorker(page);
  await person.open(`/b/${board.slug}`);
  await keptByWorker(page);
  await context.setOffline(true);
  // A link leads to the page as it is kept.
  await page.getByRole("link", { name: "A loaf for two" }).first().click();
  await page.waitForURL(path);
  await person.hydrated();
  await new Concept(person).editor("title").waitFor();
  await page.goto("/news").catch(() => {});
  await page.getByRole("heading", { name: "Offline" }).waitFor();
  await page.getByRole("link", { name: /A loaf for two/ }).first().click();
  await page.waitForURL(path);
  await person.hydrated();
  await context.setOffline(false);
  const manifest = await page.evaluate(() => fetch("/manifest.webmanifest").then((answer) => answer.json()));
  assert.equal(manifest.display, "standalone");
  assert.ok(manifest.name && manifest.icons.length > 0);
}));

// The stock npm client opens an idea's document with an access token, and writes in it with somebody in Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ImmutableString, Repo, splice } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import WebSocket from "isomorphic-ws";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;
const repos = [];

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
}, async () => {
  await Promise.all(repos.map((repo) => repo.shutdown()));
});

/** The stock adapter with a token, given as the subprotocol (which a browser can too) or as a header. */
class WithToken extends WebSocketClientAdapter {
  constructor(url, ...credentials) {
    // Only once: calling again would hide that the server had hung up, and its timers would outlive the tests.
    super(url, 0);
    this.credentials = credentials;
  }
  connect(peerId, peerMetadata) {
    this.peerId = peerId;
    this.peerMetadata = peerMetadata ?? {};
    this.socket = new WebSocket(this.url, ...this.credentials);
    this.socket.binaryType = "arraybuffer";
    for (const event of ["Open", "Close", "Message", "Error"]) this.socket.addEventListener(event.toLowerCase(), this[`on${event}`]);
  }
}

async function stockClient(person, way) {
  const { secret } = await person.call("POST", "/tokens", { name: "interop" });
  const credentials = {
    header: [[], { headers: { authorization: `Bearer ${secret}` } }],
    subprotocol: [["atelier.token", secret]],
  }[way];
  const repo = new Repo({ network: [new WithToken(`${atelier.url.replace(/^http/, "ws")}/live`, ...credentials)] });
  repos.push(repo);
  return repo;
}

for (const way of ["header", "subprotocol"]) {
  test(`a token in the ${way} lets the stock client write with Chromium`, scene(async (arrive) => {
    const { idea, path } = await boardWithIdea(owner);
    const repo = await stockClient(ben, way);
    const handle = await repo.find(`automerge:${idea.document}`);
    assert.equal(handle.doc().title, "A loaf for two");

    const person = await arrive(atelier, { caller: ada });
    const concept = new Concept(person);
    await person.open(path);
    await concept.ready();

    await concept.append("title", " and a cat");
    await concept.saved();
    await eventually(() => assert.equal(handle.doc().title, "A loaf for two and a cat"));

    handle.change((doc) => splice(doc, ["title"], 0, 0, "🍞 "));
    await eventually(async () => assert.equal(await concept.text("title"), "🍞 A loaf for two and a cat"));

    // Both at once.
    handle.change((doc) => splice(doc, ["body"], 0, 0, "From Node. "));
    await concept.append("body", "From Chromium.");
    await concept.saved();
    await eventually(async () => {
      const { body } = handle.doc();
      assert.equal(body, await concept.text("body"));
      assert.match(body, /^From Node\. /);
      assert.match(body, /From Chromium\.$/);
    });
  }));
}

test("stock clients put notes on a board's canvas, move each other's, and do not remove them", async () => {
  const { board } = await boardWithIdea(owner);
  const canvas = `automerge:${board.canvas}`;
  const [his, hers] = [await (await stockClient(ben, "header")).find(canvas), await (await stockClient(ada, "header")).find(canvas)];
  assert.deepEqual({ ...his.doc() }, { schema: 1, cards: {}, notes: {}, groups: {}, links: {}, pictures: {} });
  his.change((doc) => {
    doc.notes.n1 = { text: "Du pain", x: 12, y: -3.5, colour: new ImmutableString("amber") };
  });
  await eventually(() => assert.equal(hers.doc().notes.n1?.text, "Du pain"));
  hers.change((doc) => {
    doc.notes.n1.x = 40;
  });
  await eventually(() => assert.equal(his.doc().notes.n1.x, 40));
  his.change((doc) => splice(doc, ["notes", "n1", "text"], 3, 0, "bon "));
  await eventually(() => assert.equal(hers.doc().notes.n1.text, "Du bon pain"));
  hers.change((doc) => {
    delete doc.notes.n1;
  });
  his.change((doc) => splice(doc, ["notes", "n1", "text"], 0, 2, "Un"));
  const late = await (await stockClient(owner, "header")).find(canvas);
  await eventually(() => assert.equal(late.doc().notes.n1?.text, "Un bon pain"));
  assert.equal(his.doc().notes.n1.x, 40);
});

test("somebody the board does not let edit reads with the stock client, and their words go nowhere", async () => {
  const { idea } = await boardWithIdea(owner, { editing: "staff" });
  const repo = await stockClient(ben, "header");
  const handle = await repo.find(`automerge:${idea.document}`);
  assert.equal(handle.doc().title, "A loaf for two");
  handle.change((doc) => splice(doc, ["title"], 0, 0, "Mine: "));
  const late = await (await stockClient(owner, "header")).find(`automerge:${idea.document}`);
  assert.equal(late.doc().title, "A loaf for two");
  assert.equal((await owner.call("GET", `/ideas/${idea.card.number}`)).card.title, "A loaf for two");
});

test("somebody who does not see the board finds no document", async () => {
  const { idea } = await boardWithIdea(owner, { audience: "staff" });
  const repo = await stockClient(ben, "header");
  await assert.rejects(repo.find(`automerge:${idea.document}`), /unavailable/i);
});

// The live socket as somebody's own script would use it.

import * as Automerge from "@automerge/automerge";
import { cbor } from "@automerge/automerge-repo";
import { randomUUID } from "node:crypto";
import WebSocket from "isomorphic-ws";

const PATIENCE_MS = 10_000;
const SENDER = "by-hand";

const changeTitle = (draft) => Automerge.splice(draft, ["title"], 0, 0, "by hand ");

/** How many of so many things on a canvas are of each kind. */
const partsOf = (count) => {
  const [cards, links, groups] = [0.06, 0.1, 0.03].map((part) => Math.ceil(count * part));
  return { cards, links, groups, notes: count - cards - links - groups };
};

/** How many cards there are among so many things on a canvas: so many ideas must there be for them. */
export const cardsAmong = (count) => partsOf(count).cards;

/**
 * Puts so many things on an empty canvas, in one change, as a workshop leaves them: three in a hundred are groups with six
 * members each, six are cards of these ideas, ten are links between notes, all others are notes. Answers how many stand on
 * the stage, links left out, and the group in the midst of them.
 */
export async function fillCanvas(url, token, document, count, ideas) {
  const word = (text) => new Automerge.ImmutableString(text);
  const colours = ["amber", "coral", "rose", "plum", "sky", "teal", "leaf"];
  const { cards, links, groups, notes } = partsOf(count);
  // Fields with room for a card and eleven notes, four in a row, as many of them across as lets a window show most of it.
  const fields = Math.ceil((cards + notes) / 12);
  const across = Math.ceil(Math.sqrt(fields * 1.2));
  const at = (field) => [(field % across) * 920, Math.floor(field / across) * 480];
  // Every other field has a group at its upper left, like the dark fields of a chessboard, those in the midst first.
  const dark = Array.from({ length: fields }, (_, field) => field).filter((field) => ((field % across) + Math.floor(field / across)) % 2 === 0);
  const midst = [((across - 1) / 2) * 920, ((Math.ceil(fields / across) - 1) / 2) * 480];
  const away = (field) => Math.hypot(at(field)[0] - midst[0], at(field)[1] - midst[1]);
  const grouped = dark.sort((a, b) => away(a) - away(b)).slice(0, groups);
  const answer = await writeByHand(url, token, document, (draft) => {
    grouped.forEach((field, one) => {
      const [x, y] = at(field);
      draft.groups[`g${one}`] = { title: `Group ${one + 1}`, x, y, w: 704, h: 340, colour: word("slate") };
    });
    let [noted, carded] = [0, 0];
    for (let place = 0; noted < notes || carded < cards; place += 1) {
      const [field, slot] = [Math.floor(place / 12), place % 12];
      const [x, y] = [at(field)[0] + 20 + (slot % 4) * 222, at(field)[1] + 60 + Math.floor(slot / 4) * 136];
      if (noted === notes || (slot === 11 && carded < cards)) {
        draft.cards[ideas[carded]] = { x, y };
        carded += 1;
        continue;
      }
      const group = grouped.indexOf(field);
      const inside = group >= 0 && slot % 4 < 3 && slot < 8 ? { group: word(`g${group}`) } : {};
      draft.notes[`n${noted}`] = { text: `Note ${noted + 1}: what somebody wants`, x, y, colour: word(colours[noted % colours.length]), ...inside };
      noted += 1;
    }
    for (let link = 0; link < links; link += 1) {
      const from = Math.floor((link * (notes - 1)) / links);
      draft.links[`l${link}`] = { from: word(`notes/n${from}`), to: word(`notes/n${from + 1}`) };
    }
  });
  if (answer.kind !== "stored") throw new Error(`the canvas was not filled: ${JSON.stringify(answer)}`);
  return { stand: count - links, midst: "groups/g0" };
}

/** Between two words of Atelier's client about what somebody does on a canvas, in milliseconds. */
const TELL_MS = 80;
/** What is selected is told again with every so many of them. */
const AGAIN = 12;

/**
 * Somebody's tab on a canvas as the others see it: from when this answers until `leave` is called its pointer moves, and it
 * tells that as often and in the same words as Atelier's client does. `does` says where the pointer is after so many
 * milliseconds and, while the person drags what they have `selected`, how far: `{ at: [x, y], drag: [dx, dy] }`. `said`
 * counts the words.
 */
export function pointAbout(url, { name, value }, document, does, selected = []) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/live`, [], { headers: { cookie: `${name}=${value}`, origin: url } });
    socket.binaryType = "arraybuffer";
    const senderId = randomUUID();
    const send = (message) => socket.send(cbor.encode({ senderId, ...message }));
    const late = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    const tab = { said: 0 };
    const tell = (began) => {
      const { at, drag = null } = does(performance.now() - began);
      const pointer = ["canvas", at.map(Math.round), tab.said % AGAIN === 0 ? selected : null, drag?.map(Math.round) ?? null, false, null];
      tab.said += 1;
      send({ type: "ephemeral", documentId: document, targetId: "", count: tab.said, sessionId: senderId, data: cbor.encode(pointer) });
    };
    socket.addEventListener("error", (event) => reject(event.error ?? new Error(event.message)));
    socket.addEventListener("open", () => {
      send({ type: "join", peerMetadata: { isEphemeral: true, atelier: {} }, supportedProtocolVersions: ["1"] });
    });
    const hear = ({ data }) => {
      const { type } = cbor.decode(new Uint8Array(data));
      if (type === "peer") {
        const ask = Automerge.encodeSyncMessage({ heads: [], need: [], have: [{ lastSync: [], bloom: new Uint8Array() }], changes: [] });
        return send({ type: "sync", documentId: document, targetId: "", data: ask });
      }
      if (type !== "sync") return;
      // What is heard from now on is left unread, as there may be much.
      socket.removeEventListener("message", hear);
      clearTimeout(late);
      const began = performance.now();
      const telling = setInterval(() => tell(began), TELL_MS);
      socket.addEventListener("close", () => clearInterval(telling));
      tab.isThere = () => socket.readyState === WebSocket.OPEN;
      tab.leave = () => socket.close();
      resolve(tab);
    };
    socket.addEventListener("message", hear);
  });
}

/**
 * Joins as Atelier's own client does, opens a document and changes it: its title, unless said otherwise.
 * Answers what came of it: {kind: "stored"}, {kind: "refused", code, reason} or {kind: "closed"}.
 */
export function writeByHand(url, token, document, edit = changeTitle) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/live`, [], { headers: { authorization: `Bearer ${token}` } });
    socket.binaryType = "arraybuffer";
    const late = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    const done = (answer) => {
      clearTimeout(late);
      socket.close();
      resolve(answer);
    };
    const send = (message) => socket.send(cbor.encode({ senderId: SENDER, ...message }));
    let actor;
    const sync = (heads, changes) => {
      const data = Automerge.encodeSyncMessage({ heads, need: [], have: [{ lastSync: [], bloom: new Uint8Array() }], changes });
      send({ type: "sync", documentId: document, targetId: "", data });
    };

    socket.addEventListener("error", (event) => reject(event.error ?? new Error(event.message)));
    socket.addEventListener("close", () => done({ kind: "closed" }));
    socket.addEventListener("open", () => {
      send({ type: "join", peerMetadata: { isEphemeral: true, atelier: {} }, supportedProtocolVersions: ["1"] });
    });
    socket.addEventListener("message", ({ data }) => {
      const message = cbor.decode(new Uint8Array(data));
      switch (message.type) {
        case "peer":
          actor = Buffer.from(message.peerMetadata.atelier.actor).toString("hex");
          return sync([], []);
        case "sync": {
          const [whole] = Automerge.decodeSyncMessage(message.data).changes;
          const doc = Automerge.load(whole, { actor });
          const written = Automerge.change(doc, edit);
          return sync(Automerge.getHeads(written), [Automerge.getLastLocalChange(written)]);
        }
        case "stored":
          return done({ kind: "stored" });
        case "rejected":
          return done({ kind: "refused", code: message.code, reason: message.reason });
        default:
      }
    });
  });
}

/** Somebody's script that has a document open and goes on changing it, as Atelier's own client says that. */
export class Script {
  #socket;
  #document;
  #doc;
  #sender = randomUUID();
  #waits = new Map();

  /** Joins with a token, and has the document once this answers. */
  static async join(url, token, document) {
    const script = new Script();
    script.#document = document;
    const socket = (script.#socket = new WebSocket(`${url.replace(/^http/, "ws")}/live`, [], { headers: { authorization: `Bearer ${token}` } }));
    socket.binaryType = "arraybuffer";
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
      let actor;
      socket.addEventListener("error", (event) => reject(event.error ?? new Error(event.message)));
      socket.addEventListener("open", () => script.#send({ type: "join", peerMetadata: { isEphemeral: true, atelier: {} }, supportedProtocolVersions: ["1"] }));
      socket.addEventListener("message", ({ data }) => {
        const message = cbor.decode(new Uint8Array(data));
        if (message.type === "peer") {
          actor = Buffer.from(message.peerMetadata.atelier.actor).toString("hex");
          script.#sync([], []);
        } else if (message.type === "sync" && !script.#doc) {
          const { changes } = Automerge.decodeSyncMessage(message.data);
          script.#doc = changes.reduce((doc, chunk) => Automerge.loadIncremental(doc, chunk), Automerge.init({ actor }));
          clearTimeout(late);
          resolve();
        } else if (message.type === "stored") {
          for (const hash of message.hashes) script.#stored(Buffer.from(hash).toString("hex"));
        } else if (message.type === "rejected") {
          throw new Error(`refused: ${message.code} ${message.reason}`);
        }
      });
    });
    return script;
  }

  #send(message) {
    this.#socket.send(cbor.encode({ senderId: this.#sender, ...message }));
  }

  #sync(heads, changes) {
    const data = Automerge.encodeSyncMessage({ heads, need: [], have: [{ lastSync: [], bloom: new Uint8Array() }], changes });
    this.#send({ type: "sync", documentId: this.#document, targetId: "", data });
  }

  #stored(hash) {
    this.#waits.get(hash)?.();
    this.#waits.delete(hash);
  }

  /** Makes so many changes, each by calling `edit` with a draft and its number, sends them at once, and waits until they are stored. */
  async change(count, edit) {
    const changes = [];
    for (let n = 0; n < count; n += 1) {
      this.#doc = Automerge.change(this.#doc, (draft) => edit(draft, n));
      changes.push(Automerge.getLastLocalChange(this.#doc));
    }
    const [last] = Automerge.getHeads(this.#doc);
    const stored = new Promise((resolve) => this.#waits.set(last, resolve));
    this.#sync([last], changes);
    await stored;
  }

  /** Makes one change and does not wait. */
  write(edit) {
    this.#doc = Automerge.change(this.#doc, edit);
    this.#sync(Automerge.getHeads(this.#doc), [Automerge.getLastLocalChange(this.#doc)]);
  }

  /** Ends the connection. */
  leave() {
    this.#socket.close();
  }
}

// The live socket as somebody's own script would use it.

import * as Automerge from "@automerge/automerge";
import { cbor } from "@automerge/automerge-repo";
import WebSocket from "isomorphic-ws";

const PATIENCE_MS = 10_000;
const SENDER = "by-hand";

const changeTitle = (draft) => Automerge.splice(draft, ["title"], 0, 0, "by hand ");

/** Puts so many things on an empty canvas, in one change: notes in rows, and around each thirty of them a group. */
export async function fillCanvas(url, token, document, count) {
  const word = (text) => new Automerge.ImmutableString(text);
  const colours = ["amber", "coral", "rose", "plum", "sky", "teal", "leaf"];
  const answer = await writeByHand(url, token, document, (draft) => {
    const groups = Math.floor(count / 30);
    for (let at = 0; at < groups; at += 1) {
      const [x, y] = [(at % 6) * 1_500, Math.floor(at / 6) * 900];
      draft.groups[`g${at}`] = { title: `Group ${at + 1}`, x, y, w: 1_420, h: 820, colour: word("slate") };
    }
    for (let at = 0; at < count - groups; at += 1) {
      const group = Math.floor(at / 29);
      const [x, y] = [(group % 6) * 1_500 + 20 + (at % 6) * 230, Math.floor(group / 6) * 900 + 60 + (Math.floor(at / 6) % 5) * 150];
      const inside = group < groups ? { group: word(`g${group}`) } : {};
      draft.notes[`n${at}`] = { text: `Note ${at + 1}: what somebody wants`, x, y, colour: word(colours[at % colours.length]), ...inside };
    }
  });
  if (answer.kind !== "stored") throw new Error(`the canvas was not filled: ${JSON.stringify(answer)}`);
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

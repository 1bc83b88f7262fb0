// The live socket as somebody's own script would use it.

import * as Automerge from "@automerge/automerge";
import { cbor } from "@automerge/automerge-repo";
import WebSocket from "isomorphic-ws";

const PATIENCE_MS = 10_000;
const SENDER = "by-hand";

/**
 * Joins as Atelier's own client does, opens a document and changes its title.
 * Answers what came of it: {kind: "stored"}, {kind: "refused", code, reason} or {kind: "closed"}.
 */
export function writeByHand(url, token, document) {
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
          const written = Automerge.change(doc, (draft) => Automerge.splice(draft, ["title"], 0, 0, "by hand "));
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

// How much room a text has left: told near the limit, and kept to.

import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { words } from "./words.js";

/** A text counts by Unicode characters, as the server counts. */
const characters = (doc) => {
  let count = 0;
  for (const piece of doc.iter()) for (const _ of piece) count++;
  return count;
};

/** What says it, and the extension that keeps to it. */
export function limit(maxLength, remote) {
  const dom = document.createElement("p");
  dom.className = "editor-room";
  dom.setAttribute("role", "status");
  dom.hidden = true;
  const near = Math.max(maxLength - 50, Math.floor(maxLength * 0.9));

  function show(state, refused) {
    const { doc } = state;
    // UTF-16 counts at least as many: a text that is short by it is short.
    const left = doc.length < near ? Infinity : maxLength - characters(doc);
    dom.hidden = !refused && left > maxLength - near;
    dom.classList.toggle("is-full", refused || left <= 0);
    if (!dom.hidden) dom.textContent = state.facet(words).left.replace("{n}", String(Math.max(0, left)));
  }

  const extension = [
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.annotation(remote)) return transaction;
      const [before, after] = [transaction.startState.doc, transaction.newDoc];
      const grows = after.length > before.length;
      if (!grows || after.length <= maxLength || characters(after) <= maxLength) return transaction;
      queueMicrotask(() => show(transaction.startState, true));
      return [];
    }),
    EditorView.updateListener.of((update) => {
      const worded = update.startState.facet(words) !== update.state.facet(words);
      if (update.docChanged || (worded && !dom.hidden)) show(update.state, false);
    }),
  ];
  return { dom, extension };
}

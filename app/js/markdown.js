// The language of a text written in Markdown, its styles, and the keys that continue a list.

import { commonmarkLanguage, deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { Language, syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { Strikethrough, Table, TaskList } from "@lezer/markdown";
import { look } from "./look.js";

// What the server makes HTML of, and no more.
const language = new Language(
  commonmarkLanguage.data,
  commonmarkLanguage.parser.configure([Strikethrough, Table, TaskList]),
  [],
  "markdown",
);

const inline = tagHighlighter([
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-em" },
  { tag: tags.strikethrough, class: "md-strike" },
  { tag: tags.monospace, class: "md-code" },
  { tag: tags.link, class: "md-link" },
  { tag: tags.url, class: "md-url" },
  { tag: tags.processingInstruction, class: "md-mark" },
]);

/** An address pasted over words makes them a link. */
const linking = EditorView.domEventHandlers({
  paste(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const address = event.clipboardData?.getData("text/plain").trim() ?? "";
    const chosen = view.state.sliceDoc(from, to);
    if (empty || view.state.readOnly || !/^https?:\/\/[^\s()<>]+$/.test(address) || /[\n[\]]|^https?:/.test(chosen)) return false;
    const insert = `[${chosen}](${address})`;
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.paste" });
    return true;
  },
});

/** The extension for a text written in Markdown. */
export function markdown() {
  return [
    language,
    syntaxHighlighting(inline),
    look,
    linking,
    keymap.of([
      { key: "Enter", run: insertNewlineContinueMarkup },
      { key: "Backspace", run: deleteMarkupBackward },
    ]),
  ];
}

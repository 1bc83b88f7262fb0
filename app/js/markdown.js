// Markdown that looks like what it means while it is written. Its marks stay, dimmed.

import { commonmarkLanguage, deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { Language, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { Decoration, EditorView, ViewPlugin, WidgetType, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { Strikethrough, TaskList } from "@lezer/markdown";

const language = new Language(
  commonmarkLanguage.data,
  commonmarkLanguage.parser.configure([Strikethrough, TaskList]),
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

/** The class of the lines of a block. */
const BLOCKS = {
  ATXHeading1: "md-h md-h1",
  ATXHeading2: "md-h md-h2",
  ATXHeading3: "md-h md-h3",
  ATXHeading4: "md-h md-h4",
  ATXHeading5: "md-h md-h4",
  ATXHeading6: "md-h md-h4",
  SetextHeading1: "md-h md-h1",
  SetextHeading2: "md-h md-h2",
  Blockquote: "md-quote",
  FencedCode: "md-block",
  CodeBlock: "md-block",
  ListItem: "md-item",
  HorizontalRule: "md-rule",
};

class Checkbox extends WidgetType {
  constructor(checked, label) {
    super();
    this.checked = checked;
    this.label = label;
  }
  eq(other) {
    return other.checked === this.checked;
  }
  toDOM(view) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "md-box";
    box.checked = this.checked;
    box.setAttribute("aria-label", this.label);
    box.addEventListener("mousedown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      event.preventDefault();
      if (view.state.readOnly) return;
      const at = view.posAtDOM(box);
      view.dispatch({ changes: { from: at + 1, to: at + 2, insert: this.checked ? " " : "x" }, userEvent: "input" });
    });
    return box;
  }
  ignoreEvent() {
    return true;
  }
}

// The dash stays in the text: only its look changes.
const bullet = Decoration.mark({ class: "md-bullet" });

function decorate(view, words) {
  const { doc } = view.state;
  const found = [];
  const lines = new Map();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        const block = BLOCKS[node.name];
        if (block) {
          let line = doc.lineAt(Math.max(node.from, from));
          while (line.from <= node.to && line.from <= to) {
            lines.set(line.from, `${lines.get(line.from) ?? ""} ${block}`);
            if (line.to >= doc.length) break;
            line = doc.line(line.number + 1);
          }
        } else if (node.name === "TaskMarker") {
          const checked = /x/i.test(doc.sliceString(node.from, node.to));
          const widget = new Checkbox(checked, words.done);
          found.push({ from: node.from, to: node.to, value: Decoration.replace({ widget }) });
        } else if (node.name === "ListMark" && node.to - node.from === 1) {
          found.push({ from: node.from, to: node.to, value: bullet });
        }
      },
    });
  }
  for (const [at, names] of lines) {
    const unique = [...new Set(names.trim().split(" "))].join(" ");
    found.push({ from: at, to: at, value: Decoration.line({ class: unique }) });
  }
  return Decoration.set(
    found.map(({ from, to, value }) => value.range(from, to)),
    true,
  );
}

function blocks(words) {
  return ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.decorations = decorate(view, words);
        this.tree = syntaxTree(view.state);
      }
      update(update) {
        const tree = syntaxTree(update.state);
        if (update.docChanged || update.viewportChanged || tree !== this.tree) {
          this.tree = tree;
          this.decorations = decorate(update.view, words);
        }
      }
    },
    {
      decorations: (plugin) => plugin.decorations,
      // The caret steps over a checkbox as over one character.
      provide: (plugin) =>
        EditorView.atomicRanges.of((view) => view.plugin(plugin)?.decorations.update({ filter: atomic }) ?? Decoration.none),
    },
  );
}

const atomic = (_from, _to, value) => value.spec.widget instanceof Checkbox;

/** The extension for a text written in Markdown. */
export function markdown(words) {
  return [
    language,
    syntaxHighlighting(inline),
    blocks(words),
    keymap.of([
      { key: "Enter", run: insertNewlineContinueMarkup },
      { key: "Backspace", run: deleteMarkupBackward },
    ]),
  ];
}

// Formatting for people who know no Markdown: buttons, shortcuts, and what they do to the text.

import { syntaxTree } from "@codemirror/language";
import { EditorSelection, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { addPictures } from "./pictures.js";
import { words } from "./words.js";

const icons = new URL("./icons.svg", import.meta.url).href;

/** name in the labels, icon, shortcut, command, and the node in which the button is pressed. */
const TOOLS = [
  ["bold", "text-b", "Mod-b", wrap("**", "StrongEmphasis"), /^StrongEmphasis$/],
  ["italic", "text-italic", "Mod-i", wrap("*", "Emphasis"), /^Emphasis$/],
  ["heading", "text-h", "Mod-Alt-h", heading, /^ATXHeading/],
  ["list", "list-bullets", "Mod-Shift-8", prefix("- ", /^\s*[-*+] (?!\[[ xX]\])/), /^BulletList$/],
  ["numbered", "list-numbers", "Mod-Shift-7", prefix("1. ", /^\s*\d+[.)] /), /^OrderedList$/],
  ["checkbox", "check-square", "Mod-Shift-9", prefix("- [ ] ", /^\s*[-*+] \[[ xX]\] /), /^Task$/],
  ["quote", "quotes", "Mod-Shift-.", prefix("> ", /^\s*> ?/), /^Blockquote$/],
  ["link", "link", "Mod-k", link, /^Link$/],
  ["picture", "image", "Mod-Shift-6", addPictures, /^Image$/],
  ["comment", "chat-circle", "Mod-Alt-m", comment, null],
];

/** The names of the nodes around the caret. */
function around(state) {
  const names = [];
  let node = syntaxTree(state).resolveInner(state.selection.main.head, -1);
  for (; node; node = node.parent) names.push(node.name);
  return names;
}

function enclosing(state, at, name) {
  for (const side of [-1, 1]) {
    for (let node = syntaxTree(state).resolveInner(at, side); node; node = node.parent) if (node.name === name) return node;
  }
  return null;
}

/** A selection without the blanks at its ends: between them, marks would mean nothing. */
function trimmed(state, { from, to }) {
  const text = state.sliceDoc(from, to);
  if (!text.trim()) return { from, to };
  return { from: from + text.length - text.trimStart().length, to: to - text.length + text.trimEnd().length };
}

/** Puts marks around the selection or the word at the caret, or takes them away. */
function wrap(mark, name) {
  return (view) => {
    const { state } = view;
    if (state.readOnly) return false;
    const change = state.changeByRange((range) => {
      const node = enclosing(state, range.head, name);
      if (node) {
        const changes = [
          { from: node.from, to: node.from + mark.length },
          { from: node.to - mark.length, to: node.to },
        ];
        const set = state.changes(changes);
        return { changes, range: range.map(set) };
      }
      const { from, to } = (range.empty ? state.wordAt(range.head) : null) ?? trimmed(state, range);
      const changes = [
        { from, insert: mark },
        { from: to, insert: mark },
      ];
      const inside = (at) => Math.min(Math.max(at, from), to) + mark.length;
      return { changes, range: EditorSelection.range(inside(range.anchor), inside(range.head)) };
    });
    view.dispatch(state.update(change, { userEvent: "input.format", scrollIntoView: true }));
    return true;
  };
}

function selectedLines(state) {
  const lines = new Map();
  for (const { from, to } of state.selection.ranges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      lines.set(line.number, line);
      at = line.to + 1;
    }
  }
  return [...lines.values()];
}

const ANY_PREFIX = /^\s*(?:#{1,6} |> ?|[-*+] \[[ xX]\] |[-*+] |\d+[.)] )/;

/** Begins the selected lines with what `mark` gives for each, in place of another mark. */
function begin(view, mark) {
  const { state } = view;
  if (state.readOnly) return false;
  const changes = selectedLines(state).map((line, index) => {
    const present = ANY_PREFIX.exec(line.text)?.[0] ?? "";
    return { from: line.from, to: line.from + present.length, insert: mark(index) };
  });
  const set = state.changes(changes);
  view.dispatch({ changes: set, selection: state.selection.map(set, 1), userEvent: "input.format", scrollIntoView: true });
  return true;
}

/** Begins the selected lines with a mark, or takes it away when every line has it. */
function prefix(mark, own) {
  return (view) => {
    const every = selectedLines(view.state).every((line) => own.test(line.text));
    return begin(view, (index) => (every ? "" : mark === "1. " ? `${index + 1}. ` : mark));
  };
}

/** A heading, a smaller one, and none again. */
function heading(view) {
  const level = /^(#{1,6}) /.exec(view.state.doc.lineAt(view.state.selection.main.head).text)?.[1].length ?? 0;
  return begin(view, () => (level === 0 ? "## " : level < 3 ? "### " : ""));
}

/** Makes the selection or the word at the caret a link, with its address ready to be typed; or a link plain words. */
function link(view) {
  const { state } = view;
  if (state.readOnly) return false;
  const { main } = state.selection;
  const node = enclosing(state, main.head, "Link");
  const [opens, closes] = node?.getChildren("LinkMark") ?? [];
  if (closes) {
    const changes = state.changes([
      { from: opens.from, to: opens.to },
      { from: closes.from, to: node.to },
    ]);
    view.dispatch({ changes, selection: state.selection.map(changes), userEvent: "input.format", scrollIntoView: true });
    return true;
  }
  const { from, to } = (main.empty ? state.wordAt(main.head) : null) ?? trimmed(state, main);
  const chosen = state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const address = isAddress ? chosen : "https://";
  const insert = `[${isAddress ? "" : chosen}](${address})`;
  const end = from + insert.length - 1;
  const selection = isAddress || !chosen ? { anchor: from + 1 } : { anchor: end - address.length, head: end };
  view.dispatch({ changes: { from, to, insert }, selection, userEvent: "input.format", scrollIntoView: true });
  return true;
}

/** Asks the page for a comment on what is selected. */
function comment(view) {
  view.dom.dispatchEvent(new CustomEvent("comment-passage", { bubbles: true }));
  return true;
}

const mac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

function readable(shortcut) {
  const keys = mac ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" } : { Mod: "Ctrl", Alt: "Alt", Shift: "⇧" };
  return shortcut
    .split("-")
    .map((key) => keys[key] ?? key.toUpperCase())
    .join(mac ? "" : "+");
}

/** Names of keys as `aria-keyshortcuts` has them. */
function spoken(shortcut) {
  return shortcut
    .split("-")
    .map((key) => (key === "Mod" ? (mac ? "Meta" : "Control") : key.length === 1 ? key.toUpperCase() : key))
    .join("+");
}

function button([, icon, shortcut, , inside]) {
  const dom = document.createElement("button");
  dom.type = "button";
  dom.setAttribute("aria-keyshortcuts", spoken(shortcut));
  if (inside) dom.setAttribute("aria-pressed", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${icon}`);
  svg.append(use);
  dom.append(svg);
  return dom;
}

/** The keys that do what the buttons do. */
export function shortcuts() {
  // The page itself listens for those of a comment, wherever something is selected.
  const keys = TOOLS.filter(([, , , run]) => run !== comment).map(([, , key, run]) => ({ key, run, preventDefault: true }));
  return Prec.high(keymap.of(keys));
}

/** A toolbar: one stop for Tab, arrow keys within, Escape back to the text; Alt-F10 leads to it. */
export function toolbar() {
  const dom = document.createElement("div");
  dom.className = "editor-tools";
  dom.setAttribute("role", "toolbar");
  const buttons = TOOLS.map(button);
  dom.append(...buttons);
  const stop = (chosen) => buttons.forEach((other) => (other.tabIndex = other === chosen ? 0 : -1));
  stop(buttons[0]);

  const label = (texts) => {
    dom.setAttribute("aria-label", texts.toolbar);
    TOOLS.forEach(([name, , shortcut], index) => {
      buttons[index].title = `${texts[name]} (${readable(shortcut)})`;
      buttons[index].setAttribute("aria-label", texts[name]);
    });
  };

  const pressed = (state) => {
    const names = around(state);
    TOOLS.forEach(([, , , , inside], index) => {
      if (inside) buttons[index].setAttribute("aria-pressed", String(names.some((name) => inside.test(name))));
    });
  };

  function attach(view) {
    label(view.state.facet(words));
    dom.hidden = view.state.readOnly;
    dom.addEventListener("mousedown", (event) => event.preventDefault());
    buttons.forEach((each, index) =>
      each.addEventListener("click", () => {
        view.focus();
        TOOLS[index][3](view);
      }),
    );
    dom.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (event.key === "Escape") view.focus();
      else if (to === undefined) return;
      else {
        const next = buttons[(to + buttons.length) % buttons.length];
        stop(next);
        next.focus();
      }
      event.preventDefault();
    });
    return dom;
  }

  const extension = [
    EditorView.updateListener.of((update) => {
      if (update.selectionSet || update.docChanged) pressed(update.state);
      const texts = update.state.facet(words);
      if (texts !== update.startState.facet(words)) label(texts);
      if (update.state.readOnly !== update.startState.readOnly) dom.hidden = update.state.readOnly;
    }),
    keymap.of([{ key: "Alt-F10", run: () => (buttons.find((each) => each.tabIndex === 0).focus(), true) }]),
  ];
  return { attach, extension };
}

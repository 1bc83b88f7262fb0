// Formatting for people who know no Markdown: buttons, shortcuts, and what they do to the text.

import { syntaxTree } from "@codemirror/language";
import { EditorSelection, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

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
      const word = range.empty ? state.wordAt(range.head) : null;
      const { from, to } = word ?? range;
      const changes = [
        { from, insert: mark },
        { from: to, insert: mark },
      ];
      const moved = EditorSelection.range(range.anchor + mark.length, range.head + mark.length);
      return { changes, range: moved };
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

function link(view) {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const chosen = state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const insert = isAddress ? `[](${chosen})` : `[${chosen}](https://)`;
  const at = isAddress || !chosen ? from + 1 : from + insert.length - 1;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: at }, userEvent: "input.format", scrollIntoView: true });
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

function button([name, icon, shortcut], words) {
  const dom = document.createElement("button");
  dom.type = "button";
  dom.title = `${words[name]} (${readable(shortcut)})`;
  dom.setAttribute("aria-label", words[name]);
  dom.setAttribute("aria-keyshortcuts", spoken(shortcut));
  dom.setAttribute("aria-pressed", "false");
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
  const keys = TOOLS.map(([, , key, run]) => ({ key, run, preventDefault: true }));
  return Prec.high(keymap.of(keys));
}

/** A toolbar: one stop for Tab, arrow keys within, Escape back to the text; Alt-F10 leads to it. */
export function toolbar(words) {
  const dom = document.createElement("div");
  dom.className = "editor-tools";
  dom.setAttribute("role", "toolbar");
  dom.setAttribute("aria-label", words.toolbar);
  const buttons = TOOLS.map((tool) => button(tool, words));
  dom.append(...buttons);
  const stop = (chosen) => buttons.forEach((other) => (other.tabIndex = other === chosen ? 0 : -1));
  stop(buttons[0]);

  const pressed = (state) => {
    const names = around(state);
    TOOLS.forEach(([, , , , inside], index) => {
      buttons[index].setAttribute("aria-pressed", String(names.some((name) => inside.test(name))));
    });
  };

  function attach(view) {
    dom.addEventListener("mousedown", (event) => event.preventDefault());
    buttons.forEach((each, index) =>
      each.addEventListener("click", () => {
        TOOLS[index][3](view);
        view.focus();
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
      if (update.state.readOnly !== update.startState.readOnly) dom.hidden = update.state.readOnly;
    }),
    keymap.of([{ key: "Alt-F10", run: () => (buttons.find((each) => each.tabIndex === 0).focus(), true) }]),
  ];
  return { attach, extension };
}

// The editor of one text of a concept, for the wasm client: CodeMirror with a thin, flat interface.
//
// Splices travel as flat arrays [at, delete, insert, at, delete, insert, …] in UTF-16 code units, each counted in the
// text the one before left behind.

import { defaultKeymap, history, isolateHistory, redo, undo, undoDepth } from "@codemirror/commands";
import { Annotation, ChangeSet, Compartment, EditorState, Transaction } from "@codemirror/state";
import { EditorView, drawSelection, keymap, placeholder } from "@codemirror/view";
import { carets, showCarets } from "./carets.js";
import { limit } from "./limit.js";
import { markdown } from "./markdown.js";
import { passages, revealPassage, showPassages } from "./passages.js";
import { pictures } from "./pictures.js";
import { shortcuts, toolbar } from "./toolbar.js";
import { words } from "./words.js";

/** Marks what others wrote, and what the client itself puts right: nothing to tell the client about. */
const remote = Annotation.define();

/**
 * Puts an editor into `parent`.
 *
 * options: text, label, markdown, singleLine, readOnly, placeholder, maxLength, nonce, pictures (where they go: board,
 * largest), words (see labels in the client)
 * callbacks: splices(flat), selection(anchor, head), focus(), blur(), enter(), compositionEnd(), step() once there is one more
 * step to take back, turn(again) when the person asks to take the last step back, wherever it was, or to do it again
 */
export function mount(parent, options, callbacks) {
  const writable = new Compartment();
  const worded = new Compartment();
  const bar = options.markdown ? toolbar() : null;
  const counter = limit(options.maxLength, remote);

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        // A carriage return someone stored is a character, or positions would differ from the document's.
        EditorState.lineSeparator.of("\n"),
        EditorView.cspNonce.of(options.nonce ?? ""),
        EditorView.lineWrapping,
        EditorView.editorAttributes.of({ class: `editor ${shape(options)}` }),
        EditorView.contentAttributes.of(attributes(options)),
        worded.of(texts(options)),
        EditorView.clipboardInputFilter.of((text) => clean(text, options.singleLine)),
        writable.of(permission(options.readOnly)),
        drawSelection(),
        skeleton,
        history(),
        passages(),
        carets(),
        counter.extension,
        options.singleLine ? oneLine(callbacks) : [],
        options.markdown ? [markdown(), pictures(options.pictures), shortcuts(), bar.extension] : [],
        keymap.of([{ key: "Escape", run: leave }, ...turns(callbacks), ...defaultKeymap]),
        EditorView.updateListener.of((update) => tell(update, callbacks)),
        EditorView.domEventHandlers({
          compositionend: () => {
            // The view reads the composed text first.
            setTimeout(() => callbacks.compositionEnd(), 0);
          },
          // The browser's own menu and gestures ask for the same as the keys.
          beforeinput: (event) => {
            const again = { historyUndo: false, historyRedo: true }[event.inputType];
            if (again === undefined) return false;
            event.preventDefault();
            callbacks.turn(again);
            return true;
          },
        }),
      ],
    }),
  });
  if (bar) view.dom.prepend(bar.attach(view));
  view.dom.append(counter.dom);

  return {
    apply: (splices) => dispatch(view, splices, [remote.of(true), Transaction.addToHistory.of(false)], { filter: false }),
    /** Says whether there was room for it. */
    type: (splices) => {
      const before = view.state.doc;
      dispatch(view, splices, [Transaction.userEvent.of("input")], { scrollIntoView: true });
      return view.state.doc !== before;
    },
    setCarets: (list) => view.dispatch({ effects: showCarets.of(list) }),
    setPassages: (list) => view.dispatch({ effects: showPassages.of(list) }),
    /** Leads to the passage that a comment is about. */
    reveal: (comment) => revealPassage(view, comment),
    /** Brings a place of the text into sight; the caret stays where it is. */
    lookAt: (place) => view.dispatch({ effects: EditorView.scrollIntoView(Math.min(place, view.state.doc.length), { y: "center" }) }),
    setReadOnly: (readOnly) => view.dispatch({ effects: writable.reconfigure(permission(readOnly)) }),
    /** Speaks another language from now on: {label, placeholder, words}. */
    setWords: (said) => view.dispatch({ effects: worded.reconfigure(texts(said)) }),
    setText: (text) => setText(view, text),
    text: () => view.state.doc.toString(),
    /** Takes the person's last step in this text back, or does it again. Says whether there was one. */
    turn: (again) => (again ? redo : undo)(view),
    composing: () => view.composing || view.compositionStarted,
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** What CodeMirror sets itself, and the page's style sheet could not overrule from its layers. */
const skeleton = EditorView.theme({
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "visible" },
  ".cm-content": { padding: "0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0" },
  ".cm-line.md-quote": { paddingLeft: "var(--s4)" },
  ".cm-line.md-block": { paddingInline: "var(--s4)" },
  ...lists(5),
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)" },
  ".cm-placeholder": { color: "var(--ink-quiet)", fontStyle: "normal" },
  ".cm-selectionLayer .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--amber-paper)",
  },
});

/** Items stand in by their depth; what they begin with hangs before them. */
function lists(deepest) {
  const rules = { ".cm-line.md-hangs": { textIndent: "calc(-1 * var(--s6))" } };
  for (let deep = 1; deep <= deepest; deep++) rules[`.cm-line.md-d${deep}`] = { paddingLeft: `calc(${deep} * var(--s6))` };
  return rules;
}

function shape({ singleLine, markdown }) {
  if (singleLine) return "is-line";
  return markdown ? "is-body" : "is-short";
}

function permission(readOnly) {
  return [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
}

function texts({ label, placeholder: hint, words: said }) {
  return [words.of(said), placeholder(hint ?? ""), EditorView.contentAttributes.of({ "aria-label": label })];
}

function attributes({ singleLine }) {
  return {
    "aria-multiline": String(!singleLine),
    spellcheck: "true",
    autocorrect: "on",
    autocapitalize: "sentences",
  };
}

/** Pasted or dropped text without what no reader sees; on one line where there is only one. */
function clean(text, singleLine) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/g, "");
  return singleLine ? lines.replace(/\s*\n\s*/g, " ").trim() : lines;
}

function oneLine(callbacks) {
  return [
    keymap.of([{ key: "Enter", run: () => (callbacks.enter(), true) }]),
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.annotation(remote)) return transaction;
      let breaks = false;
      transaction.changes.iterChanges((_a, _b, _c, _d, inserted) => (breaks ||= inserted.lines > 1));
      return breaks ? [] : transaction;
    }),
  ];
}

/** The keys by which steps are taken back: the client knows in which text the last one was. */
function turns(callbacks) {
  const turn = (again) => () => (callbacks.turn(again), true);
  return [
    { key: "Mod-z", run: turn(false), preventDefault: true },
    { key: "Mod-y", mac: "Mod-Shift-z", run: turn(true), preventDefault: true },
    { linux: "Ctrl-Shift-z", win: "Ctrl-Shift-z", run: turn(true), preventDefault: true },
  ];
}

function leave(view) {
  view.contentDOM.blur();
  return true;
}

function changeSet(state, splices) {
  let changes = ChangeSet.empty(state.doc.length);
  for (let i = 0; i < splices.length; i += 3) {
    const from = splices[i];
    const next = { from, to: from + splices[i + 1], insert: state.toText(splices[i + 2]) };
    changes = changes.compose(ChangeSet.of(next, changes.newLength));
  }
  return changes;
}

function dispatch(view, splices, annotations, rest) {
  view.dispatch({ changes: changeSet(view.state, splices), annotations, ...rest });
}

/** Shows another text, changing only what differs, so that carets stay. */
function setText(view, text) {
  const shown = view.state.doc.toString();
  if (shown === text) return;
  let from = 0;
  while (from < shown.length && from < text.length && shown[from] === text[from]) from++;
  let to = shown.length;
  let end = text.length;
  while (to > from && end > from && shown[to - 1] === text[end - 1]) to--, end--;
  dispatch(view, [from, to - from, text.slice(from, end)], [remote.of(true), Transaction.addToHistory.of(false)], {
    filter: false,
  });
}

/** Tells the client what the person typed and where their caret is. */
function tell(update, callbacks) {
  const turned = update.transactions.some((one) => one.isUserEvent("undo") || one.isUserEvent("redo"));
  if (!turned && undoDepth(update.state) > undoDepth(update.startState)) callbacks.step();
  // What is written after one was elsewhere is another step.
  if (update.focusChanged && update.view.hasFocus) {
    queueMicrotask(() => update.view.dispatch({ annotations: isolateHistory.of("full") }));
  }
  const splices = [];
  for (const transaction of update.transactions) {
    if (!transaction.docChanged || transaction.annotation(remote)) continue;
    transaction.changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
      splices.push(fromB, toA - fromA, inserted.sliceString(0, inserted.length, "\n"));
    });
  }
  if (splices.length > 0) callbacks.splices(splices);
  if (update.focusChanged) update.view.hasFocus ? callbacks.focus() : callbacks.blur();
  if (update.view.hasFocus && (update.selectionSet || update.focusChanged || update.docChanged)) {
    const { anchor, head } = update.state.selection.main;
    callbacks.selection(anchor, head);
  }
}

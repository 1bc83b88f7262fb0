// Pictures in an editor: pasted, dropped or chosen, they are put in where they were meant to be, wherever that is by the
// time they have arrived.

import { Facet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";
import { Job, choose, dropped, drags, pasted } from "./upload.js";
import { words } from "./words.js";

/** Where pictures go: {board, largest}. */
const place = Facet.define({ combine: (all) => all[0] });

const begin = StateEffect.define();
const end = StateEffect.define();

class Waiting extends WidgetType {
  constructor(job) {
    super();
    this.job = job;
  }
  eq(other) {
    return other.job === this.job;
  }
  toDOM() {
    return this.job.dom;
  }
  ignoreEvent() {
    return true;
  }
}

/** The pictures on their way: [{job, at}]. */
const waiting = StateField.define({
  create: () => [],
  update(all, transaction) {
    let next = transaction.docChanged ? all.map(({ job, at }) => ({ job, at: transaction.changes.mapPos(at, 1) })) : all;
    for (const effect of transaction.effects) {
      if (effect.is(begin)) next = [...next, effect.value];
      if (effect.is(end)) next = next.filter(({ job }) => job !== effect.value);
    }
    return next;
  },
  provide: (self) =>
    EditorView.decorations.compute([self], (state) =>
      Decoration.set(
        state.field(self).map(({ job, at }) => {
          // Below the line, so that nobody's words move aside.
          const below = state.doc.lineAt(at).to;
          return Decoration.widget({ widget: new Waiting(job), block: true, side: 1 }).range(below);
        }),
        true,
      ),
    ),
});

function take(view, files, at) {
  if (view.state.readOnly) return;
  for (const file of files) {
    const job = new Job(file, view.state.facet(place), () => view.state.facet(words), {
      arrived: (picture) => put(view, job, picture),
      gone: () => view.dispatch({ effects: end.of(job) }),
    });
    view.dispatch({ effects: begin.of({ job, at }) });
  }
}

/** Puts a picture on a line of its own. Answers why not, if so. */
function put(view, job, { path }) {
  const { state } = view;
  if (state.readOnly) return "editing_rule";
  const { at } = state.field(waiting).find((one) => one.job === job);
  const line = state.doc.lineAt(at);
  const insert = `${line.text.trim() ? "\n\n" : ""}![](${path})`;
  const before = state.doc;
  view.dispatch({ changes: { from: line.to, insert }, userEvent: "input.paste", scrollIntoView: true });
  return view.state.doc === before ? "no_room" : null;
}

/** Lets the person choose pictures for where their caret is. */
export function addPictures(view) {
  if (view.state.readOnly) return false;
  const at = view.state.selection.main.head;
  choose((files) => take(view, files, Math.min(at, view.state.doc.length)));
  return true;
}

/** The extension for a text that holds pictures; `where` is {board, largest}. */
export function pictures(where) {
  return [
    place.of(where),
    waiting,
    EditorView.domEventHandlers({
      paste(event, view) {
        const files = pasted(event);
        if (files.length === 0) return false;
        take(view, files, view.state.selection.main.head);
        return true;
      },
      dragover(event) {
        if (!drags(event)) return false;
        event.preventDefault();
        return true;
      },
      drop(event, view) {
        const files = dropped(event);
        if (files.length === 0) return false;
        event.preventDefault();
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY }, false);
        take(view, files, at);
        return true;
      },
    }),
  ];
}

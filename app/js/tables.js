// Tables are typed as they are stored; what their cells lack to stand one below another is filled in beside the text.

import { Decoration } from "@codemirror/view";
import { Filling } from "./widgets.js";

/** Beyond this many characters a row wraps, and columns no longer help. */
const WIDEST = 56;
/** Beyond this it does so on a phone. */
const NARROW = 36;

/** Where the cells of a row end, and how wide they are: [[at, width], …], without the last when no bar follows it. */
function cells(doc, from, to) {
  const text = doc.sliceString(from, to);
  const found = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "|") {
      if (text.slice(0, at).trim()) found.push([from + at, [...text.slice(start, at)].length]);
      start = at + 1;
    }
  }
  return found;
}

/** Adds what a table looks like: `line` gives a line a class, `put` a decoration. */
export function table(doc, node, line, put) {
  const rows = [];
  for (let at = doc.lineAt(node.from); ; at = doc.line(at.number + 1)) {
    const kind = rows.length === 0 ? "md-table-head" : rows.length === 1 ? "md-table-dashes" : "";
    rows.push({ kind, at: at.from, cells: cells(doc, Math.max(at.from, node.from), Math.min(at.to, node.to)) });
    if (at.to >= node.to || at.number === doc.lines) break;
  }
  const widths = [];
  for (const row of rows) row.cells.forEach(([, width], n) => (widths[n] = Math.max(widths[n] ?? 0, width)));
  // The dashes say which columns stand at the right.
  const right = rows[1]?.cells.map(([at, width]) => /^[^:]*-+:\s*$/.test(doc.sliceString(at - width, at))) ?? [];
  const whole = widths.reduce((sum, width) => sum + width + 1, 1);
  for (const row of rows) {
    line(row.at, `md-table ${row.kind} ${whole > NARROW ? "md-table-wide" : ""}`);
    if (whole > WIDEST) continue;
    row.cells.forEach(([at, width], n) => {
      if (width === widths[n]) return;
      const dashes = row.kind === "md-table-dashes";
      const text = (dashes ? "-" : "\u00a0").repeat(widths[n] - width);
      let place = at;
      if (dashes) place -= /[: ]*$/.exec(doc.sliceString(at - width, at))[0].length;
      else if (right[n]) place -= width;
      put(place, place, Decoration.widget({ widget: new Filling(text), side: place < at ? -1 : 1 }));
    });
  }
}

/**
 * Aligned tables for a terminal.
 *
 * Guarantees: pure; columns line up even with wide Chinese characters and colours; no colour unless
 * requested; no line ends in blanks; with a `width`, lines are kept within it, if necessary by cutting
 * the longest flexible column with `…`. Control characters in cells become blanks.
 *
 * @module
 */
import { partsOf } from "./commands_in_text.ts";
import { charactersOf, textWidth } from "./text_width.ts";
import { oneLine } from "../../plain_text.ts";

/** The colours that a cell can have. */
export type Colour = "red" | "green" | "yellow" | "dim" | "bold";

/** A cell: plain text, or text with a colour. */
export type Cell = string | { text: string; colour: Colour };

/** A column's heading and behaviour. */
export interface Column {
  title: string;
  align?: "left" | "right";
  /** May be cut to fit the width. */
  flexible?: boolean;
}

interface TableOptions {
  /** Whether colours are used; default false. */
  colours?: boolean;
  /** The terminal's width in columns; without it nothing is cut. */
  width?: number;
}

const CODES: Record<Colour, [number, number]> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
};
const GAP = "  ";
const NARROWEST = 6;

/** The table's lines, joined by newlines, with one at the end. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string {
  const { colours = false, width = Infinity } = options;
  const texts = rows.map((row) => columns.map((_, at) => plain(row[at] ?? "")));
  const widths = columns.map((column, at) =>
    Math.max(textWidth(column.title), ...texts.map((row) => textWidth(row[at] ?? "")))
  );
  shrink(widths, columns, width);
  const line = (cells: readonly string[], colour: (at: number) => Colour | undefined): string =>
    columns.map((column, at) => {
      const text = cut(cells[at] ?? "", widths[at] ?? 0);
      const blanks = " ".repeat(Math.max(0, (widths[at] ?? 0) - textWidth(text)));
      const shown = colours ? paint(text, colour(at)) : text;
      return column.align === "right" ? blanks + shown : shown + blanks;
    }).join(GAP).trimEnd();
  const lines = [line(columns.map((column) => column.title), () => "dim")];
  rows.forEach((row, n) =>
    lines.push(line(texts[n] ?? [], (at) => {
      const cell = row[at];
      return typeof cell === "object" ? cell.colour : undefined;
    }))
  );
  return lines.join("\n") + "\n";
}

function plain(cell: Cell): string {
  const text = typeof cell === "string" ? cell : cell.text;
  return oneLine(text);
}

/** The text in that colour. */
export function paint(text: string, colour: Colour | undefined): string {
  if (colour === undefined || text === "") return text;
  const [on, off] = CODES[colour];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Narrows the widest flexible column until the table fits. */
function shrink(widths: number[], columns: readonly Column[], width: number): void {
  const total = (): number =>
    widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    let widest = -1;
    columns.forEach((column, at) => {
      const room = widths[at] ?? 0;
      if (column.flexible && room > NARROWEST && room > (widths[widest] ?? 0)) widest = at;
    });
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** Chinese marks that a line may not end with, and that it may not begin with. */
const OPENING = "\\u2018\\u201c（《【";
const CLOSING = "，。：；！？、）》】\\u2019\\u201d…";

/**
 * What stays on one line: a path; a Chinese character or a word in another script; each with the
 * punctuation that clings to it.
 */
const PIECE = new RegExp(
  `( *)([${OPENING}]*(?:[^ ${OPENING}${CLOSING}]*/[^ ${OPENING}${CLOSING}]*` +
    `|\\p{Script=Han}|[^ \\p{Script=Han}${OPENING}${CLOSING}]+)?[${CLOSING}]*)`,
  "gu",
);

/**
 * Wraps a text to `width` columns, between words if possible. A command or a path is never broken, even
 * if its line gets wider; with `redrawn` a path may be, because redrawing relies on the count of lines.
 */
export function wrap(text: string, width: number, { redrawn = false } = {}): string[] {
  const lines: string[] = [];
  let line = "";
  let blanks = "";
  const add = (piece: string, isCommand: boolean): void => {
    const joined = line === "" ? piece : `${line}${blanks}${piece}`;
    if (textWidth(joined) <= width) {
      line = joined;
      return;
    }
    if (line !== "") lines.push(line);
    const isWhole = isCommand || (!redrawn && piece.includes("/"));
    for (let head = fitting(piece, width); !isWhole && head.length < piece.length;) {
      lines.push(head);
      piece = piece.slice(head.length);
      head = fitting(piece, width);
    }
    line = piece;
  };
  for (const { text: part, isCommand } of partsOf(text)) {
    if (isCommand) {
      add(part.trimEnd(), true);
      blanks = part.endsWith(" ") ? " " : "";
      continue;
    }
    for (const [, before = "", piece = ""] of part.matchAll(PIECE)) {
      blanks += before;
      if (piece === "") continue;
      add(piece, false);
      blanks = "";
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Truncates the text to at most `width` columns, with `…`. */
export function cut(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${fitting(text, width - 1)}…`;
}

/** The beginning that fits, but at least one character. */
function fitting(text: string, width: number): string {
  let kept = "";
  let used = 0;
  for (const character of charactersOf(text)) {
    used += textWidth(character);
    if (used > width && kept !== "") break;
    kept += character;
  }
  return kept;
}

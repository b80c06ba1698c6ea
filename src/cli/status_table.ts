/**
 * The status as a person reads it: a table with a row a dataset where the terminal is wide enough,
 * else a paragraph a dataset; above it the verdict in one line, below it what needs a look.
 *
 * Guarantees: pure; nothing is wider than asked for, but for sentences, which may wrap.
 *
 * @module
 */
import { parseInstant } from "../hub/version_time.ts";
import { durationText, percentText } from "../observe/duration_text.ts";
import type { StatusRow } from "../observe/status_rows.ts";
import { verdictOf } from "../observe/verdict.ts";
import { wallText } from "../observe/zone.ts";
import { PROGRAM } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";
import type { StatusView } from "./status_view.ts";
import { type Cell, type Colour, cut, paint, renderTable } from "./table.ts";
import { bytesText, secondsText } from "./units.ts";
import stringWidth from "string-width";

/** How a status is drawn. */
export interface StatusStyle {
  colours: boolean;
  /** Columns that there are; `Infinity` where nobody counts them. */
  width: number;
  /** A command of ours with these words, as one types it. */
  command?: (words: string) => string;
}

/** One thing worth a look, `bad` or only so-so. */
interface Note {
  bad: boolean;
  text: string;
}

const NEXT_RUN = "next run";
const COLUMNS = [
  { title: "dataset" },
  { title: "version" },
  { title: "age", align: "right" as const },
  { title: "hub" },
  { title: "last run" },
  { title: "took", align: "right" as const },
  { title: "received", align: "right" as const },
  { title: "30 days", align: "right" as const },
  { title: NEXT_RUN },
  { title: "on disk", align: "right" as const },
];

/** The whole status, with a newline at its end. */
export function renderStatus(view: StatusView, style: StatusStyle): string {
  const notes = notesOf(view, style);
  const tell = ({ bad, text }: Note): string =>
    style.colours
      ? `${paint(bad ? "✗" : "!", bad ? "red" : "yellow")} ${text}`
      : `${bad ? "✗" : "!"} ${text}`;
  const parts = [verdictLine(view, notes, style), body(view, style)];
  if (notes.length > 0) parts.push(notes.map(tell).join("\n"));
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}

function verdictLine(view: StatusView, notes: readonly Note[], style: StatusStyle): string {
  const { rows, hub } = view;
  const count = rows.length;
  const troubled = new Set(rows.filter((row) => troublesOf(row, view).length > 0));
  const one = (colour: Colour, mark: string, text: string): string =>
    style.colours ? `${paint(mark, colour)} ${paint(text, "bold")}` : `${mark} ${text}`;
  if (troubled.size > 0) {
    const bad = notes.some((note) => note.bad);
    const text = `${troubled.size} of ${count} datasets need${
      troubled.size === 1 ? "s" : ""
    } a look`;
    return one(bad ? "red" : "yellow", bad ? "✗" : "!", text);
  }
  const which = count === 1 ? "The dataset is" : `All ${count} datasets are`;
  if (hub.kind === "failed") return one("red", "✗", "The hub can't be asked");
  if (hub.kind === "asking") return one("green", "✓", `${which} in good order; asking the hub …`);
  if (hub.kind === "not_asked") {
    return one("green", "✓", `${which} in good order; the hub wasn't asked`);
  }
  const behind = rows.filter(({ step }) => step === "behind").length;
  if (behind > 0) {
    return one(
      "yellow",
      "!",
      `${behind} of ${count} ${behind === 1 ? "is" : "are"} behind the hub`,
    );
  }
  return one("green", "✓", `${which} in step with the hub`);
}

function body(view: StatusView, style: StatusStyle): string {
  const cells = view.rows.map((row) => cellsOf(row, view));
  // A column of dashes would cost the width that decides between table and paragraphs.
  const shown = COLUMNS.filter(({ title }) =>
    title !== NEXT_RUN || view.rows.some(({ nextRun }) => nextRun !== null)
  );
  const rows = cells.map((row) => row.filter((_, at) => shown.includes(COLUMNS[at]!)));
  const plain = renderTable(shown, rows);
  const natural = Math.max(...plain.split("\n").map((line) => stringWidth(line)));
  if (natural <= style.width) return renderTable(shown, rows, { colours: style.colours });
  return view.rows.map((row, at) => paragraph(row, cells[at]!, { view, style })).join("\n");
}

function cellsOf(row: StatusRow, view: StatusView): Cell[] {
  const failed = row.lastOutcome !== null && verdictOf(row.lastOutcome) === "failed";
  const age = row.ageMs === null ? "-" : durationText(row.ageMs);
  const since = view.running.get(row.dataset);
  return [
    { text: row.dataset, colour: "bold" },
    versionText(row.localVersion, view),
    row.staleness.stale ? { text: age, colour: "red" } : age,
    hubCell(row, view),
    since === undefined
      ? { text: row.lastOutcome ?? "-", colour: failed ? "red" : row.lastOutcome ? "green" : "dim" }
      : { text: `running ${durationText(view.now - since)}`, colour: "bold" },
    row.lastDurationMs === null ? "-" : secondsText(row.lastDurationMs),
    row.lastBytes === null ? "-" : bytesText(row.lastBytes),
    rateCell(row.successRate),
    row.nextRun === null ? "-" : shortTime(localWall(row.nextRun), localWall(view.now)),
    row.bytesOnDisk === null ? "-" : bytesText(row.bytesOnDisk),
  ];
}

function hubCell(row: StatusRow, view: StatusView): Cell {
  if (view.hub.kind === "not_asked") return { text: "not asked", colour: "dim" };
  if (view.hub.kind === "asking") return { text: "asking …", colour: "dim" };
  if (view.hub.kind === "failed") return { text: "no answer", colour: "red" };
  const { step, stepText, hubVersion } = row;
  if (step === "in_step") return { text: stepText, colour: "green" };
  const version = hubVersion === null ? "" : ` (${versionText(hubVersion, view)})`;
  const colour = step === "not_on_hub" ? "red" : step === "unknown" ? "dim" : "yellow";
  return { text: `${stepText}${version}`, colour };
}

function rateCell(rate: number | null): Cell {
  const text = percentText(rate);
  if (rate === null) return { text: "-", colour: "dim" };
  return rate < 0.8 ? { text, colour: "red" } : rate < 1 ? { text, colour: "yellow" } : text;
}

/** What the columns say, under each other. */
function paragraph(
  row: StatusRow,
  cells: readonly Cell[],
  { view, style }: { view: StatusView; style: StatusStyle },
): string {
  const [, version, age, hub, outcome, took, received, rate, next, disk] = cells;
  const show = (cell: Cell | undefined): string => {
    if (cell === undefined || typeof cell === "string") return cell ?? "";
    return style.colours ? paint(cell.text, cell.colour) : cell.text;
  };
  const ago = row.lastAttempt === null || view.running.has(row.dataset)
    ? ""
    : ` ${durationText(view.now - row.lastAttempt)} ago`;
  const update = row.lastBytes === null
    ? ""
    : `; the last update: ${show(received)} in ${show(took)}`;
  const name = cut(row.dataset, style.width);
  const lines = [
    style.colours ? paint(name, "bold") : name,
    `  version   ${show(version)}, ${show(age)} old`,
    `  hub       ${show(hub)}`,
    `  last run  ${show(outcome)}${ago}${update}`,
    `  30 days   ${show(rate)} went well`,
    `  next run  ${show(next)}`,
    `  on disk   ${show(disk)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function notesOf(
  view: StatusView,
  { command = plainCommand }: Pick<StatusStyle, "command">,
): Note[] {
  const notes = view.rows.flatMap((row) =>
    troublesOf(row, view, command).map(({ bad, text }) => ({
      bad,
      text: `${row.dataset}: ${text}`,
    }))
  );
  const { hub, schedule } = view;
  if (hub.kind === "failed") {
    notes.push({ bad: true, text: `the hub can't be asked: ${hub.error}` });
    const hint = view.running.size > 0
      ? "a run is under way, and some hubs answer one request after the other"
      : hub.hint;
    if (hint !== undefined) notes.at(-1)!.text += `\n  hint: ${hint}`;
  }
  if (schedule?.kind === "none") {
    notes.push({
      bad: false,
      text: `no schedule found, so nothing syncs by itself: ${command("check")}`,
    });
  }
  return notes;
}

function troublesOf(
  row: StatusRow,
  view: StatusView,
  command = plainCommand,
): Note[] {
  const notes: Note[] = [];
  const { lastOutcome, lastAttempt, lastError, staleness } = row;
  if (lastOutcome !== null && verdictOf(lastOutcome) === "failed") {
    const ago = lastAttempt === null ? "" : ` ${durationText(view.now - lastAttempt)} ago`;
    const why = lastError === null ? "" : `: ${lastError}`;
    notes.push({ bad: true, text: `the last run${ago} ended as ${lastOutcome}${why}` });
  }
  if (staleness.stale) notes.push({ bad: true, text: staleness.text });
  if (row.step === "not_on_hub") notes.push({ bad: true, text: "the hub doesn't list it" });
  else if (row.localVersion === null) {
    const words = `sync -d ${shellWord(row.dataset)}`;
    const text = `never synced: ${command(words)}`;
    notes.push({ bad: false, text });
  }
  return notes;
}

const plainCommand = (words: string): string => `${PROGRAM} ${words}`;

/** A version as people read times; one that is no time stays as the hub wrote it. */
function versionText(version: string | null, { now, timezone }: StatusView): string {
  if (version === null) return "-";
  const instant = parseInstant(version, timezone);
  if (instant === null) return cut(version, 19);
  return shortTime(wallText(instant, timezone), wallText(now, timezone));
}

/** `11-22 06:02`, with the year where it isn't this one's. */
function shortTime(wall: string, now: string): string {
  return wall.slice(0, 4) === now.slice(0, 4) ? wall.slice(5) : wall;
}

/** `2026-11-22 08:15` in this machine's zone. */
function localWall(instant: number): string {
  return wallText(instant, Intl.DateTimeFormat().resolvedOptions().timeZone);
}

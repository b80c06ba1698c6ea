/**
 * The status as a person reads it: the verdict in one line, a table with a row per dataset, and what
 * deserves attention below it.
 *
 * Guarantees: pure; nothing is wider than asked for down to 40 columns: columns are left out, the
 * least important first, then names are cut, and sentences are broken. All times are in the hub's
 * zone, which is named. States are said in the words that `--json` has.
 *
 * @module
 */
import { bytesText, durationText, percentText, secondsText } from "../units.ts";
import type { StatusRow } from "../monitoring/status_rows.ts";
import { verdictOf } from "../monitoring/verdict.ts";
import { clockText } from "../monitoring/usual_hour.ts";
import { dayText } from "../monitoring/zone.ts";
import { PROGRAM } from "../own_command.ts";
import { type StatusNote, statusNotes, troubledRows } from "./status_notes.ts";
import type { StatusView } from "./status_view.ts";
import { type Cell, type Colour, type Column, paint, renderTable, wrap } from "./table.ts";
import { shortTime, versionText } from "./version_text.ts";
import stringWidth from "string-width";

/** Options for drawing a status. */
export interface StatusStyle {
  colours: boolean;
  /** The available columns; `Infinity` = no limit. */
  width: number;
  /** The command line of this program with these words. */
  command?: (words: string) => string;
}

/** A column; those with the highest number are dropped first if there is too little room. */
interface StatusColumn extends Column {
  goes: number;
  cell: (row: StatusRow, view: StatusView) => Cell;
}

const COLUMNS: readonly StatusColumn[] = [
  {
    title: "dataset",
    flexible: true,
    goes: 0,
    cell: ({ dataset }) => ({ text: dataset, colour: "bold" }),
  },
  { title: "version", goes: 4, cell: (row, view) => versionText(row.localVersion, view) },
  { title: "age", align: "right", goes: 0, cell: ageCell },
  {
    title: "newest row",
    goes: 1,
    cell: ({ newestRow }, { timezone }) =>
      newestRow === null ? "-" : dayText(newestRow, timezone).slice(5),
  },
  { title: "usually", goes: 6, cell: usualCell },
  { title: "hub", flexible: true, goes: 0, cell: hubCell },
  {
    title: "hub has",
    goes: 8,
    cell: ({ hubVersion, localVersion }, view) =>
      hubVersion === localVersion ? "" : versionText(hubVersion, view),
  },
  { title: "last run", flexible: true, goes: 0, cell: runCell },
  {
    title: "took",
    align: "right",
    goes: 7,
    cell: ({ lastDurationMs }) => lastDurationMs === null ? "-" : secondsText(lastDurationMs),
  },
  {
    title: "received",
    align: "right",
    goes: 6,
    cell: ({ lastBytes }) => lastBytes === null ? "-" : bytesText(lastBytes),
  },
  { title: "30 days", align: "right", goes: 5, cell: ({ successRate }) => rateCell(successRate) },
  {
    title: "next run",
    goes: 3,
    cell: ({ nextRun }, view) => nextRun === null ? "-" : shortTime(nextRun, view),
  },
  { title: "on disk", align: "right", goes: 2, cell: diskCell },
];

/** A name is cut to this before a column that isn't of the first to go is left out. */
const SHORTEST_NAME = 16;
const KEPT_BEFORE_NAMES = 4;

/** The whole status, with a newline at its end. */
export function renderStatus(view: StatusView, style: StatusStyle): string {
  const { colours, width, command = (words) => `${PROGRAM} ${words}` } = style;
  const notes = statusNotes(view, command);
  const told = notes.flatMap(({ bad, text, hint }) => {
    const mark = bad ? "✗" : "!";
    const shown = colours ? paint(mark, bad ? "red" : "yellow") : mark;
    const [first = "", ...rest] = wrapped(text, width - 2);
    const more = [...rest, ...hint === undefined ? [] : wrapped(`hint: ${hint}`, width - 2)];
    return [`${shown} ${first}`, ...more.map((line) => `  ${line}`)];
  });
  const parts = [verdictLine(view, notes, colours), tableOf(view, style).trimEnd()];
  const saved = patchLine(view);
  if (saved !== undefined) parts[1] += `\n${wrapped(saved, width).join("\n")}`;
  if (told.length > 0) parts.push(told.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

function wrapped(text: string, width: number): string[] {
  return width === Infinity ? [text] : wrap(text, Math.max(20, width));
}

function verdictLine(view: StatusView, notes: readonly StatusNote[], colours: boolean): string {
  const { rows, hub } = view;
  const count = rows.length;
  const one = (colour: Colour, mark: string, text: string): string =>
    colours ? `${paint(mark, colour)} ${paint(text, "bold")}` : `${mark} ${text}`;
  const troubled = troubledRows(view);
  if (troubled > 0) {
    const text = count === 1
      ? "The dataset needs attention"
      : `${troubled} of ${count} datasets ${troubled === 1 ? "needs" : "need"} attention`;
    const bad = notes.some((note) => note.bad);
    return one(bad ? "red" : "yellow", bad ? "✗" : "!", text);
  }
  const which = count === 1 ? "The dataset is" : `All ${count} datasets are`;
  if (hub.kind === "failed") return one("red", "✗", "The hub can't be asked");
  if (hub.kind === "asking") return one("green", "✓", `${which} in good order; asking the hub …`);
  if (hub.kind === "not_asked") {
    return one("green", "✓", `${which} in good order; the hub wasn't asked`);
  }
  const behind = rows.filter(({ step }) => step !== "up_to_date").length;
  if (behind > 0) {
    const text = count === 1
      ? "The dataset is behind the hub"
      : `${behind} of ${count} datasets ${behind === 1 ? "is" : "are"} behind the hub`;
    return one("yellow", "!", text);
  }
  return one("green", "✓", `${which} up to date with the hub`);
}

/** What patches saved, if there were any. */
function patchLine({ rows }: StatusView): string | undefined {
  const updates = rows.reduce((sum, { patchUpdates }) => sum + patchUpdates, 0);
  if (updates === 0) return undefined;
  const saved = bytesText(rows.reduce((sum, { patchSaved }) => sum + patchSaved, 0));
  const times = updates === 1 ? "1 update" : `${updates} updates`;
  return `Patches saved ${saved} of download in 30 days (${times}).`;
}

/** The table, with the zone of its times below. */
function tableOf(view: StatusView, { colours, width }: StatusStyle): string {
  // An empty column would take room from a useful one.
  const empty: Record<string, boolean> = {
    "newest row": view.rows.every(({ newestRow }) => newestRow === null),
    "usually": view.rows.every(({ usual }) => usual === null),
    "next run": view.rows.every(({ nextRun }) => nextRun === null),
    "hub has": view.rows.every(({ hubVersion, localVersion }) =>
      hubVersion === null || hubVersion === localVersion
    ),
  };
  let columns = COLUMNS.filter(({ title }) => !empty[title]);
  const draw = (options: { colours?: boolean; width?: number } = {}): string =>
    renderTable(
      columns,
      view.rows.map((row) => columns.map(({ cell }) => cell(row, view))),
      options,
    );
  const widest = (text: string): number =>
    Math.max(...text.split("\n").map((line) => stringWidth(line)));
  const names = Math.max(...view.rows.map(({ dataset }) => stringWidth(dataset)));
  for (;;) {
    const least = columns.reduce((one, other) => other.goes > one.goes ? other : one);
    const spare = least.goes > KEPT_BEFORE_NAMES ? 0 : Math.max(0, names - SHORTEST_NAME);
    if (least.goes === 0 || widest(draw()) - spare <= width) break;
    columns = columns.filter((column) => column !== least);
  }
  const zoned = columns.some(({ title }) => ["version", "hub has", "next run"].includes(title));
  const drawn = draw({ colours, ...(width !== Infinity && { width }) });
  return zoned ? `${drawn}Times are in ${view.timezone}.\n` : drawn;
}

function ageCell({ ageMs, staleness }: StatusRow): Cell {
  if (ageMs === null) return "-";
  const text = durationText(ageMs);
  return staleness.stale ? { text, colour: "red" } : text;
}

function usualCell({ usual }: StatusRow): Cell {
  if (usual === null) return "-";
  const time = clockText(usual.minutes);
  if (usual.lateMs === null) return time;
  return { text: `${time}, today ${durationText(usual.lateMs)} late`, colour: "yellow" };
}

function hubCell(row: StatusRow, view: StatusView): Cell {
  if (view.hub.kind === "not_asked") return { text: "not asked", colour: "dim" };
  if (view.hub.kind === "asking") return { text: "asking …", colour: "dim" };
  if (view.hub.kind === "failed") return { text: "no answer", colour: "red" };
  const { step, behindMs } = row;
  if (step === "up_to_date") return { text: step, colour: "green" };
  const by = behindMs === null ? "" : ` ${durationText(behindMs)}`;
  const bad = step === "not_on_hub" || step === "not_as_recorded";
  return { text: `${step}${by}`, colour: bad ? "red" : step === "unknown" ? "dim" : "yellow" };
}

function runCell({ dataset, lastOutcome, lastAttempt }: StatusRow, view: StatusView): Cell {
  const since = view.running.get(dataset);
  if (since !== undefined) {
    return { text: `running ${durationText(view.now - since)}`, colour: "bold" };
  }
  if (lastOutcome === null) return { text: "-", colour: "dim" };
  const colour = { ok: "green", failed: "red", aside: "yellow" } as const;
  const ago = lastAttempt === null ? "" : ` ${durationText(view.now - lastAttempt)} ago`;
  return { text: `${lastOutcome}${ago}`, colour: colour[verdictOf(lastOutcome)] };
}

function rateCell(rate: number | null): Cell {
  const text = percentText(rate);
  if (rate === null) return { text: "-", colour: "dim" };
  return rate < 0.8 ? { text, colour: "red" } : rate < 1 ? { text, colour: "yellow" } : text;
}

/** Its size where it is what was recorded, else what it is. */
function diskCell({ disk, bytesOnDisk, localVersion }: StatusRow): Cell {
  const size = bytesOnDisk === null ? "-" : bytesText(bytesOnDisk);
  if (disk === null || disk.word === "as_recorded" || disk.word === "not_recorded") return size;
  if (localVersion === null && disk.word !== "unfinished") return "-";
  return { text: disk.word, colour: disk.word === "changed" ? "yellow" : "red" };
}

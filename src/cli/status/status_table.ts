/**
 * The status as a person reads it: the verdict in one line, a table with a row per dataset, and what
 * deserves attention below it.
 *
 * Guarantees: pure; down to 40 columns, nothing is wider than requested: the least important columns are
 * dropped first, then names are cut and sentences wrapped. All times are in the hub's zone, which is
 * named. States have the same names as with `--json`.
 *
 * @module
 */
import { bytesText, durationText, percentText, secondsText } from "../../units.ts";
import type { StatusRow } from "../../monitoring/status_rows.ts";
import { verdictOf } from "../../monitoring/verdict.ts";
import { clockText } from "../../monitoring/usual_hour.ts";
import { dayText } from "../../monitoring/zone.ts";
import { PROGRAM } from "../../own_command.ts";
import { agoText, statusNotes } from "./status_notes.ts";
import { verdictLine } from "./status_verdict.ts";
import type { StatusView } from "./status_view.ts";
import { type Cell, type Column, paint, renderTable, wrap } from "../terminal/table.ts";
import type { Message } from "../../messages/catalogue.ts";
import { COMMAND } from "../../messages/command.ts";
import { STATUS } from "../../messages/status.ts";
import { said, say } from "../terminal/language.ts";
import { keyFingerprint } from "../../trust/keys.ts";
import { timeText } from "../../trust/signed_catalog.ts";
import { shortTime, versionText } from "../terminal/version_text.ts";
import { textWidth } from "../terminal/text_width.ts";

/** Options for drawing a status. */
interface StatusStyle {
  colours: boolean;
  /** The available columns; `Infinity` = no limit. */
  width: number;
  /** The command line of this program with these words. */
  command?: (words: string) => string;
}

/** A column; those with the highest number are dropped first if there is too little room. */
interface StatusColumn extends Omit<Column, "title"> {
  title: Message;
  goes: number;
  cell: (row: StatusRow, view: StatusView) => Cell;
}

const COLUMNS: readonly StatusColumn[] = [
  {
    title: STATUS.dataset,
    flexible: true,
    goes: 0,
    cell: ({ dataset }) => ({ text: dataset, colour: "bold" }),
  },
  { title: STATUS.version, goes: 4, cell: (row, view) => versionText(row.localVersion, view) },
  { title: STATUS.age, align: "right", goes: 0, cell: ageCell },
  {
    title: STATUS.newest_row,
    goes: 1,
    cell: ({ newestRow }, { timezone }) =>
      newestRow === null ? "-" : dayText(newestRow, timezone).slice(5),
  },
  { title: STATUS.usually, goes: 6, cell: usualCell },
  { title: STATUS.hub, flexible: true, goes: 0, cell: hubCell },
  {
    title: STATUS.available,
    goes: 8,
    cell: ({ hubVersion, localVersion }, view) =>
      hubVersion === localVersion ? "" : versionText(hubVersion, view),
  },
  { title: STATUS.last_run, flexible: true, goes: 0, cell: runCell },
  {
    title: STATUS.took,
    align: "right",
    goes: 7,
    cell: ({ lastDurationMs }) => lastDurationMs === null ? "-" : said(secondsText(lastDurationMs)),
  },
  {
    title: STATUS.received,
    align: "right",
    goes: 6,
    cell: ({ lastBytes }) => lastBytes === null ? "-" : bytesText(lastBytes),
  },
  {
    title: STATUS.days_30,
    align: "right",
    goes: 5,
    cell: ({ successRate }) => rateCell(successRate),
  },
  {
    title: STATUS.next_run,
    goes: 3,
    cell: ({ nextRun }, view) => nextRun === null ? "-" : shortTime(nextRun, view),
  },
  { title: STATUS.on_disk, align: "right", goes: 2, cell: diskCell },
];

/** A name is cut to this width before an important column is dropped. */
const SHORTEST_NAME = 16;
const KEPT_BEFORE_NAMES = 4;

/** The whole status, with a newline at its end. */
export function renderStatus(view: StatusView, style: StatusStyle): string {
  const { colours, width, command = (words) => `${PROGRAM} ${words}` } = style;
  const notes = statusNotes(view, command);
  const told = notes.flatMap(({ bad, text, hint }) => {
    const mark = bad ? "✗" : "!";
    const shown = colours ? paint(mark, bad ? "red" : "yellow") : mark;
    const [first = "", ...rest] = wrapped(said(text), width - 2);
    const more = [
      ...rest,
      ...hint === undefined ? [] : wrapped(say(COMMAND.hint, { text: said(hint) }), width - 2),
    ];
    return [`${shown} ${first}`, ...more.map((line) => `  ${line}`)];
  });
  const parts = [verdictLine(view, notes, colours), tableOf(view, style).trimEnd()];
  for (const line of [signedLine(view), patchLine(view)]) {
    if (line !== undefined) parts[1] += `\n${wrapped(line, width).join("\n")}`;
  }
  if (told.length > 0) parts.push(told.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

function wrapped(text: string, width: number): string[] {
  return width === Infinity ? [text] : wrap(text, Math.max(20, width));
}

/** Who signed the hub's catalog, where a key is configured. */
function signedLine({ hub }: StatusView): string | undefined {
  const signed = hub.kind === "answered" ? hub.catalog.signed : undefined;
  if (signed === undefined || signed.by.length === 0) return undefined;
  const by = signed.by.map(keyFingerprint).join(", ");
  return say(STATUS.signed_by, { by, until: timeText(signed.expiresAt) });
}

/** What patches saved, if there were any. */
function patchLine({ rows }: StatusView): string | undefined {
  const updates = rows.reduce((sum, { patchUpdates }) => sum + patchUpdates, 0);
  if (updates === 0) return undefined;
  const saved = bytesText(rows.reduce((sum, { patchSaved }) => sum + patchSaved, 0));
  return say(STATUS.patches_saved, { saved, updates });
}

/** The table, with the zone of its times below. */
function tableOf(view: StatusView, { colours, width }: StatusStyle): string {
  // An empty column would take room from a useful one.
  const empty = new Map<Message, boolean>([
    [STATUS.newest_row, view.rows.every(({ newestRow }) => newestRow === null)],
    [STATUS.usually, view.rows.every(({ usual }) => usual === null)],
    [STATUS.next_run, view.rows.every(({ nextRun }) => nextRun === null)],
    [
      STATUS.available,
      view.rows.every(({ hubVersion, localVersion }) =>
        hubVersion === null || hubVersion === localVersion
      ),
    ],
  ]);
  let columns = COLUMNS.filter(({ title }) => !empty.get(title));
  const draw = (options: { colours?: boolean; width?: number } = {}): string =>
    renderTable(
      columns.map((column) => ({
        ...column,
        title: say(column.title === STATUS.hub && view.urlsOnly ? STATUS.server : column.title),
      })),
      view.rows.map((row) => columns.map(({ cell }) => cell(row, view))),
      options,
    );
  const widest = (text: string): number =>
    Math.max(...text.split("\n").map((line) => textWidth(line)));
  const names = Math.max(...view.rows.map(({ dataset }) => textWidth(dataset)));
  for (;;) {
    const least = columns.reduce((one, other) => other.goes > one.goes ? other : one);
    const spare = least.goes > KEPT_BEFORE_NAMES ? 0 : Math.max(0, names - SHORTEST_NAME);
    if (least.goes === 0 || widest(draw()) - spare <= width) break;
    columns = columns.filter((column) => column !== least);
  }
  const times: readonly Message[] = [STATUS.version, STATUS.available, STATUS.next_run];
  const zoned = columns.some(({ title }) => times.includes(title));
  const drawn = draw({ colours, ...(width !== Infinity && { width }) });
  if (!zoned) return drawn;
  return `${drawn}${say(COMMAND.times_in, { timezone: view.timezone })}\n`;
}

function ageCell({ ageMs, staleness }: StatusRow): Cell {
  if (ageMs === null) return "-";
  const text = said(durationText(ageMs));
  return staleness.stale ? { text, colour: "red" } : text;
}

function usualCell({ usual }: StatusRow): Cell {
  if (usual === null) return "-";
  const time = clockText(usual.minutes);
  if (usual.lateMs === null) return time;
  const late = said(durationText(usual.lateMs));
  return { text: say(STATUS.today_late, { time, late }), colour: "yellow" };
}

function hubCell(row: StatusRow, view: StatusView): Cell {
  if (view.hub.kind === "not_asked") return { text: say(STATUS.not_asked), colour: "dim" };
  if (view.hub.kind === "asking") return { text: say(STATUS.asking), colour: "dim" };
  if (view.hub.kind === "failed") return { text: say(STATUS.no_answer), colour: "red" };
  const { step, behindMs } = row;
  if (step === "up_to_date") return { text: said(step), colour: "green" };
  const by = behindMs === null ? "" : ` ${said(durationText(behindMs))}`;
  const bad = step === "not_on_hub" || step === "not_as_recorded";
  return {
    text: `${said(step)}${by}`,
    colour: bad ? "red" : step === "unknown" ? "dim" : "yellow",
  };
}

function runCell(row: StatusRow, view: StatusView): Cell {
  const { dataset, lastOutcome } = row;
  const since = view.running.get(dataset);
  if (since !== undefined) {
    return {
      text: say(STATUS.running, { time: said(durationText(view.now - since)) }),
      colour: "bold",
    };
  }
  if (lastOutcome === null) return { text: "-", colour: "dim" };
  const colour = { ok: "green", failed: "red", aside: "yellow" } as const;
  const text = `${said(lastOutcome)}${said(agoText(row, view))}`;
  return { text, colour: colour[verdictOf(lastOutcome)] };
}

function rateCell(rate: number | null): Cell {
  const text = percentText(rate);
  if (rate === null) return { text: "-", colour: "dim" };
  return rate < 0.8 ? { text, colour: "red" } : rate < 1 ? { text, colour: "yellow" } : text;
}

/** The size of a folder that is as recorded, otherwise its state. */
function diskCell({ disk, bytesOnDisk, localVersion }: StatusRow): Cell {
  const size = bytesOnDisk === null ? "-" : bytesText(bytesOnDisk);
  if (disk === null || disk.word === "as_recorded" || disk.word === "not_recorded") return size;
  if (localVersion === null && disk.word !== "unfinished") return "-";
  return { text: said(disk.word), colour: disk.word === "changed" ? "yellow" : "red" };
}

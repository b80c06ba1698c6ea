/**
 * One progress bar per dataset on a terminal, drawn while the engine works.
 *
 * Guarantees: at most ten frames per second, each one write and only if something changed, so
 * nothing flickers; a finished dataset's result stays above the bars. The cursor is never hidden,
 * so however the program ends there is nothing to restore.
 *
 * It doesn't cope with other output to the same terminal meanwhile, but a shell's after Ctrl-Z.
 *
 * @module
 */
import { textWidth } from "../terminal/text_width.ts";
import { type Environment, processEnvironment } from "../../environment.ts";
import { type Reporter, reporterOf } from "../../sync/sync_context.ts";
import type { DatasetResult, Phase } from "../../types.ts";
import { type Progress, progressLines } from "./progress_line.ts";
import { cut, wrap } from "../terminal/table.ts";
import type { Message } from "../../messages/catalogue.ts";
import { COMMAND } from "../../messages/command.ts";
import { said, say } from "../terminal/language.ts";
import { onJobSignal } from "../terminal/job_control.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText, secondsText } from "../../units.ts";
import { terminalText } from "../../plain_text.ts";

/** Open bars. */
interface OpenProgress {
  /** Takes the engine's events. */
  reporter: Reporter;
  /** Shows below the bars what the run waits for, until a dataset's turn comes. */
  wait(message: string): void;
  /** Ends the drawing; the last state of unfinished bars stays. */
  close(): void;
}

/** Options for drawing. */
interface ProgressOptions {
  /** ms; default `performance.now`. */
  clock?: () => number;
  /** Calls the function at an interval in ms until the returned function is called. */
  every?: (ms: number, call: () => void) => () => void;
  /** Where `TERM` is looked up; default: the process's. */
  env?: Environment;
}

const DRAW_EVERY_MS = 100;
/** Speed is averaged over the last seconds: a shorter window jumps, a longer one lags. */
const SPEED_OVER_MS = 5_000;

const DOING: Readonly<Record<Phase, Message>> = {
  catalog: COMMAND.asking_hub,
  directory: COMMAND.reading_directory,
  plan: COMMAND.comparing,
  download: COMMAND.downloading,
  publish: COMMAND.publishing,
  record: COMMAND.publishing,
};

/** Begins to draw. `names` are the datasets that will come, for the width of the names' column. */
export function openProgress(
  names: readonly string[],
  terminal: Terminal,
  options: ProgressOptions = {},
): OpenProgress {
  const { clock = () => performance.now(), every = everyMs, env = processEnvironment } = options;
  // It can't go back to a line: each drawing would be a new one.
  if (env("TERM") === "dumb") return { reporter() {}, wait() {}, close() {} };
  const bars = new Map<string, Bar>();
  const screen = new Screen(terminal);
  let waiting: string | undefined;
  const draw = (): void =>
    screen.draw((width) => [
      ...[...bars.values()].flatMap((bar) => progressLines(bar.progress(clock()), width)),
      ...(waiting === undefined ? [] : wrap(waiting, width, { redrawn: true })),
    ]);
  const stop = every(DRAW_EVERY_MS, draw);
  const continued = onJobSignal("SIGCONT", () => screen.close());
  const bar = (name: string): Bar => {
    const known = bars.get(name);
    if (known !== undefined) return known;
    const made = new Bar(name);
    bars.set(name, made);
    return made;
  };
  const namesWidth = Math.min(30, Math.max(14, ...names.map((name) => textWidth(name))));
  return {
    reporter: reporterOf({
      started({ dataset }) {
        waiting = undefined;
        bar(dataset);
      },
      phase: ({ dataset, phase }) => bar(dataset).enter(phase),
      checking: ({ dataset, done, total }) => bar(dataset).check(done, total),
      planned: ({ dataset, plan }) => bar(dataset).plan(plan.bytesToFetch, plan.whole + plan.tails),
      received: ({ dataset, bytes }) => bar(dataset).receive(bytes, clock()),
      extracted: ({ dataset, entries }) => void (bar(dataset).entries += entries),
      retry({ dataset, sentence }) {
        // The hub's list is every dataset's.
        for (const one of dataset === "" ? bars.values() : [bar(dataset)]) one.wait(sentence);
      },
      finished({ result }) {
        bars.delete(result.dataset);
        screen.leave((width) => finalLine(result, { width, namesWidth }));
        draw();
      },
    }),
    wait(message) {
      waiting = said(message);
    },
    close() {
      stop();
      continued[Symbol.dispose]();
      waiting = undefined;
      draw();
      screen.close();
    },
  };
}

/** A dataset being synced. */
class Bar {
  readonly #name: string;
  #phase: Phase = "catalog";
  /** Why it waits, if it does. */
  #waits: string | undefined;
  #checked: { done: number; total: number } | undefined;
  #toFetch = 0;
  #fetched = 0;
  #received = 0;
  #entriesTotal = 0;
  /** When bytes arrived, and the total by then. */
  readonly #samples: { at: number; bytes: number }[] = [];
  /** Entries that are verified. */
  entries = 0;

  constructor(name: string) {
    this.#name = name;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#waits = this.#checked = undefined;
  }

  check(done: number, total: number): void {
    this.#checked = { done, total };
  }

  plan(bytes: number, entries: number): void {
    this.#toFetch = bytes;
    this.#entriesTotal = entries;
    this.#fetched = 0;
    this.#checked = undefined;
  }

  receive(bytes: number, now: number): void {
    this.#received += bytes;
    this.#fetched += bytes;
    this.#samples.push({ at: now, bytes: this.#received });
    this.#waits = undefined;
  }

  wait(sentence: string): void {
    this.#waits = said(sentence);
  }

  progress(now: number): Progress {
    const common = {
      name: this.#name,
      doing: this.#waits ?? say(this.#checked ? COMMAND.checking_files : DOING[this.#phase]),
      speed: this.#speed(now),
      entries: this.entries,
      entriesTotal: this.#entriesTotal,
    };
    if (this.#checked !== undefined) return { ...common, ...this.#checked, bytes: false };
    const counts = this.#phase === "download" && this.#waits === undefined && this.#toFetch > 0;
    const done = counts ? this.#fetched : this.#received;
    return { ...common, done, total: counts ? this.#toFetch : 0, bytes: true };
  }

  #speed(now: number): number {
    const samples = this.#samples;
    while (samples.length > 2 && samples[1]!.at < now - SPEED_OVER_MS) samples.shift();
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const ms = now - first.at;
    return ms < 200 ? 0 : (last.bytes - first.bytes) / ms * 1000;
  }
}

/** The last lines of a terminal, drawn over and over. */
class Screen {
  readonly #terminal: Terminal;
  #lines: string[] = [];
  #left: ((width: number) => string)[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A line that stays, above those that change. */
  leave(line: (width: number) => string): void {
    this.#left.push(line);
  }

  /** Draws, unless nothing changed. */
  draw(render: (width: number) => string[]): void {
    const columns = this.#terminal.columns();
    // The last column stays free: a full line may or may not wrap.
    const width = Math.max(10, columns - 1);
    const lines = render(width);
    const left = this.#left.splice(0).map((line) => line(width));
    if (left.length === 0 && lines.join("\n") === this.#lines.join("\n")) return;
    // Lines that a narrower window has wrapped take several rows.
    const rows = this.#lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / columns)),
      0,
    );
    const up = rows > 0 ? `\x1b[${rows}A` : "";
    const text = [...left, ...lines].map((line) => `${terminalText(line)}\x1b[K\n`).join("");
    this.#terminal.err(`\r${up}${text}\x1b[J`, { moves: true });
    this.#lines = lines;
  }

  /** Leaves the lines as they are. */
  close(): void {
    this.#lines = [];
  }
}

function finalLine(
  result: DatasetResult,
  { width, namesWidth }: { width: number; namesWidth: number },
): string {
  // "success, 11.5 MB in 3.9 s" is to fit beside it.
  const forName = Math.max(8, Math.min(namesWidth, width - 27));
  const name = cut(result.dataset, forName);
  const blanks = " ".repeat(Math.max(0, forName - textWidth(name)));
  const { status, bytesDownloaded, durationMs } = result;
  const cost = bytesDownloaded === 0
    ? ""
    : say(COMMAND.cost, { bytes: bytesText(bytesDownloaded), time: said(secondsText(durationMs)) });
  return cut(`${name}${blanks} ${said(status)}${cost}`, width);
}

function everyMs(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}

/**
 * What the demo prints: headings with a sentence each, and rows below that line up over all steps.
 *
 * @module
 */
import type { SyncResult } from "../../types.ts";
import type { DemoPart } from "./demo_world.ts";
import type { Terminal } from "../terminal.ts";
import { bytesText, countText, secondsText } from "../../units.ts";

/** One dataset's row of a step. */
export interface StoryRow {
  result: SyncResult;
  /** Requests that the hub got for its package. */
  requests: number;
}

const COLUMNS = [
  { title: "dataset", width: 22 },
  { title: "result", width: 15 },
  { title: "asked", width: 5, right: true },
  { title: "received", width: 8, right: true },
  { title: "of", width: 5, right: true },
  { title: "files", width: 5, right: true },
  { title: "time", width: 5, right: true },
];

/** Prints a demo. */
export class DemoStory {
  readonly #terminal: Terminal;
  #step = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** One line as it is. */
  say(text = ""): void {
    this.#terminal.out(`${text}\n`);
  }

  /** What there is to be synced. */
  introduce(parts: readonly DemoPart[]): void {
    for (const { name, about, dataset, packageSize, totalSize } of parts) {
      const files = countText(dataset.files.length, "file");
      this.say(`  ${name.padEnd(22)}  ${files}, ${bytesText(totalSize)}: ${about}`);
      this.say(`  ${"".padEnd(22)}  one package of ${bytesText(packageSize)}`);
    }
    this.say();
    this.say(this.#dim(line(COLUMNS.map(({ title }) => title))));
  }

  /** Begins a step. */
  heading(text: string): void {
    this.#step++;
    this.say(this.#bold(`${this.#step}. ${text}`));
  }

  /** Says what a step came to. */
  rows(rows: readonly StoryRow[]): void {
    for (const { result, requests } of rows) {
      const { bytesDownloaded, bytesTotal, entriesFetched } = result;
      const part = bytesTotal > 0 ? percent(bytesDownloaded / bytesTotal) : "-";
      this.say(line([
        result.dataset,
        result.status,
        String(requests),
        bytesText(bytesDownloaded),
        part,
        String(entriesFetched),
        secondsText(result.durationMs),
      ]));
    }
  }

  #bold(text: string): string {
    return this.#terminal.colours ? `\x1b[1m${text}\x1b[22m` : text;
  }

  #dim(text: string): string {
    return this.#terminal.colours ? `\x1b[2m${text}\x1b[22m` : text;
  }
}

function percent(share: number): string {
  const text = share * 100;
  return `${text > 0 && text < 10 ? text.toFixed(1) : Math.round(text)}%`;
}

/** All texts of the demo's rows are narrow ones. */
function line(cells: readonly string[]): string {
  const shown = COLUMNS.map(({ width, right }, at) => {
    const cell = cells[at] ?? "";
    return right ? cell.padStart(width) : cell.padEnd(width);
  });
  return `  ${shown.join("  ")}`.trimEnd();
}

/**
 * What the demo prints: headings with a sentence each, and rows below that line up over all steps.
 *
 * @module
 */
import { textWidth } from "../terminal/text_width.ts";
import type { Message } from "../../messages/catalogue.ts";
import { DEMO } from "../../messages/demo.ts";
import type { DatasetResult } from "../../types.ts";
import type { DemoPart } from "./demo_world.ts";
import { said, say } from "../terminal/language.ts";
import { wrap } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText, secondsText } from "../../units.ts";

/** A column, and the terminal's width from which on there is room for it. */
const COLUMNS = [
  { title: DEMO.dataset, width: 22, from: 0 },
  { title: DEMO.result, width: 15, from: 0 },
  { title: DEMO.asked, width: 5, from: 80, right: true },
  { title: DEMO.received, width: 8, from: 0, right: true },
  { title: DEMO.of, width: 5, from: 80, right: true },
  { title: DEMO.files, width: 5, from: 80, right: true },
  { title: DEMO.time, width: 6, from: 0, right: true },
];
const NAME = 22;

/** Prints a demo. */
export class DemoStory {
  readonly #terminal: Terminal;
  #step = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A line, with as many blanks before what doesn't fit into it. */
  say(text = "", { indent = 0, paint = (line: string): string => line } = {}): void {
    const lines = text === "" ? [""] : wrap(text, this.#width - indent);
    for (const line of lines) this.#terminal.out(`${" ".repeat(indent)}${paint(line)}\n`);
  }

  /** What there is to be synced. */
  introduce(parts: readonly DemoPart[]): void {
    for (const { name, about, dataset, packageSize, totalSize } of parts) {
      const files = dataset.files.length;
      const lines = [
        say(DEMO.part, { files, size: bytesText(totalSize), about: say(about) }),
        say(DEMO.one_package, { size: bytesText(packageSize) }),
      ].flatMap((line) => wrap(line, this.#width - NAME - 4));
      lines.forEach((line, at) =>
        this.#terminal.out(`  ${(at === 0 ? name : "").padEnd(NAME)}  ${line}\n`)
      );
    }
    this.say();
    this.#terminal.out(`${this.#dim(this.#line(COLUMNS.map(({ title }) => say(title))))}\n`);
  }

  /** Begins a step. */
  heading(message: Message): void {
    this.#step++;
    this.say(`${this.#step}. ${say(message)}`, { paint: (line) => this.#bold(line) });
  }

  /** Says what a step came to, with the requests that the hub got for each package. */
  rows(rows: readonly { result: DatasetResult; requests: number }[]): void {
    for (const { result, requests } of rows) {
      const { bytesDownloaded, bytesTotal, entriesFetched } = result;
      const part = bytesTotal > 0 ? percent(bytesDownloaded / bytesTotal) : "-";
      const cells = [
        result.dataset,
        said(result.status),
        String(requests),
        bytesText(bytesDownloaded),
        part,
        String(entriesFetched),
        said(secondsText(result.durationMs)),
      ];
      this.#terminal.out(`${this.#line(cells)}\n`);
    }
  }

  /** Without a terminal there is room for everything. */
  get #width(): number {
    return this.#terminal.outIsTerminal ? this.#terminal.columns() : Infinity;
  }

  #line(cells: readonly string[]): string {
    const shown = COLUMNS.flatMap(({ width, from, right }, at) => {
      if (this.#width < from) return [];
      const cell = cells[at] ?? "";
      const blanks = " ".repeat(Math.max(0, width - textWidth(cell)));
      return [right ? blanks + cell : cell + blanks];
    });
    return `  ${shown.join("  ")}`.trimEnd();
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

/** What is left, line by line. */
export async function keptText(dir: string): Promise<string> {
  const { REPORT_NAME } = await import("../setup/report_command.ts");
  const parts = [
    ["data/", DEMO.left_data],
    ["source/", DEMO.left_source],
    ["hub/", DEMO.left_hub],
    ["config.yaml", DEMO.left_config],
    [".last_sync.json", DEMO.left_state],
    ["logs/sync.log", DEMO.left_log],
    [REPORT_NAME, DEMO.left_report],
  ] as const;
  const lines = parts.map(([name, what]) => `  ${name.padEnd(26)}${say(what)}\n`);
  return `${say(DEMO.left_in, { dir })}\n${lines.join("")}`;
}

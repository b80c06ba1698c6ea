/**
 * Keeps what was measured, section by section, and writes it down for people.
 *
 * Guarantees: a section measured again replaces the older one, others stay; sections of another
 * machine are dropped. Each says when it was measured and with which binary.
 *
 * @module
 */
import { join } from "node:path";
import type { Section } from "./scenarios/bench.ts";

interface Kept extends Section {
  taken: string;
  binary: string;
}

/** What the results are about. */
export interface Circumstances {
  /** Processor, memory, kernel, file system. */
  machine: string;
  /** Of the binary. */
  binary: string;
  versions: ReadonlyMap<string, string>;
}

const ORDER = [
  "first",
  "delta",
  "daily",
  "patch",
  "patch others",
  "patch peers",
  "machines",
  "signed",
  "pack",
  "serve",
  "get",
  "nothing",
  "startup",
  "linear",
  "learning",
];

const HOW =
  `Packages come from nginx on loopback. Rounds are interleaved (A B C, A B C, …) in one run,
figures are medians. Every run starts with a new folder on a file system made for
the bench and mounted in \`/tmp\`, since the runtime looks at each folder on the way to a file; before it is \`sync -f\`, nothing is deleted before the last, and no cache is dropped. Everybody leaves the same tree, counted in the first round. Peers get a \`sync -f\` of their
output, so that both sides hold the same promise; "unflushed" is without it, on our side with
\`sync.durable: false\`. CPU is user and system time of all processes, by the shell's \`time\`. Peak is the
resident memory of all processes together, seen every 20 ms, and at least the kernel's own peak of each;
own is the part of it that no file stands behind (the executable's pages are the rest). Wire is
what nginx says it sent, headers included; a deployed-like hub ([one range per request](../docs/hub.md#one-range-per-request)) counts bodies only. "40 ms, 50 Mbit/s" is a
TCP proxy that delays and limits bytes; a connection opens at once, and there is one round. ✓ and ✗ say whether a
goal is reached; what limits those that aren't is in [limits.md](limits.md). MB is 10⁶ bytes.`;

/** Results in a cache folder, and the page made of them. */
export class Results {
  readonly #cache: string;
  readonly #page: string;

  /** `folder` holds the sections, `page` is the Markdown file. */
  constructor(options: { folder: string; page: string }) {
    this.#cache = join(options.folder, "sections.json");
    this.#page = options.page;
  }

  /** Adds a section and rewrites the page. */
  async add(section: Section, circumstances: Circumstances): Promise<void> {
    const { machine, binary } = circumstances;
    const kept = (await this.#read(machine)).filter(({ id }) => id !== section.id);
    kept.push({ ...section, taken: new Date().toISOString().slice(0, 16) + "Z", binary });
    await Deno.writeTextFile(this.#cache, JSON.stringify({ machine, sections: kept }, null, 1));
    await Deno.writeTextFile(this.#page, render(kept, circumstances));
  }

  async #read(machine: string): Promise<Kept[]> {
    const text = await Deno.readTextFile(this.#cache).catch(() => undefined);
    if (text === undefined) return [];
    const kept = JSON.parse(text) as { machine: string; sections: Kept[] };
    return kept.machine === machine ? kept.sections : [];
  }
}

function render(sections: Kept[], { machine, versions }: Circumstances): string {
  const place = ({ id }: Kept) => Math.max(ORDER.indexOf(id), ORDER.indexOf(id.split(" ")[0]!));
  const peers = [...versions].map(([name, version]) => `${name} ${version}`).join(", ");
  const parts = sections.toSorted((a, b) => place(a) - place(b)).map((section) =>
    `## ${section.title}\n\n${section.body}\n\n_${section.taken}, ${section.binary}_\n`
  );
  return [
    "# Measurements",
    "",
    "Made by `./denow task bench`; the tables are its output.",
    "",
    `- machine: ${machine}`,
    `- programs: ${peers}`,
    "",
    HOW,
    "",
    ...parts,
  ].join("\n");
}

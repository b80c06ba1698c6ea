/**
 * Feeds broken packages to the reading of directories and the decoding of entries: packages of every
 * kind, changed at random from a seed, each case another seed.
 *
 * Guarantees, or it throws with the case's seed: every case ends in a typed error, or in the tree that
 * another reader makes of it (one written for this test over zlib, and for a sample `unzip`); nothing
 * is placed outside the folder; no case takes seconds; memory stays below {@linkcode MEMORY_CAP}.
 *
 * Usage: `deno run -A tests/fuzz.ts [--cases 100000] [--seed 1] [--only CASE] [--patches | --trust]`;
 * with `--patches` it is `fuzz_patches.ts` that runs, with `--trust` `fuzz_trust.ts`; they take the same
 * options.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import process from "node:process";
import { ArchiveError } from "../src/errors.ts";
import { orElse } from "../src/or_else.ts";
import { locate } from "../src/sync/look/look.ts";
import { readDirectory } from "../src/zip/directory/directory.ts";
import { entryEnds } from "../src/zip/directory/entry_ends.ts";
import { checkEntries } from "../src/zip/directory/entry_tree.ts";
import { EntryExtractor } from "../src/zip/extract/extract_entry.ts";
import { fuzzArgs } from "./fuzz_args.ts";
import { extractWithZipJs } from "./support/zipjs_entry.ts";
import { DEFAULT_LIMITS } from "../src/zip/directory/limits.ts";
import { seededRandom } from "../src/demo/seeded_random.ts";
import { endRecords, independentTree, mutated, seedPackages } from "./support/mutate_zip.ts";
import { installed } from "./support/installed.ts";
import { compareTrees, type Tree, unzipTree } from "./support/tree.ts";
import { watchedWorker } from "./support/watched_worker.ts";
import { TempFolder } from "./support/temp.ts";

/** Bytes of memory that no case may make the process reach; it starts with about 100 MB. */
export const MEMORY_CAP: number = 384 << 20;
/** No case takes more of a processor's time, in ms; the usual one takes less than one. */
const LONGEST_MS = 5_000;
/** One accepted case in so many is given to `unzip`, too: that takes 10 ms. */
const SAMPLE = 40;

/** What a run came to. */
export interface FuzzSummary {
  cases: number;
  /** Cases that got as far as decoding entries. */
  decoded: number;
  /** Cases that were extracted whole. */
  accepted: number;
  /** Accepted cases that `unzip` was asked about, and that it refused. */
  sampled: number;
  unzipRefused: number;
  /** Refusals by their code. */
  refused: Record<string, number>;
  /** The most memory, in bytes. */
  memory: number;
  seconds: number;
}

/** Runs a number of cases in a worker, and watches it. Throws what broke a promise. */
export async function fuzz(
  options: { cases: number; seed?: number; from?: number; onProgress?: (s: FuzzSummary) => void },
): Promise<FuzzSummary> {
  const { onProgress, cases, seed = 1, from = 0 } = options;
  return await watchedWorker<FuzzSummary>(import.meta.url, { cases, seed, from }, {
    memoryCap: MEMORY_CAP,
    ...(onProgress && { onProgress }),
  });
}

/** The worker's side. */
class Fuzzer implements Disposable {
  readonly summary: FuzzSummary = {
    cases: 0,
    decoded: 0,
    accepted: 0,
    sampled: 0,
    unzipRefused: 0,
    refused: {},
    memory: 0,
    seconds: 0,
  };
  // In memory where there is such a place: a run writes a million files.
  readonly #folder = new TempFolder(
    orElse(() => Deno.statSync("/dev/shm").isDirectory, false) ? { dir: "/dev/shm" } : {},
  );
  readonly #file = Deno.openSync(this.#folder.at("package"), {
    read: true,
    write: true,
    create: true,
  });
  readonly #extractor = new EntryExtractor(this.#file);
  readonly #seeds = seedPackages();
  readonly #unzip: boolean;

  constructor(unzip: boolean) {
    this.#unzip = unzip;
  }

  /** One case. */
  async run(seed: number): Promise<void> {
    const bytes = mutated(this.#seeds, seededRandom(seed));
    const began = process.cpuUsage();
    this.summary.cases++;
    try {
      const { tree, plain } = await this.#extract(bytes);
      this.summary.accepted++;
      // Which of several end records counts depends on the reader; docs/archives.md says ours.
      if (endRecords(bytes) === 1) await this.#compare(bytes, { tree, plain });
    } catch (error) {
      if (!(error instanceof ArchiveError)) {
        const reason = error instanceof Error ? error.stack ?? error.message : String(error);
        throw new Error(`case ${seed}: ${reason}`);
      }
      this.summary.refused[error.code] = (this.summary.refused[error.code] ?? 0) + 1;
    }
    const { user, system } = process.cpuUsage(began);
    const ms = (user + system) / 1000;
    if (ms > LONGEST_MS) throw new Error(`case ${seed} took ${Math.round(ms)} ms`);
  }

  [Symbol.dispose](): void {
    this.#file.close();
    this.#folder[Symbol.dispose]();
  }

  /** The tree, and the paths of stored and deflated entries in the directory's order. */
  async #extract(bytes: Uint8Array): Promise<{ tree: Tree; plain: string[] }> {
    const result = await readDirectory(bytes, {
      tailOffset: 0,
      total: bytes.length,
      filenameEncoding: "auto",
    });
    assert.equal(result.kind, "directory", "all of the package is there, yet more is needed");
    if (result.kind !== "directory") throw new Error("unreachable");
    const { directory } = result;
    const entries = checkEntries(directory, { stripPrefix: "", limits: DEFAULT_LIMITS });
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    this.#extractor.forget();
    const tree: Tree = new Map();
    let decoded = false;
    for (const { entry, end } of locate(entries, entryEnds(directory))) {
      assert(resolve("/folder", entry.path).startsWith("/folder/"), `outside: ${entry.path}`);
      assert(entry.size <= DEFAULT_LIMITS.maxTotalSize);
      if (!decoded) this.summary.decoded++;
      decoded = true;
      if (!isPlain(entry)) {
        const chunks: Uint8Array[] = [];
        const read = (at: number, length: number) => bytes.subarray(at, at + length);
        await extractWithZipJs(read, bytes.length, entry, (chunk) => {
          chunks.push(chunk.slice());
        });
        tree.set(entry.path, Buffer.concat(chunks));
        continue;
      }
      const target = this.#folder.at("staged");
      const task = { id: 0, ...entry, end, target };
      const { file } = this.#extractor.extract(task, bytes.length);
      file?.close();
      tree.set(entry.path, Deno.readFileSync(target));
    }
    return { tree, plain: entries.filter(isPlain).map(({ path }) => path) };
  }

  async #compare(bytes: Uint8Array, ours: { tree: Tree; plain: string[] }): Promise<void> {
    const { tree, plain } = ours;
    const usual = new Map(plain.map((path) => [path, tree.get(path)!]));
    assert.deepEqual(compareTrees(usual, independentTree(bytes, plain)), []);
    const due = this.summary.accepted % SAMPLE === 0 && namesAreAscii(tree);
    if (this.#unzip && due) await this.#askUnzip(bytes, tree);
  }

  async #askUnzip(bytes: Uint8Array, tree: Tree): Promise<void> {
    this.summary.sampled++;
    const other = await unzipTree(bytes).catch(() => undefined);
    if (other === undefined) this.summary.unzipRefused++;
    else assert.deepEqual(compareTrees(tree, other), [], "unzip makes another tree of it");
  }
}

function isPlain({ method }: { method: number }): boolean {
  return method === 0 || method === 8;
}

/** Of other names `unzip` makes other names, as docs/archives.md says. */
function namesAreAscii(tree: Tree): boolean {
  return [...tree.keys()].every((path) => /^[ -~]*$/.test(path));
}

/** A summary as lines for a person. */
export function renderFuzzSummary(summary: FuzzSummary): string {
  const { cases, decoded, accepted, sampled, unzipRefused, refused, memory, seconds } = summary;
  const share = (count: number) => `${count} (${Math.round(100 * count / cases)} %)`;
  const codes = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return [
    `${cases} cases, ${seconds} s, ${Math.round(memory / 2 ** 20)} MB of memory at most`,
    `  decoded entries: ${share(decoded)}; extracted whole: ${
      share(accepted)
    }, all as another reader has it`,
    `  unzip asked about ${sampled}: the same tree, or refused (${unzipRefused})`,
    `  refused: ${codes.map(([code, count]) => `${count} ${code}`).join(", ")}`,
  ].join("\n");
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = async (
    { data }: MessageEvent<{ cases: number; seed: number; from: number }>,
  ) => {
    const began = performance.now();
    using fuzzer = new Fuzzer(installed("unzip"));
    const { summary } = fuzzer;
    for (let index = data.from; index < data.from + data.cases; index++) {
      await fuzzer.run(data.seed * 0x1000000 + index);
      summary.seconds = Math.round((performance.now() - began) / 1000);
      if (index % 500 === 499) self.postMessage({ summary, done: false });
    }
    self.postMessage({ summary, done: true });
  };
} else if (import.meta.main && Deno.args.includes("--patches")) {
  const { runFromArgs } = await import("./fuzz_patches.ts");
  await runFromArgs(Deno.args.filter((word) => word !== "--patches"));
} else if (import.meta.main && Deno.args.includes("--trust")) {
  const { runFromArgs } = await import("./fuzz_trust.ts");
  await runFromArgs(Deno.args.filter((word) => word !== "--trust"));
} else if (import.meta.main) {
  const { cases, seed, only, json } = fuzzArgs(Deno.args, 100_000);
  const summary = await fuzz({
    cases,
    seed: only === undefined ? seed : 0,
    from: only ?? 0,
    onProgress: ({ cases, seconds }) => {
      if (cases % 10_000 === 0) console.error(`${cases} cases, ${seconds} s`);
    },
  });
  console.log(json ? JSON.stringify(summary) : renderFuzzSummary(summary));
}

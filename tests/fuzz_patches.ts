/**
 * Feeds hostile patches to whole syncs: patches changed at random from a seed, with digests that fit
 * again, and chains that lead elsewhere than they say; each case another seed. One folder goes
 * through all of them, from one day to another and back.
 *
 * Guarantees, or it throws with the case's seed: every sync ends well with the package's own tree,
 * unless the catalog lies, too; then it may also fail with a status that says what is wrong, and
 * leaves the tree as it was. Nothing appears beside the folder; memory stays within
 * {@linkcode MEMORY_CAP}; the same patch is never asked for twice.
 *
 * Usage: `deno run -A tests/fuzz_patches.ts [--cases 20000] [--seed 1] [--only CASE]`
 *
 * Longer than 250 lines because every way of damaging a patch is made here, and every outcome judged.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { seededRandom } from "../src/demo/seeded_random.ts";
import { orElse } from "../src/or_else.ts";
import { makePatch } from "../src/site/patch/make_patch.ts";
import { reporterOf } from "../src/sync/sync_context.ts";
import { fuzzArgs } from "./fuzz_args.ts";
import { buildZip } from "./support/zip_builder.ts";
import { EngineRig } from "./support/engine.ts";
import { mutatedPatch, relabelled } from "./support/mutate_patch.ts";
import { headerOf } from "./support/patch_parts.ts";
import { between, noise, oneOf } from "./support/random.ts";
import { rangeFetch } from "./support/range_fetch.ts";
import { type TempDir, tempDir } from "./support/temp.ts";
import { compareTrees, type Tree } from "./support/tree.ts";
import { watchedWorker } from "./support/watched_worker.ts";

/**
 * Bytes by which the process may grow in {@linkcode BATCH} cases. Honest syncs, one after another in a
 * process, take 30 to 100 KB each of the runtime's own memory, so the whole isn't a measure.
 */
export const MEMORY_CAP: number = 256 << 20;
/** Cases of one worker. */
const BATCH = 1000;

/** What a run came to. */
export interface PatchFuzzSummary {
  cases: number;
  /** Cases in which a patch made at least one file, and those in which the whole day came by it. */
  patched: number;
  alone: number;
  /** Cases in which a patch was refused, and the run went on with the package. */
  fellBack: number;
  /** Cases whose catalog lied, by the status of their sync where that isn't `success`. */
  failed: Record<string, number>;
  /** The most by which the process grew in 1,000 cases, in bytes. */
  memory: number;
  seconds: number;
}

/** Runs a number of cases in a worker, and watches it. Throws what broke a promise. */
export async function fuzzPatches(options: {
  cases: number;
  seed?: number;
  from?: number;
  onProgress?: (summary: PatchFuzzSummary) => void;
}): Promise<PatchFuzzSummary> {
  const { onProgress, cases, seed = 1, from = 0 } = options;
  const total = emptySummary();
  for (let done = 0; done < cases; done += BATCH) {
    const began = Deno.memoryUsage().rss;
    const message = { cases: Math.min(BATCH, cases - done), seed, from: from + done };
    const memoryCap = began + MEMORY_CAP;
    const batch = await watchedWorker<PatchFuzzSummary>(import.meta.url, message, { memoryCap });
    for (const key of ["cases", "patched", "alone", "fellBack", "seconds"] as const) {
      total[key] += batch[key];
    }
    for (const [status, count] of Object.entries(batch.failed)) {
      total.failed[status] = (total.failed[status] ?? 0) + count;
    }
    total.memory = Math.max(total.memory, batch.memory - began);
    onProgress?.(total);
  }
  return total;
}

function emptySummary(): PatchFuzzSummary {
  const counts = { cases: 0, patched: 0, alone: 0, fellBack: 0 };
  return { ...counts, failed: {}, memory: 0, seconds: 0 };
}

/** A day of the dataset. */
interface Day {
  tree: Tree;
  package: Uint8Array;
  fingerprint: string;
}

/** A patch as a catalog lists it. */
interface Offered {
  from: string;
  to: string;
  bytes: Uint8Array;
}

const NAME = "stock-trading-data-pro";
const FINE = new Set(["download_failed", "extract_failed", "disk_error"]);

/** The worker's side. */
class PatchFuzzer implements AsyncDisposable {
  readonly summary = emptySummary();
  readonly #temp: TempDir;
  readonly #rig: EngineRig;
  readonly #days: readonly Day[];
  /** By the days' numbers. */
  readonly #patches: ReadonlyMap<string, Uint8Array>;
  #current = 0;
  #version = Date.UTC(2026, 0, 1);

  private constructor(
    temp: TempDir,
    rig: EngineRig,
    made: { days: readonly Day[]; patches: ReadonlyMap<string, Uint8Array> },
  ) {
    this.#temp = temp;
    this.#rig = rig;
    this.#days = made.days;
    this.#patches = made.patches;
  }

  static async make(): Promise<PatchFuzzer> {
    const temp = await tempDir(
      orElse(() => Deno.statSync("/dev/shm").isDirectory, false) ? { dir: "/dev/shm" } : {},
    );
    const made = await makeDays(temp);
    await Deno.mkdir(temp.at("rigs"));
    const rig = await EngineRig.make({ root: temp.at("rigs") });
    const fuzzer = new PatchFuzzer(temp, rig, made);
    await fuzzer.#honest(0);
    return fuzzer;
  }

  /** One case. */
  async run(seed: number): Promise<void> {
    try {
      await this.#run(seededRandom(seed));
    } catch (error) {
      throw new Error(`case ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rig[Symbol.asyncDispose]();
    await this.#temp[Symbol.asyncDispose]();
  }

  async #run(random: () => number): Promise<void> {
    this.summary.cases++;
    const before = this.#current;
    const others = [0, 1, 2, 3].filter((day) => day !== before) as [number];
    const target = oneOf(random, others);
    const day = this.#days[target]!;
    const { patches, fingerprint } = this.#hostile(before, target, random);
    const lies = fingerprint !== day.fingerprint;
    const { status, error, patched, whole, asked } = await this.#sync(target, {
      patches,
      fingerprint,
    });
    const twice = asked.filter((path, index) => asked.indexOf(path) !== index);
    assert.deepEqual(twice, [], "a patch was asked for twice");
    if (patched > 0) this.summary.patched++;
    if (patched > 0 && whole === 0) this.summary.alone++;
    if (this.#rig.warnings.some((text) => text.includes("patch can't be used"))) {
      this.summary.fellBack++;
    }
    const found = await this.#rig.tree();
    if (status === "success" || status === "up_to_date") {
      assert.deepEqual(
        compareTrees(found, day.tree),
        [],
        `another tree; the catalog lies: ${lies}`,
      );
    } else {
      assert(lies && FINE.has(status), `${status}: ${error}`);
      this.summary.failed[status] = (this.summary.failed[status] ?? 0) + 1;
      assert.deepEqual(compareTrees(found, this.#days[before]!.tree), [], "a torn tree");
      await this.#honest(target);
    }
    this.#current = target;
    assert.deepEqual([...Deno.readDirSync(this.#temp.path)].length, 1, "a file outside");
    assert.deepEqual([...Deno.readDirSync(this.#temp.at("rigs"))].length, 1, "a file outside");
    const beside = [...Deno.readDirSync(this.#rig.root)].map(({ name }) => name).sort();
    const ours = beside.filter((name) => !name.startsWith(".last_sync.json"));
    assert.deepEqual(ours, [".data.datahubsync", "data"]);
  }

  /** Patches from one day to another that aren't what they should be, and what the catalog says. */
  #hostile(
    from: number,
    to: number,
    random: () => number,
  ): { patches: Offered[]; fingerprint: string } {
    const { fingerprint } = this.#days[to]!;
    const middle = oneOf(
      random,
      [0, 1, 2, 3].filter((day) => day !== from && day !== to) as [number],
    );
    const ways = random() < 0.6 ? [[from, to]] : [[from, middle], [middle, to]];
    const patches = ways.map(([a, b]): Offered => this.#patch(a!, b!));
    const victim = oneOf(random, patches as [Offered]);
    if (random() < 0.25) return { patches: this.#misfit(patches, victim, random), fingerprint };
    const { bytes, directory } = mutatedPatch(victim.bytes, random);
    victim.bytes = bytes;
    // Somebody who owns the catalog, too, says that the package has the patch's directory.
    if (victim.to !== fingerprint || random() < 0.9) return { patches, fingerprint };
    victim.to = createHash("sha256").update(directoryOf(directory)).digest("hex");
    victim.bytes = relabelledOr(bytes, victim.to);
    return { patches, fingerprint: victim.to };
  }

  /** Whole patches, each fine in itself, that don't fit where they stand. */
  #misfit(patches: Offered[], victim: Offered, random: () => number): Offered[] {
    const [a, b] = [between(random, 0, 4), between(random, 0, 4)];
    const other = a === b ? victim.bytes : this.#patch(a, b).bytes;
    const { from, to } = victim;
    const kinds: (() => void)[] = [
      () => void (victim.bytes = other), // another patch altogether
      () => void (victim.bytes = relabelled(other, { from, to })),
      () => void (victim.bytes = relabelled(other, { from })),
      () =>
        void patches.push(...patches.map(({ from, to, bytes }) => ({ from: to, to: from, bytes }))),
      () => void patches.reverse(),
      () => void patches.unshift({ from, to: from, bytes: victim.bytes }),
      () => void (victim.bytes = relabelled(victim.bytes, { from: to, to: from })),
    ];
    oneOf(random, kinds as [() => void])();
    return patches;
  }

  #patch(from: number, to: number): Offered {
    const bytes = this.#patches.get(`${from}-${to}`)!;
    return { from: this.#days[from]!.fingerprint, to: this.#days[to]!.fingerprint, bytes };
  }

  /** Brings the folder to a day without patches. */
  async #honest(target: number): Promise<void> {
    const { fingerprint, tree } = this.#days[target]!;
    const { status, error } = await this.#sync(target, { patches: [], fingerprint });
    assert(["success", "up_to_date"].includes(status), error);
    assert.deepEqual(compareTrees(await this.#rig.tree(), tree), []);
  }

  async #sync(
    target: number,
    { patches, fingerprint }: { patches: readonly Offered[]; fingerprint: string },
  ) {
    const day = this.#days[target]!;
    const files = new Map<string, Uint8Array>([["/package/it.zip", day.package]]);
    const listed = patches.map(({ from, to, bytes }, index) => {
      files.set(`/patch/${index}`, bytes);
      return { from, to, url: `patch/${index}`, size: bytes.length, sha256: sha256(bytes) };
    });
    this.#version += 1000;
    const entry = {
      name: NAME,
      last_updated: new Date(this.#version).toISOString(),
      file_count: day.tree.size,
      package_ready: true,
      package_size: day.package.length,
      package_url: "package/it.zip",
      fingerprint,
      patches: listed,
    };
    files.set("/api/datasets", Buffer.from(JSON.stringify({ datasets: [entry] })));
    const asked: string[] = [];
    const fetch = rangeFetch(
      files,
      (path) => void (path.startsWith("/patch/") && asked.push(path)),
    );
    let [patched, whole] = [0, 0];
    const warnings: string[] = [];
    const reporter = reporterOf({
      warn: ({ message }) => void warnings.push(message),
      planned: ({ plan }) => {
        [patched, whole] = [plan.patched ?? 0, plan.whole + plan.tails];
      },
    });
    const { status, error } = await this.#rig.sync("http://127.0.0.1", {
      client: { fetch, retries: 1 },
      context: { reporter, retries: 1 },
    });
    this.#rig.warnings = warnings;
    return { status, error, patched, whole, asked };
  }
}

/** Four days that differ in all the ways in which days do, and the patches between any two. */
async function makeDays(temp: TempDir) {
  const random = seededRandom(11);
  const rows = (count: number) =>
    Buffer.from(Array.from({ length: count }, (_, row) => `${row},${random()}\n`).join(""));
  const [grown, edited, still, big] = [rows(60), rows(50), rows(20), noise(random, 60_000)];
  const moved = noise(random, 3000);
  const all: [string, Uint8Array][][] = [0, 1, 2, 3].map((day) => [
    ["a/grown.csv", Buffer.concat([grown, ...Array.from({ length: day }, () => rows(2))])],
    ["b.csv", Buffer.concat([edited.subarray(0, 300), rows(day), edited.subarray(300)])],
    ["big.bin", big],
    ["c.csv", rows(15)],
    [`moved/${day}.bin`, moved],
    [`new${day}.csv`, rows(8)],
    ...(day % 2 === 0 ? [["sometimes.csv", rows(6)] as [string, Uint8Array]] : []),
    ["still.csv", still],
    ["zero.csv", day === 2 ? rows(3) : new Uint8Array()],
  ]);
  const days: Day[] = [];
  for (const [number, files] of all.entries()) {
    const bytes = buildZip(files.map(([path, content]) => ({ path, content })));
    await Deno.writeFile(temp.at(`${number}.zip`), bytes);
    days.push({ tree: new Map(files), package: bytes, fingerprint: "" });
  }
  const patches = new Map<string, Uint8Array>();
  for (const [from, old] of days.entries()) {
    for (const to of days.keys()) {
      if (from === to) continue;
      const made = await makePatch(temp.at(`${from}.zip`), temp.at(`${to}.zip`), temp.path);
      const bytes = await Deno.readFile(made!.path);
      patches.set(`${from}-${to}`, bytes);
      old.fingerprint = String(headerOf(bytes)["from"]);
      await Deno.remove(made!.path);
    }
  }
  for (const number of days.keys()) await Deno.remove(temp.at(`${number}.zip`));
  return { days, patches };
}

/** The directory alone, of what a package ends with. */
function directoryOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.max(0, bytes.length - 22));
}

/** A header that can't be read stays as it is. */
function relabelledOr(bytes: Uint8Array, to: string): Uint8Array {
  try {
    return relabelled(bytes, { to });
  } catch {
    return bytes;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A summary as lines for a person. */
export function renderPatchFuzzSummary(summary: PatchFuzzSummary): string {
  const { cases, patched, alone, fellBack, failed, memory, seconds } = summary;
  const share = (count: number) => `${count} (${Math.round(100 * count / cases)} %)`;
  const codes = Object.entries(failed).map(([status, count]) => `${count} ${status}`).join(", ");
  return [
    `${cases} cases, ${seconds} s, ${
      Math.round(memory / 2 ** 20)
    } MB more memory per 1,000 at most`,
    `  a patch made files: ${share(patched)}, all of them: ${share(alone)}; refused: ${
      share(fellBack)
    }`,
    `  the catalog lied, too, and the sync failed: ${codes || "never"}`,
  ].join("\n");
}

/** The command line: prints the summary, with `--json` as a document. */
export async function runFromArgs(args: string[]): Promise<void> {
  const { cases, seed, only, json } = fuzzArgs(args, 20_000);
  const summary = await fuzzPatches({
    cases,
    seed: only === undefined ? seed : 0,
    from: only ?? 0,
    onProgress: ({ cases, seconds }) => console.error(`${cases} cases, ${seconds} s`),
  });
  console.log(json ? JSON.stringify(summary) : renderPatchFuzzSummary(summary));
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = async (
    { data }: MessageEvent<{ cases: number; seed: number; from: number }>,
  ) => {
    const began = performance.now();
    await using fuzzer = await PatchFuzzer.make();
    const { summary } = fuzzer;
    for (let index = data.from; index < data.from + data.cases; index++) {
      await fuzzer.run(data.seed * 0x1000000 + index);
      summary.seconds = Math.round((performance.now() - began) / 1000);
      if (index % 100 === 99) self.postMessage({ summary, done: false });
    }
    self.postMessage({ summary, done: true });
  };
} else if (import.meta.main) {
  await runFromArgs(Deno.args);
}

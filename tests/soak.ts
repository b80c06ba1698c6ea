/**
 * The soak: hundreds of syncs in a row against a hub that moves on from day to day and fails at
 * random, in a process that stays and in fresh processes.
 *
 * Guarantees, or it throws: every success is the hub's tree, every failure a typed one; and neither
 * memory nor descriptors nor disk (beyond the data) grow from the first tenth to the last.
 *
 * Usage: `deno run -A tests/soak.ts [--syncs 300] [--fresh 300] [--seed 1]`
 *
 * Longer than 250 lines because what is watched and what is done in the meantime belong together.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";

import { type FaultName, FaultyHub } from "./support/faulty_hub/hub.ts";
import { pro } from "../src/demo/profiles.ts";
import { type Day, differences, makeDays, sealsOf } from "./support/days.ts";
import { EngineRig } from "./support/engine.ts";
import { runProgram, writeConfig } from "./support/program.ts";
import { oneOf, seededRandom } from "./support/random.ts";
import { tempDir } from "./support/temp.ts";

/** What a soak came to. Sizes in bytes. */
export interface SoakSummary {
  syncs: number;
  succeeded: number;
  /** Failures by status. */
  failed: Record<string, number>;
  /** The most in the first and in the last tenth, after a collection where one can be asked for. */
  memory: { first: number; last: number };
  descriptors: { first: number; last: number };
  /** Files and bytes beside the data. */
  beside: { first: number; last: number };
  seconds: number;
}

/** How a soak is run. */
export interface SoakOptions {
  syncs: number;
  seed?: number;
  onSync?: (done: number) => void;
}

const NAME = "stock-trading-data-pro";
const PROFILE = pro({ scale: 0.01, rows: (random) => 10 + Math.floor(random() * 60) });
const DAYS = 24;
/** Faults that a hub or the way to it has now and then. */
const FAULTS: [FaultName, ...FaultName[]] = [
  "reset",
  "garbage_after",
  "no_length",
  "content_length_long",
  "content_length_short",
  "wrong_content_range",
  "full_for_range",
  "other_range",
  "status_416",
  "gzip",
  "html",
  "not_found",
  "status_429",
  "status_500",
  "status_503",
  "bit_flip",
  "bit_flip_directory",
  "etag_change",
  "replace_package",
];
/** Growth that isn't a leak: the collector's moods, and a row a day of data in a longer manifest. */
const MEMORY_SLACK = 48 << 20;
/** Connections that the hub hasn't seen the end of yet; a leak would be one a sync. */
const CLOSING = 4;

/** Syncs in this process. Throws what broke a promise. */
export async function soakInside(options: SoakOptions): Promise<SoakSummary> {
  const hubs = new ChangingHub(options.seed ?? 1);
  await using _hub = hubs.hub;
  await using rig = await EngineRig.make();
  return await soak(options, {
    hubs,
    localDir: rig.dataset.localDir,
    beside: rig.root,
    sync: async () => (await rig.sync(hubs.hub.url)).status,
    memory: () => {
      (globalThis as { gc?: () => void }).gc?.();
      return Deno.memoryUsage().rss;
    },
    descriptors: () => [...Deno.readDirSync("/proc/self/fd")].length,
  });
}

/** Syncs in fresh processes of the program. Throws what broke a promise. */
export async function soakFresh(options: SoakOptions): Promise<SoakSummary> {
  const hubs = new ChangingHub(options.seed ?? 1);
  await using _hub = hubs.hub;
  await using temp = await tempDir();
  const config = temp.at("config.yaml");
  const logFile = temp.at("sync.log");
  await writeConfig(config, { url: hubs.hub.url, localDir: temp.at("data"), name: NAME, logFile });
  let peak = 0;
  return await soak(options, {
    hubs,
    localDir: temp.at("data"),
    beside: temp.path,
    async sync() {
      // The kernel's own figure of the process's most memory: GNU time asks for it, where it is there.
      const under = hasTime ? ["/usr/bin/time", "-f", "%M"] : [];
      const { stdout, stderr } = await runProgram(["-c", config, "--json"], { under });
      peak = Number(/(\d+)\s*$/.exec(stderr)?.[1] ?? 0) * 1024;
      const { results } = JSON.parse(stdout);
      return results[0].status;
    },
    memory: () => peak,
    descriptors: () => [...Deno.readDirSync("/proc/self/fd")].length,
  });
}

const hasTime = ((): boolean => {
  try {
    return Deno.statSync("/usr/bin/time").isFile;
  } catch {
    return false;
  }
})();

/** A hub that goes through days, and back to the first, and fails at random. */
class ChangingHub {
  readonly hub = new FaultyHub({ kind: "modern" });
  readonly random: () => number;
  readonly #days: Day[];
  #at = -1;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.#days = makeDays(DAYS, { profile: PROFILE, rewritten: 4, seed });
  }

  /** The day that is offered now. */
  get day(): Day {
    return this.#days[this.#at]!;
  }

  /** Moves on, mostly, and has something in store, sometimes. */
  next(): void {
    if (this.#at < 0 || this.random() < 0.7) this.#at = (this.#at + 1) % DAYS;
    this.hub.reset();
    this.hub.setDataset(NAME, this.day.offered);
    while (this.random() < 0.4) this.hub.faults.add({ name: oneOf(this.random, FAULTS) });
    // And now and then it doesn't get well by itself.
    const times = Infinity;
    if (this.random() < 0.12) this.hub.faults.add({ name: oneOf(this.random, FAULTS), times });
  }
}

interface Soaked {
  hubs: ChangingHub;
  localDir: string;
  /** The folder in which data, work folder, state and logs lie. */
  beside: string;
  sync: () => Promise<string>;
  memory: () => number;
  descriptors: () => number;
}

async function soak(options: SoakOptions, soaked: Soaked): Promise<SoakSummary> {
  const began = performance.now();
  const failed: Record<string, number> = {};
  const samples: { memory: number; descriptors: number; beside: number }[] = [];
  let succeeded = 0;
  for (let done = 0; done < options.syncs; done++) {
    soaked.hubs.next();
    const status = await soaked.sync();
    if (status === "success" || status === "up_to_date") {
      succeeded++;
      assert.equal(differences(sealsOf(soaked.localDir), soaked.hubs.day), "", `sync ${done}`);
    } else {
      failed[status] = (failed[status] ?? 0) + 1;
      assert.match(status, /^(download|extract)_failed$|^package_not_ready$/, `sync ${done}`);
      // Whatever happened, the next try settles it: so that each sample is of a settled folder.
      soaked.hubs.hub.faults.clear();
      assert.match(await soaked.sync(), /^(success|up_to_date)$/);
    }
    const beside = sizeBeside(soaked.beside, soaked.localDir);
    const few = Math.min(...samples.map((sample) => sample.descriptors));
    const descriptors = await settled(soaked.descriptors, few + CLOSING);
    samples.push({ memory: soaked.memory(), descriptors, beside });
    options.onSync?.(done + 1);
  }
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  // The first syncs load code and fill caches: the second tenth is where it has settled.
  const first = samples.slice(tenth, 3 * tenth);
  const last = samples.slice(-2 * tenth);
  const both = (of: keyof typeof samples[0]) => ({
    first: Math.max(...first.map((sample) => sample[of])),
    last: Math.max(...last.map((sample) => sample[of])),
  });
  const summary: SoakSummary = {
    syncs: options.syncs,
    succeeded,
    failed,
    memory: both("memory"),
    descriptors: both("descriptors"),
    beside: both("beside"),
    seconds: Math.round((performance.now() - began) / 1000),
  };
  const about = JSON.stringify(summary);
  assert(summary.memory.last <= summary.memory.first + MEMORY_SLACK, `memory grows: ${about}`);
  const { first: few, last: many } = summary.descriptors;
  assert(many <= few + CLOSING, `descriptors grow: ${about}`);
  // The log and the history get lines; a manifest gets a row where a file came.
  const lines = options.syncs * 2048;
  assert(summary.beside.last <= summary.beside.first + lines, `disk grows: ${about}`);
  return summary;
}

/** A count once it is no more than so many, or after so long that it isn't for being busy. */
async function settled(count: () => number, most: number): Promise<number> {
  const began = performance.now();
  while (count() > most && performance.now() - began < 30_000) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return count();
}

/** Bytes below a folder, but for the data. */
function sizeBeside(root: string, localDir: string): number {
  let size = 0;
  for (const item of Deno.readDirSync(root)) {
    const path = `${root}/${item.name}`;
    if (path === localDir) continue;
    size += item.isDirectory ? 4096 + sizeBeside(path, localDir) : Deno.lstatSync(path).size;
  }
  return size;
}

/** A summary as lines for a person. */
export function renderSoakSummary(what: string, summary: SoakSummary): string {
  const { syncs, succeeded, failed, memory, descriptors, beside, seconds } = summary;
  const mb = ({ first, last }: { first: number; last: number }) =>
    `${Math.round(first / 2 ** 20)} → ${Math.round(last / 2 ** 20)} MB`;
  return [
    `${syncs} syncs ${what}, ${seconds} s: ${succeeded} succeeded; failed and then settled: ` +
    (Object.entries(failed).map(([status, count]) => `${count} ${status}`).join(", ") || "none"),
    `  memory ${mb(memory)}, descriptors ${descriptors.first} → ${descriptors.last}, ` +
    `beside the data ${beside.first >> 10} → ${beside.last >> 10} KB`,
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      syncs: { type: "string", default: "300" },
      fresh: { type: "string", default: "300" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const seed = Number(values.seed);
  const onSync = (done: number) => void (done % 100 === 0 && console.error(`${done} syncs`));
  const soaks = { "in one process": soakInside, "in fresh processes": soakFresh };
  for (const [what, soaking] of Object.entries(soaks)) {
    const syncs = Number(soaking === soakInside ? values.syncs : values.fresh);
    if (syncs === 0) continue;
    const summary = await soaking({ syncs, seed, onSync });
    console.log(values.json ? JSON.stringify(summary) : renderSoakSummary(what, summary));
  }
}

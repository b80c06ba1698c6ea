/**
 * The kill loop: starts the program, sends SIGKILL at a moment by chance or at a named step, starts
 * it again until it is done, and compares the folder with the oracle; meanwhile a reader walks it.
 *
 * Guarantees, or it throws: after each kill neither state nor manifest claims what isn't there; each
 * round ends in the tree of the hub's day with nothing left over; what was fetched isn't fetched
 * again beyond a chunk and the directory for each kill; the reader saw whole versions only.
 *
 * Usage: `deno run -A tests/e2e/kill_loop.ts [--kills 1000] [--seed 1]`; `--rounds` is `--kills`'s old name
 *
 * Longer than 250 lines because the program, its reader and the judgement of both belong together.
 *
 * @module
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { parseArgs } from "node:util";
import { FaultyHub, type HubKind, type RequestRecord } from "../support/faulty_hub/hub.ts";
import { pro } from "../../src/demo/profiles.ts";
import { RangeSet, sizeOf } from "../../src/ranges.ts";
import { resolveLayout } from "../../src/store/layout.ts";
import { loadState } from "../../src/store/memory/state.ts";
import { PUBLISH_STEPS } from "../../src/store/publish/publish.ts";
import { SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import type { Range } from "../../src/types.ts";
import { endOf, startProgram, writeConfig } from "../support/program.ts";
import { assertHonest, type Day, differences, makeDays, sealsOf } from "../support/days.ts";
import { mappedRanges } from "../support/partial_map.ts";
import { between, oneOf, seededRandom } from "../support/random.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { pause } from "../support/until.ts";
import type { Expected, Seen } from "./reader.ts";

/** Where a run was when it was killed. */
export type KillPhase = "start" | "download" | "extract" | "publish" | "record";
const PHASES: KillPhase[] = ["start", "download", "extract", "publish", "record"];

/** What a loop came to. */
export interface KillSummary {
  rounds: number;
  kills: number;
  /** Kills by the phase that they hit. */
  byPhase: Record<KillPhase, number>;
  /** Kills by how their moment was chosen. */
  byMoment: Record<string, number>;
  /** Distinct named steps that were hit. */
  steps: number;
  /** Bytes that a kill made us fetch again: the most, and the mean. */
  refetched: { most: number; mean: number };
  reader: { walks: number; files: number };
  seconds: number;
}

/** How a loop is run. */
export interface KillOptions {
  /** The loop ends after so many kills; after some more where a phase was hit by few of them. */
  kills: number;
  seed?: number;
  /** Told after each round. */
  onRound?: (summary: KillSummary) => void;
}

const NAME = "stock-trading-data-pro";
/** Some 560 files and 5 MB: twice the 2 MB between two saves of the partial's map. */
const PROFILE = pro({ scale: 0.1, rows: (random) => 30 + Math.floor(random() * 80) });
const DAYS = 5;
/** The partial's map is saved every 2 MB, after a write of 1 MB at most. */
const CHUNK = 3 << 20;
/** The directory's tail is 64 KB and 96 bytes a file. */
const DIRECTORY = (64 << 10) + 96 * 600;

const SYNC_STEPS = ["locked", "viewed", "planned", "downloaded", "published", "recorded"];

/** Runs rounds until so many kills have hit. Throws what broke a promise. */
export async function killLoop(options: KillOptions): Promise<KillSummary> {
  await using loop = await KillLoop.make(options.seed ?? 1);
  for (;;) {
    const { kills } = loop.summary;
    if (kills >= options.kills && (!loop.isLopsided || kills >= 3 * options.kills)) break;
    await loop.round();
    options.onRound?.(loop.summary);
  }
  return await loop.end();
}

/** A folder that is followed, from its first sync to its last day. */
interface Place {
  root: string;
  config: string;
  localDir: string;
  statePath: string;
  name: string;
  snapshot: boolean;
  kind: HubKind;
  /** The day it is at; -1 = nothing is there yet. */
  day: number;
}

class KillLoop implements AsyncDisposable {
  readonly summary: KillSummary = {
    rounds: 0,
    kills: 0,
    byPhase: { start: 0, download: 0, extract: 0, publish: 0, record: 0 },
    byMoment: { "any time": 0, "in a phase": 0, "at a step": 0 },
    steps: 0,
    refetched: { most: 0, mean: 0 },
    reader: { walks: 0, files: 0 },
    seconds: 0,
  };
  readonly #temp: TempDir;
  readonly #random: () => number;
  readonly #days: Day[];
  readonly #hubs: Record<HubKind, FaultyHub>;
  readonly #reader: Deno.ChildProcess;
  readonly #began = performance.now();
  readonly #places: Place[] = [];
  readonly #steps = new Set<string>();
  #left: string[] = [];
  #made = 0;
  #expected = 1;
  #refetched = 0;
  #ended = false;

  private constructor(temp: TempDir, seed: number) {
    this.#temp = temp;
    this.#random = seededRandom(seed);
    this.#days = makeDays(DAYS, { profile: PROFILE, rewritten: 150, seed });
    const hub = (kind: HubKind) => new FaultyHub({ kind, bytesPerSecond: 16 << 20 });
    this.#hubs = { deployed: hub("deployed"), modern: hub("modern"), no_ranges: hub("no_ranges") };
    Deno.writeTextFileSync(temp.at("expected.json"), JSON.stringify({ ...NOTHING, round: 0 }));
    this.#reader = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--quiet", `${import.meta.dirname}/reader.ts`],
        temp.at("expected.json"),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  static async make(seed: number): Promise<KillLoop> {
    return new KillLoop(await tempDir(), seed);
  }

  /** Whether one of the phases was hit by less than a tenth of the kills. */
  get isLopsided(): boolean {
    const { kills, byPhase } = this.summary;
    return PHASES.slice(1).some((phase) => byPhase[phase] * 10 < kills);
  }

  /** One day's step of one folder, killed as often as chance has it. */
  async round(): Promise<void> {
    const place = await this.#nextPlace();
    const before = this.#days[place.day];
    place.day++;
    const day = this.#days[place.day]!;
    const hub = this.#hubs[place.kind];
    hub.reset();
    hub.setDataset(NAME, day.offered);
    hub.pace.bytesPerSecond = between(this.#random, 6, 24) << 20;
    this.#expect(place, [before, day]);
    const config = { url: hub.url, localDir: place.localDir, name: NAME };
    await writeConfig(place.config, { ...config, publish: place.snapshot ? "snapshot" : "files" });
    const remains: Remains[] = [];
    for (let again = true; again; again = this.#random() < 0.4) {
      const hit = await this.#runAndKill(place, day);
      if (!hit) break;
      const left = await remainsOf(place, { hub, day });
      // Once all is live, map and partial go, the map first: nobody needs those bytes any more.
      const isLive = await this.#phaseOf(place, day) === "record";
      remains.push(isLive ? { ...left, unnoted: 0 } : left);
      await assertHonest(place, this.#days);
    }
    const last = await endOf(startProgram(["-c", place.config, "--json"], { build: "test" }));
    assert.equal(last.code, 0, `${place.root}: ${last.stdout}${last.stderr}`);
    await this.#checkDone(place, day);
    this.#checkRefetched(hub, place, remains);
    this.summary.rounds++;
    this.summary.seconds = Math.round((performance.now() - this.#began) / 1000);
  }

  /** Ends the reader and hears what it saw. */
  async end(): Promise<KillSummary> {
    this.#ended = true;
    await this.#reader.stdin.close();
    const { stdout } = await this.#reader.output();
    const seen: Seen = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(seen.wrong.slice(0, 5), [], "the reader saw what nobody should");
    assert(seen.walks > 0);
    this.summary.reader = { walks: seen.walks, files: seen.files };
    this.summary.steps = this.#steps.size;
    return this.summary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      this.#reader.kill("SIGKILL");
      await this.#reader.stdin.close().catch(() => {});
      await this.#reader.output();
    }
    await Promise.all(Object.values(this.#hubs).map((hub) => hub.close()));
    await this.#temp[Symbol.asyncDispose]();
  }

  /** The folder whose turn it is: two are followed at a time, plain and snapshot. */
  async #nextPlace(): Promise<Place> {
    const turn = this.summary.rounds % 2;
    const old = this.#places[turn];
    if (old !== undefined && old.day + 1 < DAYS) return old;
    if (old !== undefined) {
      this.#expect(undefined, []);
      await Deno.remove(old.root, { recursive: true });
    }
    const root = this.#temp.at(`place${this.#made++}`);
    const kinds: [HubKind, ...HubKind[]] = ["deployed", "modern", "modern", "no_ranges"];
    return this.#places[turn] = {
      root,
      config: `${root}/config.yaml`,
      localDir: `${root}/data`,
      statePath: `${root}/.last_sync.json`,
      name: NAME,
      snapshot: turn === 1,
      kind: oneOf(this.#random, kinds),
      day: -1,
    };
  }

  #expect(place: Place | undefined, days: (Day | undefined)[]): void {
    const expected: Expected = {
      ...place === undefined ? NOTHING : {
        root: place.localDir,
        snapshot: place.snapshot,
        versions: days.map((day) => Object.fromEntries(day?.files ?? [])),
      },
      round: this.#expected++,
    };
    Deno.writeTextFileSync(this.#temp.at("expected.json.next"), JSON.stringify(expected));
    Deno.renameSync(this.#temp.at("expected.json.next"), this.#temp.at("expected.json"));
  }

  /** Runs the program and kills it; `false` = it was done before. */
  async #runAndKill(place: Place, day: Day): Promise<boolean> {
    const moment = this.#random();
    const phase = moment < 0.8 ? this.#rarestPhase() : undefined;
    const step = moment < 0.4
      ? this.#nextStep(place)
      : phase !== undefined && this.#isMissed(phase)
      ? this.#stepIn(phase, place)
      : undefined;
    const child = startProgram(["-c", place.config, "--json"], {
      build: "test",
      ...step && { env: { DATAHUBSYNC_TEST_STOP: step } },
    });
    let over = false;
    const end = endOf(child, {
      onErr: (text) => step && text.includes(`stopped at ${step}`) && child.kill("SIGKILL"),
    });
    end.finally(() => over = true);
    if (step === undefined) {
      if (phase !== undefined) await this.#reach(phase, place, () => over);
      await pause(this.#random() * (phase === undefined ? 900 : phase === "download" ? 150 : 12));
      try {
        child.kill("SIGKILL");
      } catch {
        // It had ended.
      }
    }
    const { signal, code, stderr } = await end;
    if (signal !== "SIGKILL") {
      assert.equal(code, 0, `not killed, but failed: ${stderr}`);
      return false;
    }
    const hit = stepPhase(step) ?? await this.#phaseOf(place, day);
    if (step !== undefined) this.#steps.add(`${place.snapshot} ${step}`);
    this.summary.kills++;
    this.summary.byPhase[hit]++;
    const how = step ? "at a step" : phase ? "in a phase" : "any time";
    this.summary.byMoment[how]!++;
    return true;
  }

  /** Named steps in turn, so that each is met. */
  #nextStep(place: Place): string {
    const publish = place.snapshot ? SNAPSHOT_STEPS : PUBLISH_STEPS;
    if (this.#left.length === 0) this.#left = [...SYNC_STEPS, ...PUBLISH_STEPS, ...SNAPSHOT_STEPS];
    const at = this.#left.findIndex((step) =>
      SYNC_STEPS.includes(step) || (publish as readonly string[]).includes(step)
    );
    return at < 0 ? oneOf(this.#random, SYNC_STEPS as [string]) : this.#left.splice(at, 1)[0]!;
  }

  #rarestPhase(): KillPhase {
    const { byPhase } = this.summary;
    return PHASES.slice(1).reduce((rarest, one) => byPhase[one] < byPhase[rarest] ? one : rarest);
  }

  /** Whether chance hits a phase too seldom here: on a busy machine a short one is over when we look. */
  #isMissed(phase: KillPhase): boolean {
    const { kills, byPhase } = this.summary;
    return kills >= 10 && byPhase[phase] * 7 < kills;
  }

  /** A named step that lies in a phase. */
  #stepIn(phase: KillPhase, { snapshot }: Place): string {
    const steps: Record<KillPhase, readonly [string, ...string[]]> = {
      start: ["locked"],
      download: ["planned"],
      extract: ["downloaded"],
      publish: snapshot ? ["built"] : ["journal_written"],
      record: ["published", "recorded"],
    };
    return oneOf(this.#random, [...steps[phase]] as [string, ...string[]]);
  }

  /** Waits until a phase can be seen to have begun, by what lies in the work folder. */
  async #reach(phase: KillPhase, place: Place, over: () => boolean): Promise<void> {
    const { partial, staging, journal, manifestNext } = await resolveLayout(place.localDir);
    const mark = place.snapshot ? manifestNext : journal;
    const reached: Record<KillPhase, () => boolean> = {
      start: () => true,
      download: () => existsSync(partial),
      extract: () => holdsFiles(staging),
      publish: () => existsSync(mark) || existsSync(manifestNext),
      record: () => false,
    };
    let was = existsSync(mark);
    const record = (): boolean => {
      const is = existsSync(mark);
      const gone = was && !is;
      was = is;
      return gone;
    };
    const test = phase === "record" ? record : reached[phase];
    while (!over() && !test()) await pause(0);
  }

  /** Where it was, by what it left. */
  async #phaseOf(place: Place, day: Day): Promise<KillPhase> {
    const { partial, staging, journal, manifest, manifestNext } = await resolveLayout(
      place.localDir,
    );
    if (existsSync(journal) || existsSync(manifestNext)) return "publish";
    if ((await loadState(place.statePath)).get(NAME) === day.version) return "record";
    const head = await Deno.readTextFile(manifest).catch(() => "");
    if (head.slice(0, 300).includes(`"version":"${day.version}"`)) return "record";
    if (holdsFiles(staging)) return "extract";
    return existsSync(partial) ? "download" : "start";
  }

  async #checkDone(place: Place, day: Day): Promise<void> {
    assert.equal(differences(sealsOf(place.localDir), day), "", place.root);
    assert.equal((await loadState(place.statePath)).get(NAME), day.version);
    await assertHonest(place, this.#days);
    const { work, manifests, versions } = await resolveLayout(place.localDir);
    const left = [...Deno.readDirSync(work)].map(({ name }) => name).sort();
    const allowed = ["hubs", "lock", "manifest", "manifests", "staging", "symbols", "versions"];
    assert.deepEqual(left.filter((name) => !allowed.includes(name)), [], "left over");
    const kept = namesIn(manifests).filter((name) => !namesIn(versions).includes(name));
    assert.deepEqual(kept, [], "manifests of versions that are gone");
    assert.equal(holdsFiles(`${work}/staging`), false, "left in staging");
  }

  /**
   * What was asked for again that the killed run had noted as there. What had only reached the kernel
   * isn't in it: nobody had that yet.
   */
  #checkRefetched(hub: FaultyHub, place: Place, remains: Remains[]): void {
    if (place.kind === "no_ranges") return; // such a hub sends everything each time
    const { refetched } = this.summary;
    for (const [index, { had, unnoted, requests }] of remains.entries()) {
      const sent = hub.requests.slice(requests).flatMap(sentRanges);
      const again = sent.reduce(
        (sum, range) => sum + sizeOf([range]) - sizeOf(had.missing([range])),
        0,
      );
      assert(again <= CHUNK + DIRECTORY, `${place.root}: ${again} bytes fetched again`);
      // What an earlier kill left unnoted is still there.
      const most = (index + 1) * CHUNK;
      assert(unnoted <= most, `${place.root}: ${unnoted} bytes were there, but not noted`);
      this.#refetched += again + unnoted;
      refetched.most = Math.max(refetched.most, again + unnoted);
      refetched.mean = Math.round(this.#refetched / Math.max(1, this.summary.kills));
    }
  }
}

/** What a killed run left of the package. */
interface Remains {
  /** What its map says is there. */
  had: RangeSet;
  /** Bytes in the partial that its map doesn't tell of. */
  unnoted: number;
  /** Requests that the hub had seen by then. */
  requests: number;
}

async function remainsOf(place: Place, is: { hub: FaultyHub; day: Day }): Promise<Remains> {
  const { partial, partialMap } = await resolveLayout(place.localDir);
  const requests = is.hub.requests.length;
  const had = new RangeSet(
    (await mappedRanges(partialMap)).map(([start, end]) => ({ start, end })),
  );
  const found = await Deno.readFile(partial).catch(() => new Uint8Array());
  // By content: how much room a file system gives to a file is its own affair.
  const { package: whole } = is.day.offered;
  let unnoted = 0;
  for (const { start, end } of had.missing([{ start: 0, end: found.length }])) {
    for (let at = start; at < end; at += PAGE) {
      const [here, there] = [found, whole].map((all) => all.subarray(at, Math.min(at + PAGE, end)));
      if (Buffer.compare(here!, there!) === 0) unnoted += here!.length;
    }
  }
  return { had, unnoted, requests };
}

/** Bytes that are compared at once. */
const PAGE = 4096;

const NOTHING = { root: "/nowhere", snapshot: false, versions: [] };

/** The phase that a named step lies in, where what is left doesn't tell it. */
function stepPhase(step: string | undefined): KillPhase | undefined {
  if (step === undefined || ["locked", "viewed", "planned"].includes(step)) return undefined;
  if (step === "downloaded") return "extract";
  return step === "published" || step === "recorded" ? "record" : "publish";
}

/** The parts of the package that an answer brought. */
function sentRanges({ range, status, bytesSent }: RequestRecord): Range[] {
  if (status === 200) return [{ start: 0, end: bytesSent }];
  if (status !== 206) return [];
  const asked = [...(range ?? "").matchAll(/(\d+)-(\d*)/g)].map(([, first, last]) => ({
    start: Number(first),
    end: last === "" ? Infinity : Number(last) + 1,
  }));
  const ranges: Range[] = [];
  let left = bytesSent;
  for (const { start, end } of asked) {
    if (asked.length > 1) left -= 120; // the part's own head
    const size = Math.min(left, end - start);
    if (size <= 0) break;
    ranges.push({ start, end: start + size });
    left -= size;
  }
  return ranges;
}

function holdsFiles(folder: string): boolean {
  return namesIn(folder).length > 0;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return []; // not there
  }
}

/** A summary as lines for a person. */
export function renderSummary(summary: KillSummary): string {
  const { kills, byPhase, byMoment, refetched, reader } = summary;
  const share = (count: number) => `${count} (${Math.round(100 * count / kills)} %)`;
  const bars = PHASES.map((phase) =>
    `  ${phase.padEnd(9)} ${share(byPhase[phase]).padStart(12)} ` +
    "#".repeat(Math.round(50 * byPhase[phase] / kills))
  );
  return [
    `${kills} kills in ${summary.rounds} rounds, ${summary.seconds} s; every round ended in the oracle's tree`,
    ...bars,
    `  moments: ${Object.entries(byMoment).map(([how, n]) => `${n} ${how}`).join(", ")}; ` +
    `${summary.steps} different steps`,
    `  fetched again for each kill: ${refetched.mean} bytes on average, ${refetched.most} at most`,
    `  reader: ${reader.walks} walks, ${reader.files} files opened, all of them whole`,
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string" },
      rounds: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
    },
  });
  const kills = Number(values.kills ?? values.rounds);
  const seed = Number(values.seed);
  if (!(kills >= 1) || !Number.isInteger(seed)) throw new Error("--kills and --seed are numbers");
  let last: KillSummary | undefined;
  try {
    const summary = await killLoop({
      kills,
      seed,
      onRound(soFar) {
        last = soFar;
        if (soFar.rounds % 25 !== 0) return;
        console.error(`${soFar.kills} kills, ${soFar.rounds} rounds, ${soFar.seconds} s`);
      },
    });
    console.log(renderSummary(summary));
  } catch (error) {
    const { rounds = 0, kills: done = 0 } = last ?? {};
    console.error(`broken in round ${rounds + 1}, after ${done} kills; again with --seed ${seed}`);
    throw error;
  }
}

/**
 * Power cuts: data, state and work folder lie on an ext4 image behind a loop device; that file
 * system is shut down in the middle of a run with the ioctl that ext4's own tests use
 * (`FS_IOC_SHUTDOWN`, no flush of the log), so what wasn't synced is gone; then it is unmounted,
 * mounted and looked at, and the program runs again.
 *
 * Guarantees, or it throws: after each cut every file that state and manifest claim is whole, and the
 * next run ends in the oracle's tree. Needs root, loop devices, `mkfs.ext4` and python3.
 *
 * Usage: `deno run -A tests/e2e/power_loss.ts [--cuts 100] [--seed 1] [--patches]`
 *
 * Longer than 250 lines because the image, the cuts and the judgement belong together.
 *
 * @module
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { run, runSync } from "../support/command.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { fin, pro, type ProfileOptions } from "../../src/demo/profiles.ts";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { resolveLayout } from "../../src/store/layout.ts";
import { loadState } from "../../src/store/memory/state.ts";
import { assertHonest, type Day, differences, makeDays, sealsOf } from "../support/days.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { between, seededRandom } from "../support/random.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir, TempFolder } from "../support/temp.ts";
import { unzipTree } from "../support/tree.ts";
import { pause, until } from "../support/until.ts";

/** What the cuts came to. */
export interface PowerSummary {
  cuts: number;
  /** Cuts by what lay on the disk afterwards. */
  byPlace: Record<string, number>;
  /** Cuts that came after a kill of an earlier run, whose unsynced files the cut one relied on. */
  afterKill: number;
  /** Patches that the hub sent. */
  patches: number;
  seconds: number;
}

/** A hub that offers the days, one after the other, to each new place. */
interface DailyHub extends AsyncDisposable {
  readonly url: string;
  offer(day: Day, random: () => number): Promise<void>;
  /** How many patches it has sent since the last call. */
  sentPatches(): number;
}

const NAME = "stock-trading-data-pro";
const OPTIONS: ProfileOptions = { scale: 0.04, rows: (random) => 20 + Math.floor(random() * 60) };
const DAYS = 6;

/** Whether this machine lets us do it; the reason when not. */
export async function powerLossImpossible(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root";
  for (const [command, flag] of [["python3", "-V"], ["mkfs.ext4", "-V"], ["losetup", "-V"]]) {
    try {
      new Deno.Command(command!, { args: [flag!], stdout: "null", stderr: "null" }).outputSync();
    } catch {
      return `needs ${command}`;
    }
  }
  using temp = new TempFolder();
  try {
    const image = Image.make(temp.path);
    image.mount();
    await (await image.arm({ commit: true })).cut();
    await image.unmount();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Cuts the power so many times. Throws what broke a promise. */
export async function powerLoss(options: {
  cuts: number;
  seed?: number;
  /** Days come by patch, from a packed site. */
  patches?: boolean;
  onCut?: (summary: PowerSummary) => void;
}): Promise<PowerSummary> {
  const random = seededRandom(options.seed ?? 1);
  const began = performance.now();
  const summary: PowerSummary = { cuts: 0, byPlace: {}, afterKill: 0, patches: 0, seconds: 0 };
  const { patches = false } = options;
  // Where much is rewritten, no patch is worth it.
  const rewritten = patches ? 2 : 60;
  // Files beside each other, and each in a folder of its own, which are flushed in another way.
  const kinds = [pro(OPTIONS), fin(OPTIONS)].map((profile) =>
    makeDays(DAYS, { profile, rewritten, seed: options.seed ?? 1 })
  );
  await using temp = await tempDir();
  const image = Image.make(temp.path);
  image.mount();
  try {
    for (let turn = 0; summary.cuts < options.cuts; turn++) {
      const days = kinds[turn % kinds.length]!;
      await using hub = patches ? await packedHub() : pacedHub();
      const place = placeAt(`${image.mountPoint}/${turn}`, turn % 3 === 2);
      await Deno.mkdir(place.root);
      for (const [number, day] of days.entries()) {
        if (summary.cuts >= options.cuts) break;
        await hub.offer(day, random);
        const { config, localDir, publish } = place;
        await writeConfig(config, { url: hub.url, localDir, publish, name: NAME });
        // The configuration is the user's own and was there long before.
        await run("sync", ["-f", config]);
        if (random() < 0.3 && await killEarlier(place, random)) summary.afterKill++;
        const was = await cutDuringRun(place, { image, random });
        summary.cuts++;
        summary.byPlace[was] = (summary.byPlace[was] ?? 0) + 1;
        await assertHonest(place, days);
        const again = await runProgram(["-c", config, "--json"], { build: "test" });
        assert.equal(again.code, 0, `cut ${summary.cuts}: ${again.stdout}${again.stderr}`);
        await assertDone(place, day, number);
        summary.patches += hub.sentPatches();
        summary.seconds = Math.round((performance.now() - began) / 1000);
        options.onCut?.(summary);
      }
      await Deno.remove(place.root, { recursive: true });
    }
  } finally {
    await image.unmount();
  }
  return summary;
}

/** Sends packages, at a pace that lets a cut come in between. */
function pacedHub(): DailyHub {
  const hub = new FaultyHub({ kind: "modern" });
  return {
    url: hub.url,
    offer(day, random) {
      hub.setDataset(NAME, day.offered);
      hub.pace.bytesPerSecond = between(random, 4, 32) << 20;
      return Promise.resolve();
    },
    sentPatches: () => 0,
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** Packs each day, with a patch from the one before. */
async function packedHub(): Promise<DailyHub> {
  const site = await PackedSite.make(NAME);
  return {
    url: site.url,
    async offer({ version, offered }) {
      await site.publish(await unzipTree(offered.package), { version });
    },
    sentPatches: () => site.asked().filter((path) => path.endsWith(".patch")).length,
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

interface Place {
  root: string;
  config: string;
  localDir: string;
  statePath: string;
  name: string;
  publish: "files" | "snapshot";
}

function placeAt(root: string, snapshot: boolean): Place {
  return {
    root,
    config: `${root}/config.yaml`,
    localDir: `${root}/data`,
    statePath: `${root}/.last_sync.json`,
    name: NAME,
    publish: snapshot ? "snapshot" : "files",
  };
}

/** Kills a run that came before, so that the cut one goes on with what it left unsynced. */
async function killEarlier(place: Place, random: () => number): Promise<boolean> {
  const child = startProgram(["-c", place.config], { build: "test" });
  const end = endOf(child);
  await pause(80 + random() * 250);
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended.
  }
  return (await end).signal === "SIGKILL";
}

/** Cuts the power while a run works; says where it was. */
async function cutDuringRun(
  place: Place,
  { image, random }: { image: Image; random: () => number },
): Promise<string> {
  const { cut } = await image.arm({ commit: random() < 0.6 });
  const child = startProgram(["-c", place.config], { build: "test" });
  let over = false;
  const end = endOf(child).finally(() => over = true);
  // Most of a run is its start: a third of the cuts wait for the publish, a third for staged files.
  const { staging, journal, manifestNext } = await resolveLayout(place.localDir);
  const chance = random();
  const begun = chance < 0.4
    ? () => existsSync(journal) || existsSync(manifestNext)
    : chance < 0.7
    ? () => holdsFiles(staging)
    : () => true;
  while (!over && !begun()) await pause(0);
  await pause(random() * (chance < 0.4 ? 40 : chance < 0.7 ? 150 : 1800));
  await cut();
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended.
  }
  await end;
  await image.unmount();
  image.mount();
  const layout = await resolveLayout(place.localDir);
  if (await journalIsOpen(layout) || existsSync(layout.manifestNext)) return "publish";
  if (holdsFiles(layout.staging)) return "staged";
  if (existsSync(layout.partial)) return "partial";
  return existsSync(layout.manifest) ? "settled" : "nothing yet";
}

async function assertDone(place: Place, day: Day, number: number): Promise<void> {
  assert.equal(differences(sealsOf(place.localDir), day), "", `day ${number}`);
  assert.equal((await loadState(place.statePath)).get(NAME), day.version);
}

/** An ext4 file system whose power can be cut. */
export class Image {
  readonly mountPoint: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#file = `${folder}/image`;
    this.mountPoint = `${folder}/mounted`;
  }

  static make(folder: string): Image {
    const image = new Image(folder);
    Deno.mkdirSync(image.mountPoint);
    using file = Deno.openSync(image.#file, { write: true, create: true });
    file.truncateSync(256 << 20);
    runSync("mkfs.ext4", ["-q", "-F", image.#file]);
    return image;
  }

  mount(): void {
    // As hard as ext4 can be made: names are committed each second, contents whenever it likes.
    const options = "loop,commit=1,noauto_da_alloc,data=writeback";
    runSync("mount", ["-o", options, this.#file, this.mountPoint]);
  }

  /**
   * Another process's mount namespace may hold a copy of the mount for a moment; mounting before it
   * lets go would bring the dead file system back. The `sync -f` of a program that was killed holds it
   * until its flush is over.
   */
  async unmount(): Promise<void> {
    await until(() => isUnmounted(this.mountPoint));
    await until(() => runSync("losetup", ["-j", this.#file]) === "");
  }

  /**
   * Gets ready to shut the file system down without writing its log: python3 takes 30 ms to start.
   * With `commit` the log is written just before, as another program's fsync does at any moment: then
   * all names are on the disk, but only those contents that were synced.
   */
  async arm({ commit }: { commit: boolean }): Promise<{ cut: () => Promise<void> }> {
    const code = "import fcntl,os,struct,sys\n" +
      "place = os.open(sys.argv[1], os.O_RDONLY)\n" +
      "print('ready', flush=True)\n" +
      "sys.stdin.read(1)\n" +
      (commit ? "os.fsync(os.open(sys.argv[1] + '/other', os.O_CREAT | os.O_RDWR))\n" : "") +
      "fcntl.ioctl(place, 0x8004587d, struct.pack('I', 2))";
    const child = new Deno.Command("python3", {
      args: ["-c", code, this.mountPoint],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const output = child.stdout.getReader();
    await output.read();
    return {
      cut: async () => {
        const input = child.stdin.getWriter();
        await input.write(new Uint8Array(1));
        const { success } = await child.status;
        await input.close().catch(() => {});
        await output.cancel();
        assert(success, "the file system couldn't be shut down");
      },
    };
  }
}

/** Unmounts; `false` = somebody holds it. */
function isUnmounted(mountPoint: string): boolean {
  try {
    runSync("umount", [mountPoint]);
    return true;
  } catch (error) {
    if (/target is busy/.test(String(error))) return false;
    throw error;
  }
}

function holdsFiles(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].length > 0;
  } catch {
    return false;
  }
}

/** A summary as lines for a person. */
export function renderPowerSummary(summary: PowerSummary): string {
  const { cuts, byPlace, afterKill, patches, seconds } = summary;
  const places = Object.entries(byPlace).map(([place, count]) => `${count} ${place}`).join(", ");
  return `${cuts} power cuts, ${seconds} s; all claims whole, every run after ended in the oracle's tree\n` +
    `  found on the disk: ${places}; ${afterKill} came after a kill; ${patches} patches sent`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      cuts: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      patches: { type: "boolean" },
    },
  });
  const reason = await powerLossImpossible();
  if (reason !== undefined) throw new Error(`no power cuts here: ${reason}`);
  console.log(
    renderPowerSummary(
      await powerLoss({
        cuts: Number(values.cuts),
        seed: Number(values.seed),
        patches: values.patches ?? false,
        onCut: ({ cuts, seconds }) =>
          cuts % 10 === 0 && console.error(`${cuts} cuts, ${seconds} s`),
      }),
    ),
  );
}

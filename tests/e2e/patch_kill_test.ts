/** The program is killed while it applies patches, and the packer while it packs: nothing is torn. */
import assert from "node:assert/strict";
import { resolveLayout } from "../../src/store/layout.ts";
import { judge } from "../support/judge.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { between, oneOf, seededRandom } from "../support/random.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, type Tree, writeTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const DAYS = 6;
/** Steps of a sync that a kill is sent at; the others come by chance. */
const STEPS = ["viewed", "planned", "journal_written", "published"];
/** Every step of a pack. */
const PACK_STEPS = [
  "packed",
  "staged",
  "patch_made",
  "package_placed",
  "package_named",
  "patch_placed",
  "digests_placed",
  "catalog_written",
  "recorded",
];

/** Files of some hundred rows, one more each day, of which each is as long as the next ones. */
function day(number: number): Tree {
  return new Map(Array.from({ length: 300 }, (_, index) => {
    const random = seededRandom(index + 1);
    const rows = Array.from({ length: 150 + number }, () => `${(random() * 1e9).toFixed(3)}\n`);
    return [`sh${600000 + index}.csv`, new TextEncoder().encode(rows.join(""))];
  }));
}

/** Milliseconds that a whole run took, which must have ended well. */
async function wholeRun(args: string[]): Promise<number> {
  const since = Date.now();
  const { code, stderr } = await runProgram(args, { build: "test" });
  assert.equal(code, 0, stderr);
  return Date.now() - since;
}

/** Kills a program within `mostMs`, or at a named step; says whether it was still running. */
async function kill(
  args: string[],
  { random, steps = [], mostMs }: { random: () => number; steps?: string[]; mostMs: number },
): Promise<boolean> {
  const step = random() < 0.5 && steps.length > 0 ? oneOf(random, steps as [string]) : undefined;
  const env = step === undefined ? {} : { DATAHUBSYNC_TEST_STOP: step };
  const child = startProgram(args, { build: "test", env });
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It had ended.
    }
  }, step === undefined ? between(random, 20, Math.max(21, mostMs)) : 20_000);
  const { signal } = await endOf(child, {
    onErr: (text) => step && text.includes(`stopped at ${step}`) && child.kill("SIGKILL"),
  });
  clearTimeout(timer);
  return signal === "SIGKILL";
}

Deno.test("a sync that is killed while it applies patches ends in the day's tree", async () => {
  const random = seededRandom(3);
  await using temp = await tempDir();
  await using site = await PackedSite.make(NAME);
  const [config, localDir] = [temp.at("config.yaml"), temp.at("data")];
  await writeConfig(config, { url: site.url, localDir, name: NAME });
  await site.publish(day(0));
  let mostMs = await wholeRun(["-c", config]);
  let kills = 0;
  for (let number = 1; number < DAYS; number++) {
    const { packageSize } = await site.publish(day(number));
    site.asked();
    for (let again = 0; again < 3; again++) {
      if (await kill(["-c", config], { random, steps: STEPS, mostMs })) kills++;
    }
    mostMs = await wholeRun(["-c", config]);
    assertSameTree(await readTree(localDir), day(number));
    // A run that was killed between publish and record left a folder that only needs a look.
    const looks = site.requests.filter(({ path }) => path.startsWith("/package/"));
    for (const { bytes } of looks) assert(bytes < packageSize / 3, `${bytes} of ${packageSize}`);
    assert(site.asked().some((path) => path.startsWith("/patch/")));
  }
  assert(kills > 0, "every run ended before its kill");
  const { patches, staging } = await resolveLayout(localDir);
  for (const folder of [patches, staging]) assert.equal((await readTree(folder)).size, 0);
});

Deno.test("a packer that is killed leaves the old package or the new one, whole", async () => {
  const random = seededRandom(5);
  await using temp = await tempDir();
  const args = ["pack", temp.at(NAME), "--output", temp.at("site")];
  await writeTree(temp.at(NAME), day(0));
  let mostMs = await wholeRun(args);
  const mustBeWhole = async (number: number): Promise<void> => {
    const { fingerprint, package_url, sha256, patches = [] } = await entryOf(temp.at("site"));
    const bytes = await Deno.readFile(temp.at("site", package_url));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assert.equal(digest, sha256, `the package of ${fingerprint} isn't the catalog's`);
    const tree = judge(bytes);
    const isOld = tree.get("sh600000.csv")!.length === day(number - 1).get("sh600000.csv")!.length;
    assertSameTree(tree, day(isOld ? number - 1 : number));
    for (const { url, size } of patches) {
      assert.equal((await Deno.stat(temp.at("site", url))).size, size);
    }
  };
  for (const [index, step] of PACK_STEPS.entries()) {
    const number = index + 1;
    await writeTree(temp.at(NAME), day(number));
    assert(await kill(args, { random: () => 0, steps: [step], mostMs }), `no step ${step}`);
    await mustBeWhole(number);
    await kill(args, { random, mostMs });
    await mustBeWhole(number);
    mostMs = await wholeRun(args);
    await mustBeWhole(number);
    const { package_url, patches = [] } = await entryOf(temp.at("site"));
    assertSameTree(judge(await Deno.readFile(temp.at("site", package_url))), day(number));
    assert.equal(patches.length, number, `no patch after a kill at ${step}`);
  }
});

interface SiteEntry {
  fingerprint: string;
  package_url: string;
  sha256: string;
  patches?: { url: string; size: number }[];
}

async function entryOf(site: string): Promise<SiteEntry> {
  return JSON.parse(await Deno.readTextFile(`${site}/api/datasets`)).datasets[0];
}

/**
 * Which way a day comes where there are several: by patch, by ranges, both, or whole; what it then
 * costs, and that a dry run says the same.
 */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { noise, seededRandom } from "../support/random.ts";
import { rows } from "../support/random_days.ts";
import { type PlanSummary, reporterOf } from "../../src/sync/sync_context.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

const FILES = 40;
const ROWS = 400;
/** Never changes, and makes the package so large that a patch with {@linkcode NEWS} is made. */
const BALLAST = noise(seededRandom(1), 1_500_000);
/** Bytes of a file that is another one each day: more than a look at the package's directory takes. */
const NEWS = 110_000;

function day(number: number, news = false): Tree {
  const files = Array.from(
    { length: FILES },
    (_, index) => [`sh${600000 + index}.csv`, rows(index + 1, ROWS + number)] as const,
  );
  const fresh = noise(seededRandom(number + 2), NEWS);
  return new Map([...files, ["z0.bin", BALLAST], ...(news ? [["z1.bin", fresh] as const] : [])]);
}

/** One day, the way that it came, and what that cost. */
interface Came {
  plan: PlanSummary;
  foreseen: PlanSummary;
  bytes: number;
  patchSize: number;
  packageSize: number;
  asked: string[];
}

/** Brings a client to the first day, lets the folder be changed, and syncs the last one. */
async function nextDay({ ranges = true, dataset = {}, before, days = 1, news = false }: {
  ranges?: boolean;
  dataset?: object;
  before?: (path: (name: string) => string) => Promise<void>;
  days?: number;
  news?: boolean;
}): Promise<Came> {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make({ dataset });
  const asked: string[] = [];
  const client = {
    // Without ranges it gives whole files only, as HTTP/1.0 servers do.
    fetch: (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const kind = new URL(String(input)).pathname.split("/")[1]!;
      if (kind !== "api") asked.push(kind);
      const headers = new Headers(init?.headers);
      if (!ranges) headers.delete("range");
      return fetch(input, { ...init, headers });
    },
  };
  await site.publish(day(0, news));
  const first = await rig.sync(site.url, { client });
  assert.equal(first.status, "success", first.error);
  await before?.((name) => `${rig.dataset.localDir}/${name}`);
  let patchSize = 0;
  let packageSize = 0;
  for (let number = 1; number <= days; number++) {
    const packed = await site.publish(day(number, news));
    patchSize += packed.patchSize!;
    packageSize = packed.packageSize;
  }
  const plans: PlanSummary[] = [];
  const context = { reporter: reporterOf({ planned: ({ plan }) => void plans.push(plan) }) };
  asked.splice(0);
  await rig.sync(site.url, { client, context, job: { planOnly: true } });
  assert(!asked.splice(0).includes("patch"), "a dry run asked for a patch");
  const result = await rig.sync(site.url, { client, context });
  assert.equal(result.status, "success", result.error);
  const wanted = [...day(days, news)].filter(([path]) => dataset !== ONE_FILE || path === KEPT);
  assertSameTree(await rig.tree(), new Map(wanted));
  const [foreseen, plan] = plans as [PlanSummary, PlanSummary];
  return { foreseen, plan, bytes: result.bytesDownloaded, patchSize, packageSize, asked };
}

/** The file of a client that wants one. */
const KEPT = "sh600007.csv";
const ONE_FILE = { include: [KEPT], stripPrefix: "" };
const PATCH_ONLY = ["patch"];

/** What a dry run must have right. */
const said = ({ strategy, bytesToFetch, requests, patched, whole, tails }: PlanSummary) => ({
  strategy,
  bytesToFetch,
  requests,
  patched,
  whole,
  tails,
});

Deno.test("a patch that fits all files is all that comes", async () => {
  const { plan, foreseen, bytes, patchSize, asked } = await nextDay({});
  assert.deepEqual(asked, PATCH_ONLY);
  assert.equal(bytes, patchSize);
  assert.equal(plan.strategy, "by patch");
  assert.deepEqual(said(foreseen), said(plan));
});

Deno.test("a chain of patches that fits all files costs their sum", async () => {
  const { plan, foreseen, bytes, patchSize, asked } = await nextDay({ days: 3 });
  assert.deepEqual(asked, ["patch", "patch", "patch"]);
  assert.equal(bytes, patchSize);
  assert.deepEqual(said(foreseen), said(plan));
});

Deno.test("files that a patch doesn't fit cost the patch and their own entries, and no more", async () => {
  const damaged = ["sh600003.csv", "sh600004.csv", "sh600020.csv"];
  const { plan, foreseen, bytes, patchSize, packageSize, asked } = await nextDay({
    before: async (path) => {
      await Deno.remove(path(damaged[0]!));
      await Deno.remove(path(damaged[1]!));
      await Deno.writeTextFile(path(damaged[2]!), "mine\n");
    },
  });
  assert.equal(asked[0], "patch");
  assert(asked.slice(1).every((kind) => kind === "package"), asked.join());
  assert.deepEqual([plan.patched, plan.whole, plan.tails], [FILES - 3, 3, 0]);
  const share = (3 / FILES) * (packageSize - BALLAST.length);
  assert(bytes < patchSize + 1.2 * share, `${bytes} of ${packageSize}`);
  assert.match(plan.strategy, /^by patch, and changed entries/);
  assert.deepEqual(said(foreseen), said(plan));
});

Deno.test("of a client that wants one file, a small patch is still cheaper than the package's directory", async () => {
  const { plan, foreseen, bytes, patchSize, asked } = await nextDay({ dataset: ONE_FILE });
  // The list of digests is fetched either way: one file's alone don't make it.
  assert.deepEqual(asked, ["patch", "digests"]);
  assert.equal(plan.bytesToFetch, patchSize);
  assert(bytes <= patchSize + 16 + 32 * (FILES + 1), `${bytes}, the patch has ${patchSize}`);
  assert.deepEqual(said(foreseen), said(plan));
});

Deno.test("a patch with much that a client doesn't want is dearer than ranges, which then come alone", async () => {
  const { plan, foreseen, bytes, patchSize, asked } = await nextDay({
    dataset: ONE_FILE,
    news: true,
  });
  assert(!asked.includes("patch"), asked.join());
  assert.deepEqual([plan.patched, plan.whole + plan.tails], [undefined, 1]);
  assert(bytes < patchSize, `${bytes}, the patch has ${patchSize}`);
  assert.deepEqual(said(foreseen), said(plan));
});

Deno.test("the same patch is what comes to a client that wants all", async () => {
  const { plan, bytes, patchSize, asked } = await nextDay({ news: true });
  assert.deepEqual(asked, PATCH_ONLY);
  assert.deepEqual([plan.patched, bytes], [FILES + 1, patchSize]);
});

Deno.test("without ranges a patch that fits all is all that comes", async () => {
  const { bytes, patchSize, asked } = await nextDay({ ranges: false });
  assert.deepEqual(asked, PATCH_ONLY);
  assert.equal(bytes, patchSize);
});

Deno.test("without ranges one file that a patch doesn't fit costs the whole package, once", async () => {
  const { bytes, patchSize, packageSize, asked } = await nextDay({
    ranges: false,
    before: (path) => Deno.remove(path("sh600003.csv")),
  });
  assert.deepEqual(asked, ["patch", "package"]);
  assert.equal(bytes, patchSize + packageSize);
  // A patch is only made up to this size, so this is the most that it can cost too much.
  assert(patchSize <= packageSize / 10);
});

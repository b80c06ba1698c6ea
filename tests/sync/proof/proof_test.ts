/**
 * The digest that a catalog announces, against whoever delivers the package. The forger keeps each
 * CRC-32, each length and the central directory as they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { FaultyHub } from "../../support/faulty_hub/hub.ts";
import { buildZip } from "../../support/zip_builder.ts";
import { listStaging } from "../../../src/store/staging.ts";
import type { DatasetResult } from "../../../src/types.ts";
import { EngineRig, type RunOptions } from "../../support/engine.ts";
import { forgeCrc } from "../../support/forge.ts";
import { assertSameTree, type Tree } from "../../support/tree.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf } from "../watched.ts";

const rows = (last: string): string => "date,close\n" + "2026-01-01,10.00\n".repeat(4000) + last;
const kept = "x,1\n".repeat(300_000);
const day1 = treeOf({ "a.csv": rows(""), "b.csv": kept, "c.csv": kept });
const day2 = treeOf({ "a.csv": rows("2026-01-02,11.00\n0000\n"), "b.csv": kept, "c.csv": kept });
const lie = treeOf({ "a.csv": rows("2026-01-02,99.99\n0000\n") }).get("a.csv")!;
const forged: Tree = new Map([...day2, ["a.csv", forgeCrc(day2.get("a.csv")!, lie)]]);
/** Stored, so that a forged entry is as long as the honest one. */
const zip = (tree: Tree): Uint8Array =>
  buildZip([...tree].map(([path, content]) => ({ path, content, method: 0 as const })));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A hub that announces packages, and a host elsewhere that delivers them. */
class Pair implements AsyncDisposable {
  readonly cdn: FaultyHub = hubWith({ version: versionOf(1), package: zip(day1) });
  readonly hub: FaultyHub = hubWith({ version: versionOf(1), package: zip(day1) });
  readonly elsewhere: boolean;

  constructor(elsewhere: boolean) {
    this.elsewhere = elsewhere;
  }

  /** The hub announces `honest` of that day; `delivered` is what comes. */
  announce(day: number, honest: Uint8Array, delivered: Uint8Array = honest): void {
    const entry = {
      sha256: sha256(honest),
      package_size: honest.length,
      ...(this.elsewhere && { package_url: `${this.cdn.url}/package/${NAME}.zip` }),
    };
    this.hub.setDataset(NAME, { version: versionOf(day), package: delivered, entry });
    this.cdn.setDataset(NAME, { version: versionOf(day), package: delivered });
  }

  sync(rig: EngineRig, options: RunOptions = {}): Promise<DatasetResult> {
    return rig.sync(this.hub.url, { client: { allowOtherOrigin: true }, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
    await this.cdn.close();
  }
}

/** Asserts that a forged package was refused and has left nothing behind. */
async function assertCondemned(rig: EngineRig, result: DatasetResult, left: Tree): Promise<void> {
  assert.equal(result.status, "download_failed");
  assert.match(result.error!, /sha256 isn't the one that the hub announces/);
  assertSameTree(await rig.tree(), left);
  const layout = await rig.layout();
  assert.deepEqual([...listStaging(layout)], []);
  assert.equal((await Deno.stat(layout.partial)).size, 0);
}

Deno.test("forgeCrc() keeps CRC-32 and length, so that only a digest tells", () => {
  const [honest, other] = [day2.get("a.csv")!, forged.get("a.csv")!];
  assert.equal(crc32(other), crc32(honest));
  assert.equal(other.length, honest.length);
  assert.notDeepEqual(other, honest);
});

for (const mode of ["package_url", "redirect"] as const) {
  Deno.test(`a delta from another origin is fetched whole and proven (${mode})`, async () => {
    await using pair = new Pair(mode === "package_url");
    await using rig = await EngineRig.make();
    pair.announce(1, zip(day1));
    if (mode === "redirect") {
      pair.hub.faults.add({ name: "redirect", to: pair.cdn.url, times: Infinity });
    }
    assert.equal((await pair.sync(rig)).status, "success");
    pair.announce(2, zip(day2), zip(forged));
    for (let run = 0; run < 2; run++) await assertCondemned(rig, await pair.sync(rig), day1);
    pair.announce(2, zip(day2));
    const honest = await pair.sync(rig);
    assert.equal(honest.status, "success", honest.error);
    assertSameTree(await rig.tree(), day2);
    assert.deepEqual(rig.warnings, []);
  });
}

Deno.test("a forged first package is refused, and the honest one taken right after it", async () => {
  await using pair = new Pair(false);
  await using rig = await EngineRig.make();
  pair.announce(2, zip(day2), zip(forged));
  await assertCondemned(rig, await pair.sync(rig), new Map());
  await assertCondemned(rig, await pair.sync(rig, { job: { force: true } }), new Map());
  pair.announce(2, zip(day2));
  assert.equal((await pair.sync(rig)).status, "success");
  assertSameTree(await rig.tree(), day2);
});

/** Bytes that belong to no entry; each once switched the check off. */
const STRAY: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "before the first entry": (bytes) => joined(new Uint8Array(1), bytes),
  "many before the first entry": (bytes) => joined(new Uint8Array(9000), bytes),
  "behind the end": (bytes) => withComment(bytes, 700),
};

for (const [where, add] of Object.entries(STRAY)) {
  Deno.test(`stray bytes ${where} don't switch the digest off`, async () => {
    await using pair = new Pair(false);
    await using rig = await EngineRig.make();
    pair.announce(2, zip(day2), add(zip(forged)));
    await assertCondemned(rig, await pair.sync(rig), new Map());
    const odd = add(zip(day2));
    pair.announce(2, odd);
    const result = await pair.sync(rig);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day2);
    assert.deepEqual(rig.warnings, []);
  });
}

Deno.test("what a run that was stopped has staged of a forged package is never published", async () => {
  await using pair = new Pair(false);
  await using rig = await EngineRig.make();
  pair.announce(2, zip(day2), zip(forged));
  const onStep = (step: string) => {
    if (step === "downloaded") throw new Error("killed here");
  };
  await pair.sync(rig, { context: { onStep } });
  const layout = await rig.layout();
  assert(listStaging(layout).size > 0, "it was extracted while it came");
  // The partial of the forged package goes; the next run has only the staged files to believe.
  await Deno.remove(layout.partial);
  pair.announce(2, zip(day2));
  const result = await pair.sync(rig);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day2);
  assert.equal(await Deno.stat(`${layout.staging}.unproven`).catch(() => "gone"), "gone");
});

Deno.test("a delta of the catalog's own server says that its digest wasn't checked", async () => {
  await using pair = new Pair(false);
  await using rig = await EngineRig.make();
  pair.announce(1, zip(day1));
  await pair.sync(rig);
  assert.deepEqual(rig.warnings, []);
  pair.announce(2, zip(day2));
  const result = await pair.sync(rig);
  assert.equal(result.status, "success", result.error);
  assert(result.bytesDownloaded < zip(day2).length / 2, `${result.bytesDownloaded}`);
  assert.equal(rig.warnings.length, 1);
  assert.match(rig.warnings[0]!, /announced sha256 wasn't checked.*hub\.digest: always/);
  // Nothing to place, nothing to say.
  pair.announce(3, zip(day2));
  await pair.sync(rig);
  assert.deepEqual(rig.warnings, []);
});

Deno.test("hub.digest: always proves every package, when_whole trusts another origin", async () => {
  await using always = new Pair(false);
  await using rig = await EngineRig.make();
  always.announce(1, zip(day1));
  await always.sync(rig);
  always.announce(2, zip(day2), zip(forged));
  await assertCondemned(rig, await always.sync(rig, { context: { digest: "always" } }), day1);

  await using whole = new Pair(true);
  await using other = await EngineRig.make();
  whole.announce(1, zip(day1));
  await whole.sync(other);
  whole.announce(2, zip(day2));
  const result = await whole.sync(other, { context: { digest: "when_whole" } });
  assert(result.bytesDownloaded < zip(day2).length / 2);
  assert.match(other.warnings.join(), /wasn't checked/);
});

Deno.test("files that a forger's run has staged aren't believed by the honest one", async () => {
  await using pair = new Pair(true);
  await using rig = await EngineRig.make();
  pair.announce(1, zip(day1));
  await pair.sync(rig);
  const layout = await rig.layout();
  // As a run of an earlier program would have left it: verified by its CRC-32, and forged.
  const content = forged.get("a.csv")!;
  const { StagingNames } = await import("../../../src/store/staging.ts");
  const name = new StagingNames().nameOf({
    path: "a.csv",
    crc: crc32(content),
    size: content.length,
  });
  await Deno.mkdir(layout.staging, { recursive: true });
  await Deno.writeFile(`${layout.staging}/${name}`, content);
  pair.announce(2, zip(day2));
  assert.equal((await pair.sync(rig)).status, "success");
  assertSameTree(await rig.tree(), day2);
});

Deno.test("a hub that leads elsewhere only after its directory is proven all the same", async () => {
  await using pair = new Pair(false);
  await using rig = await EngineRig.make();
  pair.announce(1, zip(day1));
  await pair.sync(rig);
  pair.announce(2, zip(day2), zip(forged));
  // The first request is for the directory.
  pair.hub.faults.add({ name: "slow_first_byte", ms: 1 });
  pair.hub.faults.add({ name: "redirect", to: pair.cdn.url, times: 1000 });
  await assertCondemned(rig, await pair.sync(rig), day1);
  assert(packageRequests(pair.cdn).length > 0);
});

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The package with a comment of `length` bytes in its end record. */
function withComment(bytes: Uint8Array, length: number): Uint8Array {
  const result = joined(bytes, new Uint8Array(length));
  new DataView(result.buffer).setUint16(bytes.length - 2, length, true);
  return result;
}

/**
 * Content that was forged under its CRC-32 and sizes, by every way that content comes.
 *
 * Longer than 250 lines because each way in which content comes is a test.
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { verifyDataset } from "../../src/sync/verify.ts";
import { forgeCrc } from "../support/forge.ts";
import { EngineRig } from "../support/engine.ts";
import { reporterOf } from "../../src/sync/sync_context.ts";
import { forgedContent, forgedFile, heldDay, HeldMirror } from "../support/held_mirror.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { rows } from "../support/random_days.ts";
import { assertSameTree } from "../support/tree.ts";
import { verifying } from "../support/verifying.ts";
import { farClock, grownTree, pathOf, pythonZip, ROWS } from "./grown_days.ts";
import { evenClock } from "./watched.ts";

Deno.test("forgedContent() keeps CRC-32 and length", () => {
  const content = forgedFile(heldDay(0));
  const forged = forgedContent(content);
  assert.notDeepEqual(forged, content);
  assert.deepEqual([crc32(forged), forged.length], [crc32(content), content.length]);
});

Deno.test("without a list of digests, forged figures are taken: the attack is real", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  await hub.forge(forgedFile(heldDay(0)));
  await hub.dropDigests();
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.deepEqual((await rig.tree()).get("sh600001.csv"), forgedContent(forgedFile(heldDay(0))));
});

for (const engine of ["fast", "zipjs"] as const) {
  Deno.test(`forged figures in a whole package are refused (${engine})`, async () => {
    await using hub = await HeldMirror.make();
    await using rig = await EngineRig.make();
    await hub.publish(heldDay(0));
    await hub.forge(forgedFile(heldDay(0)));
    const result = await rig.sync(hub.url, { engine });
    assert.equal(result.status, "extract_failed");
    assert.match(result.error!, /sh600001\.csv isn't the content that the hub lists/);
    assert.equal((await rig.tree()).size, 0);
    // The next hub of the list has the real ones; what was sound isn't fetched again.
    const next = await rig.sync([hub.url, hub.ownerUrl], { engine });
    assert.equal(next.status, "success", next.error);
    assertSameTree(await rig.tree(), heldDay(0));
  });
}

/**
 * The content with forged new rows, and the same CRC-32, length and packed length, so that a package's
 * directory stays as it is.
 */
async function forgedAsPacked(packer: PythonPacker, content: Uint8Array): Promise<Uint8Array> {
  const { compressedSize } = await packer.pack(content);
  // What repeats the row before is packed shorter, which pays for the four bytes that fit CRC-32.
  const row = content.length - 1 - content.lastIndexOf(10, content.length - 2);
  for (let repeated = 1; repeated < row; repeated++) {
    const other = content.slice();
    other.copyWithin(
      other.length - row - 1,
      other.length - 2 * row,
      other.length - 2 * row + repeated,
    );
    const forged = forgeCrc(content, other);
    if ((await packer.pack(forged)).compressedSize === compressedSize) return forged;
  }
  throw new Error("no forged content is packed as short as the real one");
}

const ignore = !hasPython();
const guesses = {
  "tails of grown files": evenClock,
  "ends of grown files": () => farClock().client!,
};
for (const [strategy, clock] of Object.entries(guesses)) {
  Deno.test({
    name: `forged figures that come by the ${strategy} are refused`,
    ignore,
    fn: async () => {
      await using hub = await HeldMirror.make();
      await using rig = await EngineRig.make();
      await using packer = new PythonPacker();
      hub.pack = (tree) => pythonZip(packer, tree);
      const [before, after] = [grownTree(20, ROWS), grownTree(20, ROWS + 3)];
      await hub.publish(before);
      assert.equal((await rig.sync(hub.ownerUrl, { client: clock() })).status, "success");
      await hub.publish(after);
      const path = pathOf(1);
      const forged = await forgedAsPacked(packer, after.get(path)!);
      const url = String((await hub.entry())["package_url"]);
      const forgedPackage = await hub.pack(new Map(after).set(path, forged));
      assert.equal(forgedPackage.length, (await Deno.stat(hub.at(url))).size);
      await Deno.writeFile(hub.at(url), forgedPackage);
      await hub.edit((entry) => delete entry["patches"]);
      const plans: string[] = [];
      const reporter = reporterOf({ planned: ({ plan }) => void plans.push(plan.strategy) });
      const sync = (url: string | string[]) =>
        rig.sync(url, { client: clock(), context: { reporter } });
      const result = await sync(hub.url);
      assert.deepEqual(plans, [strategy], "nothing came in another way");
      assert.equal(result.status, "extract_failed", result.error);
      assert.match(result.error!, /sh600001\.csv isn't the content that the hub lists/);
      assertSameTree(await rig.tree(), before);
      const next = await sync([hub.url, hub.ownerUrl]);
      assert.equal(next.status, "success", next.error);
      assertSameTree(await rig.tree(), after);
    },
  });
}

Deno.test("a forged patch that its catalog vouches for is refused by content, and the run goes on", async () => {
  await using hub = await HeldMirror.make();
  for (const mirrored of ["honest", "forged", "no list"] as const) {
    await using rig = await EngineRig.make();
    await hub.publish(heldDay(0));
    assert.equal((await rig.sync(hub.ownerUrl)).status, "success");
    await hub.publish(heldDay(1));
    const { is } = await hub.forgePatch(forgedFile(heldDay(1)));
    if (mirrored === "forged") await hub.forge(forgedFile(heldDay(1)));
    await hub.edit((entry) => {
      Object.assign((entry["patches"] as object[])[0]!, is);
      if (mirrored === "no list") delete entry["digests"];
    });
    const result = await rig.sync(hub.url);
    assert(hub.requests.splice(0).some(({ path }) => path.startsWith("/patch/")));
    assert.deepEqual(rig.warnings, [], "the patch itself is beyond reproach");
    if (mirrored === "forged") {
      assert.equal(result.status, "extract_failed", result.error);
      assert.match(result.error!, /sh600001\.csv isn't the content that the hub lists/);
      assertSameTree(await rig.tree(), heldDay(0));
      continue;
    }
    assert.equal(result.status, "success", result.error);
    const attacked = mirrored === "no list";
    // A file that was refused came by another way, and counts once.
    assert.equal(result.byPatch?.entries, attacked ? 3 : 2);
    assert.equal(result.entriesFetched, 3);
    const expected = attacked ? forgedContent(forgedFile(heldDay(1))) : forgedFile(heldDay(1));
    assertSameTree(await rig.tree(), heldDay(1).set("sh600001.csv", expected));
  }
});

Deno.test("a file that was forged before there was a list is found when there is one", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  await hub.forge(forgedFile(heldDay(0)));
  // The attacker's own list, for what the attacker made of it.
  await hub.dropDigests();
  assert.equal((await rig.sync(hub.url)).status, "success");
  // Nothing was recorded of its content, and the list says what it has to be.
  const honest = await rig.sync(hub.ownerUrl, { job: { force: true } });
  assert.equal(honest.status, "success", honest.error);
  assertSameTree(await rig.tree(), heldDay(0));
});

Deno.test("a kept file whose record has another digest than the list is fetched", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const forged = new Map(heldDay(0)).set("sh600001.csv", forgedContent(forgedFile(heldDay(0))));
  await hub.publish(forged);
  assert.equal((await rig.sync(hub.ownerUrl)).status, "success");
  // The owner takes it back: the same directory, so only the digests differ.
  await hub.publish(heldDay(0).set("sh600009.csv", rows(9, 10)));
  const result = await rig.sync(hub.ownerUrl);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), heldDay(0).set("sh600009.csv", rows(9, 10)));
});

Deno.test("staged files that an attacker's run left are compared before they are used", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  await hub.forge(forgedFile(heldDay(0)));
  await hub.dropDigests();
  const stopped = await rig.sync(hub.url, {
    context: {
      onStep: (step) => {
        if (step === "downloaded") throw new Error("killed");
      },
    },
  });
  assert.equal(stopped.success, false);
  const result = await rig.sync(hub.ownerUrl);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), heldDay(0));
});

Deno.test("where settings leave files out, the list is fetched and each file compared", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make({ dataset: { exclude: ["sh600000.csv"] } });
  await hub.publish(heldDay(0));
  await hub.forge(forgedFile(heldDay(0)));
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "extract_failed", result.error);
  assert(hub.requests.some(({ path }) => path.startsWith("/digests/")));
  assert.equal((await rig.sync(hub.ownerUrl)).status, "success");
  assert.deepEqual((await rig.tree()).get("sh600001.csv"), forgedFile(heldDay(0)));
});

Deno.test("a dataset that is taken whole never asks for the list", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  for (const number of [0, 1]) {
    await hub.publish(heldDay(number));
    assert.equal((await rig.sync(hub.url)).status, "success");
  }
  assert(!hub.requests.some(({ path }) => path.startsWith("/digests/")));
});

Deno.test("a list that is another file, too short, or without an end is refused", async () => {
  await using hub = await HeldMirror.make();
  await hub.publish(heldDay(0));
  const { digests } = await hub.entry() as { digests: { url: string; size: number } };
  const path = hub.at(digests.url);
  for (const bytes of [new Uint8Array(digests.size), new Uint8Array(3), new Uint8Array(1 << 20)]) {
    await using rig = await EngineRig.make({ dataset: { exclude: ["sh600000.csv"] } });
    await Deno.writeFile(path, bytes);
    // Nothing proves anything then, and CRC-32 has to do, as with a hub without a list.
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    assert(result.bytesDownloaded < 3 << 20);
  }
});

Deno.test("verify finds a file that was forged on the disk, offline too", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  assert.equal((await rig.sync(hub.ownerUrl)).status, "success");
  const path = `${rig.dataset.localDir}/sh600001.csv`;
  const { mtime } = await Deno.stat(path);
  await Deno.writeFile(path, forgedContent(forgedFile(heldDay(0))));
  await Deno.utime(path, mtime!, mtime!);
  using use = await verifying(rig.dataset.name, hub.ownerUrl);
  for (const listed of [undefined, use.listed]) {
    const found = await verifyDataset(rig.dataset, listed, use.context);
    assert.deepEqual(found.damaged, ["sh600001.csv"], listed?.name);
    assert.deepEqual(found.missing, []);
  }
});

Deno.test("verify of a dataset that has to be signed fails where the list is withheld", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  await hub.edit((entry) => delete entry["digests"]);
  assert.equal((await rig.sync(hub.url)).status, "success");
  await hub.copy();
  const { digests } = await hub.entry() as { digests: { url: string } };
  await Deno.remove(hub.at(digests.url));
  using use = await verifying(rig.dataset.name, hub.url);
  const found = await verifyDataset(rig.dataset, use.listed, use.context);
  assert.deepEqual(found.damaged, [], "without a key CRC-32 has to do");
  const signed = { ...use.context, publicKeys: ["ed25519:x"] };
  await assert.rejects(verifyDataset(rig.dataset, use.listed, signed), /digests\//);
});

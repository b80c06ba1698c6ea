/**
 * A signed hub, and an attacker who holds its mirror: what TUF calls rollback, freeze and the rest.
 *
 * Longer than 250 lines because each attack that TUF names is a test.
 */
import assert from "node:assert/strict";
import { SeenFile } from "../../src/store/memory/seen_catalogs.ts";
import { CatalogTrust } from "../../src/trust/catalog_trust.ts";
import type { DatasetResult } from "../../src/types.ts";
import { EngineRig } from "../support/engine.ts";
import { DAY_MS, forgedContent, forgedFile, heldDay, HeldMirror } from "../support/held_mirror.ts";
import { assertSameTree } from "../support/tree.ts";

/** Syncs with keys, at a time. */
function signedSync(
  rig: EngineRig,
  url: string | string[],
  { keys, now, force = false }: { keys: readonly string[]; now: number; force?: boolean },
): Promise<DatasetResult> {
  const clock = () => now;
  const trust = new CatalogTrust({
    keys,
    clock,
    seen: new SeenFile(rig.statePath),
    remember: true,
  });
  return rig.sync(url, {
    client: { signed: { required: true, open: (text) => trust.open(text) } },
    context: { publicKeys: [...keys] },
    job: { force },
  });
}

/** A signed hub with a version, and a client that has it. */
async function started(hub: HeldMirror, rig: EngineRig): Promise<string> {
  const { publicKey } = await hub.makeKey("hub.key");
  await hub.publish(heldDay(0));
  const first = await signedSync(rig, hub.ownerUrl, { keys: [publicKey], now: hub.now });
  assert.equal(first.status, "success", first.error);
  assertSameTree(await rig.tree(), heldDay(0));
  return publicKey;
}

async function assertKept(rig: EngineRig, result: DatasetResult, says: RegExp): Promise<void> {
  assert.equal(result.success, false);
  assert.equal(result.status, "download_failed", result.error);
  assert.match(result.error!, says);
  assertSameTree(await rig.tree(), heldDay(0));
}

Deno.test("a signed hub is followed through days, by its mirror as by itself", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  for (const number of [1, 2]) {
    await hub.publish(heldDay(number));
    const result = await signedSync(rig, hub.url, { keys: [key], now: hub.now });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), heldDay(number));
  }
  assert.equal(
    (await signedSync(rig, hub.url, { keys: [key], now: hub.now })).status,
    "up_to_date",
  );
  assert(!hub.requests.some(({ path }) => path === "/api/datasets"), "one file is fetched");
  assert(!hub.requests.some(({ path }) => path.startsWith("/digests/")));
});

Deno.test("an unsigned catalog, and one that was changed, are errors; the data stays", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  await hub.publish(heldDay(1));
  const path = hub.at("api", "datasets.signed");
  const text = await Deno.readTextFile(path);
  const sync = () => signedSync(rig, hub.url, { keys: [key], now: hub.now });
  await Deno.writeTextFile(path, text.replace(/(counter\\":)(\d)/, "$19"));
  await assertKept(rig, await sync(), /changed after it was signed/);
  await Deno.writeTextFile(path, "<html>");
  await assertKept(rig, await sync(), /no signed catalog/);
  await Deno.remove(path);
  await assertKept(rig, await sync(), /has no signed catalog/);
  // The next hub of the list makes up for it.
  const next = await signedSync(rig, [hub.url, hub.ownerUrl], { keys: [key], now: hub.now });
  assert.equal(next.status, "success", next.error);
  assertSameTree(await rig.tree(), heldDay(1));
});

Deno.test("a catalog that the attacker has signed is refused", async () => {
  await using hub = await HeldMirror.make();
  await using attacker = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  await attacker.makeKey("theirs");
  for (const number of [0, 1]) await attacker.publish(heldDay(number + 5));
  const now = hub.now + DAY_MS;
  const result = await signedSync(rig, attacker.url, { keys: [key], now });
  await assertKept(rig, result, /signed by another key: ([0-9A-Z]{4}-){4}[0-9A-Z]{4}/);
});

Deno.test("rollback: an older catalog is no news, and the next hub is asked", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  const old = await Deno.readTextFile(hub.at("api", "datasets.signed"));
  await hub.publish(heldDay(1));
  const now = hub.now;
  assert.equal((await signedSync(rig, hub.url, { keys: [key], now })).status, "success");
  await Deno.writeTextFile(hub.at("api", "datasets.signed"), old);
  const result = await signedSync(rig, hub.url, { keys: [key], now });
  assert.equal(result.status, "package_not_ready");
  assert.match(result.error!, /older than one that was seen/);
  assertSameTree(await rig.tree(), heldDay(1));
  const next = await signedSync(rig, [hub.url, hub.ownerUrl], { keys: [key], now });
  assert.equal(next.status, "up_to_date", next.error);
});

Deno.test("freeze: a catalog that stands still is believed until it expires", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  const sync = (days: number) =>
    signedSync(rig, hub.url, { keys: [key], now: hub.now + days * DAY_MS });
  assert.equal((await sync(29)).status, "up_to_date");
  await assertKept(rig, await sync(31), /has expired on/);
  // The owner renews it from cron, without packing.
  await hub.resign(20 * DAY_MS);
  assert.equal((await sync(31)).status, "up_to_date");
  await assertKept(rig, await sync(51), /has expired on/);
});

Deno.test("a clock that was set back is blamed, and doesn't make an expired one good", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  await hub.resign(20 * DAY_MS);
  const sync = (days: number) =>
    signedSync(rig, hub.url, { keys: [key], now: hub.now + days * DAY_MS });
  assert.equal((await sync(20)).status, "up_to_date");
  await assertKept(rig, await sync(10), /clock says .* before its own last success/);
  assert.equal((await sync(20)).status, "up_to_date");
});

Deno.test("mix and match: files of another version under a new catalog are refused", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  const before = String((await hub.entry())["package_url"]);
  const old = await Deno.readFile(hub.at(before));
  await hub.publish(heldDay(1));
  const { package_url: url, digests, patches } = await hub.entry() as {
    package_url: string;
    digests: { url: string };
    patches: { url: string }[];
  };
  await Deno.writeFile(hub.at(url), old);
  for (const patch of patches) await Deno.writeFile(hub.at(patch.url), old);
  await Deno.writeFile(hub.at(digests.url), old);
  const result = await signedSync(rig, hub.url, { keys: [key], now: hub.now });
  await assertKept(rig, result, /isn't the one that the hub's catalog announces/);
});

Deno.test("forged figures under a signed catalog get nowhere", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  await hub.publish(heldDay(1));
  await hub.forge(forgedFile(heldDay(1)));
  const { patches } = await hub.entry() as { patches: { url: string }[] };
  for (const { url } of patches) await Deno.remove(hub.at(url));
  const result = await signedSync(rig, hub.url, { keys: [key], now: hub.now });
  assert.equal(result.status, "extract_failed", result.error);
  assertSameTree(await rig.tree(), heldDay(0));
});

Deno.test("a forged patch, with or without the catalog that it needs, gets nowhere without the key", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  await hub.publish(heldDay(1));
  const sync = () => signedSync(rig, hub.url, { keys: [key], now: hub.now });
  const { was, is } = await hub.forgePatch(forgedFile(heldDay(1)));
  const path = hub.at("api", "datasets.signed");
  const signed = await Deno.readTextFile(path);
  const rebuilt = signed.replace(was.sha256, is.sha256);
  assert.notEqual(rebuilt, signed);
  await Deno.writeTextFile(path, rebuilt);
  await assertKept(rig, await sync(), /changed after it was signed/);
  assert(!hub.requests.some(({ path }) => path.startsWith("/patch/")));
  // The patch alone: it isn't the one that was signed, and the package makes up for it.
  await Deno.writeTextFile(path, signed);
  const result = await sync();
  assert.equal(result.status, "success", result.error);
  assert(hub.requests.some(({ path }) => path.startsWith("/patch/")));
  assert.equal(result.byPatch, undefined);
  assert.equal(rig.warnings.length, 1);
  assertSameTree(await rig.tree(), heldDay(1));
});

Deno.test("what was placed before there was a key is read once, and put right", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const { publicKey } = await hub.makeKey("hub.key");
  await hub.publish(heldDay(0));
  await hub.forge(forgedFile(heldDay(0)));
  await hub.dropDigests();
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.deepEqual((await rig.tree()).get("sh600001.csv"), forgedContent(forgedFile(heldDay(0))));
  const sync = () => signedSync(rig, hub.ownerUrl, { keys: [publicKey], now: hub.now });
  const result = await sync();
  assert.equal(result.success, true, result.error);
  assertSameTree(await rig.tree(), heldDay(0));
  assert.equal((await sync()).status, "up_to_date");
});

Deno.test("endless data: no file of a mirror is read past what was signed", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make({ dataset: { exclude: ["sh600000.csv"] } });
  const { publicKey } = await hub.makeKey("hub.key");
  await hub.publish(heldDay(0));
  const { package_url: url, digests } = await hub.entry() as {
    package_url: string;
    digests: { url: string };
  };
  const sync = () => signedSync(rig, hub.url, { keys: [publicKey], now: hub.now });
  const endless = new Uint8Array(40 << 20);
  for (const path of [digests.url, url, "api/datasets.signed"]) {
    await hub.copy();
    await Deno.writeFile(hub.at(path), endless);
    const result = await sync();
    assert.equal(result.success, false, path);
    assert(result.bytesDownloaded < 4 << 20, `${path}: ${result.bytesDownloaded}`);
    assert.equal((await rig.tree()).size, 0);
  }
});

Deno.test("a change of keys: both are believed, then the new one alone", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const old = await started(hub, rig);
  const [oldKey] = hub.keys;
  const { publicKey: fresh } = await hub.makeKey("new.key");
  const [newKey] = hub.keys;
  const sync = (keys: string[]) => signedSync(rig, hub.url, { keys, now: hub.now });
  // The owner signs with both: clients that know one of them go on.
  hub.keys = [oldKey!, newKey!];
  await hub.publish(heldDay(1));
  assert.equal((await sync([old])).status, "success");
  assert.equal((await sync([old, fresh])).status, "up_to_date");
  assert.equal((await sync([fresh])).status, "up_to_date");
  // The old one is gone.
  hub.keys = [newKey!];
  await hub.publish(heldDay(2));
  const result = await sync([old]);
  assert.equal(result.status, "download_failed");
  assert.match(result.error!, /signed by another key/);
  assert.equal((await sync([old, fresh])).status, "success");
  assertSameTree(await rig.tree(), heldDay(2));
});

Deno.test("withdrawing a day is old content under a higher counter", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  const key = await started(hub, rig);
  for (const number of [1, 0]) {
    await hub.publish(heldDay(number));
    const result = await signedSync(rig, hub.url, { keys: [key], now: hub.now });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), heldDay(number));
  }
});

Deno.test("a mirror of a signed hub hands the signature on, with its patches and digests", async () => {
  await using hub = await HeldMirror.make();
  await using site = await HeldMirror.make();
  await using feeder = await EngineRig.make();
  await using rig = await EngineRig.make();
  const { publicKey } = await hub.makeKey("hub.key");
  const mirror = { dir: site.owner(), keepHours: 24 };
  const feed = () => {
    const seen = new SeenFile(feeder.statePath);
    const trust = new CatalogTrust({
      keys: [publicKey],
      clock: () => hub.now,
      seen,
      remember: true,
    });
    return feeder.sync(hub.ownerUrl, {
      client: { signed: { required: true, open: (text) => trust.open(text) } },
      context: { publicKeys: [publicKey], mirror },
    });
  };
  for (const number of [0, 1, 2]) {
    await hub.publish(heldDay(number));
    const fed = await feed();
    assert.equal(fed.status, "success", fed.error);
    assert.deepEqual(feeder.warnings, []);
    const result = await signedSync(rig, site.ownerUrl, { keys: [publicKey], now: hub.now });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), heldDay(number));
    assert.equal(result.byPatch !== undefined, number > 0, "days come by the hub's own patches");
  }
  assert.equal(
    await Deno.readTextFile(site.owner("api", "datasets.signed")),
    await Deno.readTextFile(hub.owner("api", "datasets.signed")),
  );
  // A renewed signature is handed on though nothing else has changed.
  await hub.resign(DAY_MS);
  assert.equal((await feed()).status, "up_to_date");
  assert.equal(
    await Deno.readTextFile(site.owner("api", "datasets.signed")),
    await Deno.readTextFile(hub.owner("api", "datasets.signed")),
  );
});

/** A signed catalog says what the plain one says, under a counter that only rises. */
import assert from "node:assert/strict";
import { handOn } from "../../src/site/hand_on.ts";
import { resignSite, signSite } from "../../src/site/sign_site.ts";
import { openEnvelope, parseEnvelope } from "../../src/trust/envelope.ts";
import { parseSignedCatalog } from "../../src/trust/signed_catalog.ts";
import { DAY_MS, HELD, HeldMirror } from "../support/held_mirror.ts";

const TREE = new Map([["a.csv", new TextEncoder().encode("one\n")]]);
const validMs = 30 * DAY_MS;

async function signedOf(hub: HeldMirror) {
  const envelope = parseEnvelope(await Deno.readTextFile(hub.owner("api", "datasets.signed")));
  const trusted = hub.keys.map(({ publicKey }) => publicKey);
  return parseSignedCatalog((await openEnvelope(envelope, trusted)).payload);
}

Deno.test("signSite() signs what the plain catalog says, under a counter that rises", async () => {
  await using hub = await HeldMirror.make();
  await hub.makeKey("key");
  await hub.publish(TREE);
  const first = await signedOf(hub);
  assert.deepEqual(first.datasets, [await hub.entry()]);
  assert.equal(first.counter, hub.now / 1000);
  assert.equal(first.expiresAt, hub.now + validMs);
  // A clock that was set back doesn't lower it.
  const clock = () => hub.now - DAY_MS;
  await resignSite(hub.owner(), { keys: hub.keys, validMs, clock });
  assert.equal((await signedOf(hub)).counter, first.counter + 1);
});

Deno.test("signSite() with nothing new signs again when a third of the time is over", async () => {
  await using hub = await HeldMirror.make();
  await hub.makeKey("key");
  await hub.publish(TREE);
  const sign = (days: number) =>
    signSite(hub.owner(), {
      keys: hub.keys,
      validMs,
      packed: [HELD],
      clock: () => hub.now + days * DAY_MS,
    });
  assert.equal((await sign(9)).changed, false);
  assert.equal((await sign(11)).changed, true);
});

Deno.test("signSite() takes back what a clock that was ahead, or a longer time, has promised", async () => {
  await using hub = await HeldMirror.make();
  await hub.makeKey("key");
  await hub.publish(TREE);
  const sign = (days: number, options = {}) => {
    const clock = () => hub.now + days * DAY_MS;
    return signSite(hub.owner(), { keys: hub.keys, validMs, packed: [HELD], clock, ...options });
  };
  const ahead = await sign(3650);
  assert.equal(ahead.expiresAt, hub.now + 3650 * DAY_MS + validMs);
  const right = await sign(1);
  assert.equal(right.expiresAt, hub.now + DAY_MS + validMs);
  assert.equal(right.counter, ahead.counter + 1, "clients that saw the other take this one");
  assert.equal((await sign(2)).changed, false);
  const shorter = await sign(2, { validMs: validMs / 10 });
  assert.equal(shorter.expiresAt, hub.now + 2 * DAY_MS + validMs / 10);
});

Deno.test("what wasn't packed is signed as before, whatever the plain catalog says now", async () => {
  await using hub = await HeldMirror.make();
  await hub.makeKey("key");
  await hub.publish(TREE);
  const honest = await hub.entry();
  const forged = { ...honest, sha256: "0".repeat(64) };
  const path = hub.owner("api", "datasets");
  await Deno.writeTextFile(path, JSON.stringify({ datasets: [forged] }));
  const options = { keys: hub.keys, validMs, clock: () => hub.now };
  const again = await resignSite(hub.owner(), options);
  assert.deepEqual(again.differing, [HELD]);
  assert.deepEqual((await signedOf(hub)).datasets, [honest]);
  await signSite(hub.owner(), { ...options, packed: ["another"] });
  assert.deepEqual((await signedOf(hub)).datasets, [honest]);
});

Deno.test("signing refuses a site that another key has signed, and renews nothing unsigned", async () => {
  await using hub = await HeldMirror.make();
  await hub.publish(TREE);
  const { publicKey: _, ...first } = await hub.makeKey("one");
  assert(first);
  const options = { keys: hub.keys, validMs, clock: () => hub.now };
  await assert.rejects(resignSite(hub.owner(), options), /no signed catalog to renew/);
  await assert.rejects(resignSite(hub.owner("elsewhere"), options), /no signed catalog to renew/);
  await assert.rejects(Deno.stat(hub.owner("elsewhere")), Deno.errors.NotFound);
  await signSite(hub.owner(), { ...options, packed: [HELD] });
  await hub.makeKey("other");
  const other = { keys: hub.keys, validMs, clock: () => hub.now };
  await assert.rejects(resignSite(hub.owner(), other), /wasn't signed by this key/);
});

Deno.test("handOn() writes the upstream's file once all that it names is there", async () => {
  await using hub = await HeldMirror.make();
  await using mirror = await HeldMirror.make();
  await hub.makeKey("key");
  await hub.publish(TREE);
  const options = { durable: false, now: hub.now };
  const path = mirror.owner("api", "datasets.signed");
  const envelopeOf = async () => {
    const envelope = await Deno.readTextFile(hub.owner("api", "datasets.signed"));
    return { envelope, counter: (await signedOf(hub)).counter };
  };
  const first = await envelopeOf();
  // The same files make the same package, digests and addresses.
  await mirror.publish(TREE);
  assert.equal(await handOn(mirror.owner(), first, options), undefined);
  assert.equal(await Deno.readTextFile(path), first.envelope);
  await hub.publish(new Map(TREE).set("b.csv", new Uint8Array(9)));
  const second = await envelopeOf();
  const why = await handOn(mirror.owner(), second, options);
  assert.match(why!, /the mirror has another package of it/);
  assert.equal(await Deno.readTextFile(path), first.envelope, "what stands stays");
  await mirror.publish(new Map(TREE).set("b.csv", new Uint8Array(9)));
  assert.equal(await handOn(mirror.owner(), second, options), undefined);
  assert.equal(await handOn(mirror.owner(), first, options), undefined);
  assert.equal(await Deno.readTextFile(path), second.envelope, "never a lower counter");
});

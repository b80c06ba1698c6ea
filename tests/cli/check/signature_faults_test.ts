/** `--check` about who signed a hub's catalog. */
import assert from "node:assert/strict";
import { keyFingerprint } from "../../../src/trust/keys.ts";
import { DAY_MS, HELD, HeldMirror } from "../../support/held_mirror.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";

const TREE = new Map([["a.csv", new TextEncoder().encode("one\n")]]);

/** A signed hub, and a machine that follows it. */
async function signed(hub: HeldMirror, place: Place): Promise<string> {
  const { publicKey } = await hub.makeKey("key");
  await hub.publish(TREE);
  await hub.resign(Date.now() - hub.now);
  assert.equal(place.name, HELD);
  await place.edit(place.hub.url, hub.url);
  return publicKey;
}

Deno.test("--check names the key of a hub that signs, where none is configured", async () => {
  await using hub = await HeldMirror.make();
  await using place = await healthyPlace();
  const key = await signed(hub, place);
  const by = keyFingerprint(key);
  await assertTold(place, {
    check: "hub.signed",
    verdict: "warning",
    message: new RegExp(
      `^its catalog is signed by ${by}, but hub.public_key isn't set: ` +
        "anybody between the hub and this machine could change the data$",
    ),
    remedy: `compare ${by} with whoever runs the hub, then set hub.public_key: ${key}`,
  });
});

Deno.test("--check says who signed and until when, and when that ends soon", async () => {
  await using hub = await HeldMirror.make();
  await using place = await healthyPlace();
  const key = await signed(hub, place);
  await place.edit("hub:\n", `hub:\n  public_key: ${key}\n`);
  const lineOf = async () => {
    const { lines } = await place.check();
    return lines.find(({ check }) => check === "hub.signed");
  };
  const line = await lineOf();
  assert.equal(line?.verdict, "ok");
  assert.match(line!.message, /^its catalog is signed by [0-9A-Z-]{24} until \d{4}-\d\d-\d\dT/);
  await hub.resign(Date.now() - hub.now - 27 * DAY_MS);
  await assertTold(place, {
    check: "hub.signed",
    verdict: "warning",
    message: /^its signature by [0-9A-Z-]{24} expires on \d{4}.*Z, and isn't renewed$/,
    remedy: "tell those who run the hub",
  });
});

Deno.test("--check tells a catalog that another key has signed", async () => {
  await using hub = await HeldMirror.make();
  await using place = await healthyPlace();
  await signed(hub, place);
  await place.edit("hub:\n", `hub:\n  public_key: ed25519:${"A".repeat(43)}\n`);
  await assertTold(place, {
    check: "hub.signed",
    verdict: "error",
    message: /^the catalog is signed by another key: /,
    remedy: /compare the new fingerprint/,
  });
});

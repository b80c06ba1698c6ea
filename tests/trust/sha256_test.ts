/** The hash that can be gone on with, judged by the runtime's. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { digestOf, ResumableHash } from "../../src/trust/resumable_hash.ts";
import { type Hashed, resumeFrom, Sha256, wholeBlocks } from "../../src/trust/sha256.ts";
import { seededRandom } from "../support/random.ts";

/** Bytes at random, the same for the same seed. */
function bytes(length: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

function judged(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64url");
}

function hashed(content: Uint8Array): Hashed {
  const hash = new Sha256().update(content);
  return { size: content.length, sha256: hash.digest(), midstate: hash.midstate };
}

Deno.test("Sha256 is SHA-256, for every length around two blocks", () => {
  for (let length = 0; length <= 200; length++) {
    const content = bytes(length, length + 1);
    assert.equal(new Sha256().update(content).digest(), judged(content), `${length} bytes`);
  }
});

Deno.test("Sha256 takes content that is longer than its memory", () => {
  const content = bytes(300_000);
  for (const length of [65_536, 130_000, 131_072, 300_000]) {
    const hash = new Sha256().update(content.subarray(0, 3)).update(content.subarray(3, length));
    assert.equal(hash.digest(), judged(content.subarray(0, length)), `${length} bytes`);
  }
});

Deno.test("Sha256 counts more bits than fit into 32", () => {
  // 512 MiB of zeros have more. What the runtime makes of them takes seconds, so it stands here.
  const size = 2 ** 29;
  const zeros: Hashed = {
    size,
    sha256: "msyo6MIiARVTifZau_a8lyPtxzhOrYBQODn0ncxW12c",
    midstate: "wZRTFg7QPhBOEGTpL4sGUuUndK0GXqIpycPCRg4MwHI",
  };
  const hash = resumeFrom(zeros, new Uint8Array())!;
  const piece = new Uint8Array(1 << 26);
  for (let at = 0; at < size; at += piece.length) hash.update(piece); // passed over
  hash.update(new Uint8Array(64));
  assert.equal(hash.digest(), "Ud9kEXBtGEbGDleJDfCVYukbu8Vbkr3Sm18gYuJYaKQ");
});

Deno.test("Sha256 takes content in any pieces, and goes on after a digest", () => {
  const content = bytes(5000);
  const random = seededRandom(7);
  for (let round = 0; round < 50; round++) {
    const hash = new Sha256();
    for (let at = 0; at < content.length;) {
      const piece = content.subarray(at, at + Math.floor(random() * 300));
      hash.update(piece);
      at += piece.length;
      if (random() < 0.2) assert.equal(hash.digest(), judged(content.subarray(0, at)));
    }
    assert.equal(hash.digest(), judged(content));
  }
});

Deno.test("the hash of grown content goes on from the old one's midstate", () => {
  const content = bytes(1000);
  for (const size of [0, 1, 63, 64, 65, 127, 128, 500, 999]) {
    const old = hashed(content.subarray(0, size));
    const rest = content.subarray(wholeBlocks(size), size);
    for (const cut of [0, 300, 1000]) {
      const hash = resumeFrom(old, rest)!;
      for (const piece of [content.subarray(0, cut), content.subarray(cut)]) hash.update(piece);
      assert.equal(hash.digest(), judged(content), `${size} bytes`);
      assert.equal(hash.midstate, hashed(content).midstate);
    }
  }
});

Deno.test("a midstate that isn't the content's is refused", () => {
  const [content, other] = [bytes(200), bytes(200, 2)];
  const rest = content.subarray(wholeBlocks(200));
  const old = hashed(content);
  const { midstate } = hashed(other);
  assert(resumeFrom(old, rest) !== undefined);
  const wrong: [Hashed, Uint8Array][] = [
    [{ ...old, midstate }, rest],
    [{ ...old, sha256: judged(other) }, rest],
    [{ ...old, size: 264 }, rest],
    [{ ...old, size: 201 }, rest],
    [{ ...old, midstate: old.midstate.slice(1) }, rest],
    [{ ...old, midstate: `${old.midstate.slice(1)}!` }, rest],
    [old, rest.subarray(1)],
    [old, other.subarray(wholeBlocks(200))],
  ];
  for (const [hashed, rest] of wrong) assert.equal(resumeFrom(hashed, rest), undefined);
});

Deno.test("digestOf() finds digest and midstate, whatever was known before", () => {
  const content = bytes(1000);
  const expected = { sha256: judged(content), midstate: hashed(content).midstate };
  const rewritten = content.slice();
  rewritten[3]! ^= 1;
  const longer = bytes(1200);
  for (const before of [content.subarray(0, 900), rewritten, longer, content]) {
    assert.deepEqual(digestOf(content, hashed(before)), expected);
  }
  assert.deepEqual(digestOf(content, undefined), expected);
});

Deno.test("ResumableHash answers no midstate for a file that was rewritten", () => {
  const content = bytes(1000);
  const rewritten = content.slice();
  rewritten[3]! ^= 1;
  const hash = new ResumableHash(hashed(rewritten));
  hash.update(content);
  assert.deepEqual(hash.digest(), { sha256: judged(content) });
});

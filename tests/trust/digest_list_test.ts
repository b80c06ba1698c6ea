/** Lists of digests are read as they were made, and refused otherwise. */
import assert from "node:assert/strict";
import { ArchiveError } from "../../src/errors.ts";
import {
  DigestList,
  digestListSize,
  EMPTY_DIGEST,
  makeDigestList,
} from "../../src/trust/digest_list.ts";

const OTHER = "A".repeat(42) + "E";

Deno.test("makeDigestList() makes what DigestList reads", () => {
  const bytes = makeDigestList([EMPTY_DIGEST, OTHER])!;
  assert.equal(bytes.length, digestListSize(2));
  const list = new DigestList(bytes, 2);
  assert.deepEqual([list.of(0), list.of(1)], [EMPTY_DIGEST, OTHER]);
  assert.throws(() => list.of(2), RangeError);
});

Deno.test("makeDigestList() makes none where a digest isn't known", () => {
  assert.equal(makeDigestList([EMPTY_DIGEST, undefined]), undefined);
  for (const other of ["", "!".repeat(43), OTHER.slice(1), `${OTHER}AAAA`, ` ${OTHER.slice(1)}`]) {
    assert.equal(makeDigestList([EMPTY_DIGEST, other]), undefined, other);
  }
});

Deno.test("DigestList refuses another length and another file", () => {
  const bytes = makeDigestList([EMPTY_DIGEST])!;
  const refused = (error: unknown) => error instanceof ArchiveError && error.code === "bad_digests";
  assert.throws(() => new DigestList(bytes, 2), refused);
  assert.throws(() => new DigestList(bytes.subarray(0, 47), 1), refused);
  assert.throws(() => new DigestList(new Uint8Array(48), 1), refused);
});

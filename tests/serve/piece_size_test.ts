/** How large the pieces are that `serve` sends. */
import assert from "node:assert/strict";
import { pieceSizeFor } from "../../src/serve/piece_size.ts";

const ahead = (size: number) => Math.min(16 * size, 464e3) + 64e3 + size;

for (
  const [who, sent, most] of [["may be slow", 0, 100e6], ["are fast", 9 << 20, 256e6]] as const
) {
  Deno.test(`pieceSizeFor() keeps what clients that ${who} have ahead under ${most / 1e6} MB`, () => {
    for (let clients = 1; clients <= 1000; clients++) {
      const size = pieceSizeFor({ clients, sent });
      assert(clients * ahead(size) <= most, `${clients} clients`);
      assert.equal((1 << 19) % size, 0, "pieces that can't be shared");
    }
  });
}

Deno.test("pieceSizeFor() gives the largest to many clients that aren't slow", () => {
  assert.equal(pieceSizeFor({ clients: 240, sent: 9 << 20 }), 1 << 19);
  assert(pieceSizeFor({ clients: 240, sent: 0 }) < 1 << 14);
});

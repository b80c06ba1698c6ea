/** How large the pieces are that `serve` sends. */
import assert from "node:assert/strict";
import { pieceSizeFor } from "../../src/serve/piece_size.ts";

Deno.test("pieceSizeFor() keeps what 1,000 clients have ahead of them under 128 MB", () => {
  const ahead = (clients: number) =>
    Math.min(16 * pieceSizeFor({ clients, sent: 0 }), 400e3) + 64e3;
  for (let clients = 1; clients <= 1000; clients++) {
    assert(clients * ahead(clients) < 128e6, `${clients} clients`);
  }
});

Deno.test("pieceSizeFor() gives large ones to few clients that aren't slow", () => {
  const [few, fast] = [{ clients: 50 }, { sent: 20e6 }];
  assert.equal(pieceSizeFor({ ...few, ...fast }), 1 << 19);
  assert(pieceSizeFor({ ...few, sent: 0 }) < 1 << 17);
  assert(pieceSizeFor({ clients: 200, ...fast }) < 1 << 17);
});

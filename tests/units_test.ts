/** Bytes, seconds and counts as people read them. */
import assert from "node:assert/strict";
import { bytesText, secondsText } from "../src/units.ts";

Deno.test("bytesText() counts in powers of 1000", () => {
  assert.deepEqual([0, 999, 1000, 5_234_567].map(bytesText), ["0 B", "999 B", "1 kB", "5.23 MB"]);
});

Deno.test("secondsText() is as fine as it helps, and never says 60", () => {
  const texts: [number, string][] = [
    [0, "0.0 s"],
    [449, "0.4 s"],
    [9_960, "10 s"],
    [12_400, "12 s"],
    [59_700, "1 min 0 s"],
    [119_800, "2 min 0 s"],
    [200_000, "3 min 20 s"],
    [3_599_900, "1 h 0 min"],
    [3_599_400, "59 min 59 s"],
    [7_260_000, "2 h 1 min"],
  ];
  for (const [ms, text] of texts) assert.equal(secondsText(ms), text);
});

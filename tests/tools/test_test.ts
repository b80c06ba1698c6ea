/** The end of a test run says what was skipped and what brings it. */
import assert from "node:assert/strict";
import { skipLines } from "../../tools/test.ts";

Deno.test("skipLines() names what was lacking, the files that lacked it, and the packages", () => {
  const skips = [
    { reason: "unzip", file: "tests/a_test.ts" },
    { reason: "unzip", file: "tests/b_test.ts" },
    { reason: "unzip", file: "tests/b_test.ts" },
    { reason: "7zz", file: "tests/a_test.ts" },
    { reason: "root, who may mount a tmpfs", file: "tests/c_test.ts" },
  ];
  assert.deepEqual(skipLines(skips, 9), [
    "skipped 9 tests, which need:",
    "  7zz (1 file)",
    "  root, who may mount a tmpfs (1 file)",
    "  unzip (2 files)",
    "hint: apt-get install --no-install-recommends 7zip unzip",
  ]);
  assert.deepEqual(skipLines([], 0), []);
});

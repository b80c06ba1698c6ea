/** Output is written whole, or its end is told from an error. */
import assert from "node:assert/strict";
import {
  processTerminal,
  terminalRows,
  writeData,
  writeWords,
} from "../../src/cli/terminal/terminal.ts";
import { StoreError } from "../../src/errors.ts";

/** A stream that takes three bytes at a time, and fails after as many as said. */
function stream(room: number, error: Error): { text(): string; writeSync(b: Uint8Array): number } {
  const taken: number[] = [];
  return {
    text: () => new TextDecoder().decode(new Uint8Array(taken)),
    writeSync(bytes) {
      if (taken.length >= room) throw error;
      const part = bytes.subarray(0, 3);
      taken.push(...part);
      return part.length;
    },
  };
}

const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });

Deno.test("writeData() writes all of it, however little the stream takes at once", () => {
  const whole = stream(Infinity, full);
  writeData(whole, "数据 in step\n");
  assert.equal(whole.text(), "数据 in step\n");
});

Deno.test("writeData() tells a full disk from a reader that has gone", () => {
  writeData(stream(3, new Deno.errors.BrokenPipe("gone")), "one line\n");
  assert.throws(() => writeData(stream(3, full), "one line\n"), (error: unknown) => {
    assert(error instanceof StoreError);
    assert.equal(error.code, "disk_full");
    return true;
  });
});

Deno.test("writeWords() never throws: nobody could be told", () => {
  writeWords(stream(0, full), "error: this is lost\n");
  writeWords(stream(0, new Deno.errors.BrokenPipe("gone")), "error: so is this\n");
});

Deno.test("a terminal that says it has no columns and no rows has as many as the environment says, or 80 and 24", () => {
  const { consoleSize } = Deno;
  const columns = (text?: string) => processTerminal(() => text).columns();
  try {
    Deno.consoleSize = () => ({ columns: 0, rows: 0 });
    assert.deepEqual([columns(), columns("100"), columns("-1"), columns("x")], [80, 100, 80, 80]);
    assert.equal(terminalRows(), 24);
    Deno.consoleSize = () => ({ columns: 132, rows: 50 });
    assert.deepEqual([columns("100"), terminalRows()], [132, 50]);
  } finally {
    Deno.consoleSize = consoleSize;
  }
});
